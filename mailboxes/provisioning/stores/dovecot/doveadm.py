"""Dovecot's doveadm HTTP API: several commands in one request, each with an answer of its own.

https://doc.dovecot.org/2.3/admin_manual/doveadm_http_api/
"""

import base64
import http.client
import json
from dataclasses import dataclass
from typing import Any

from mailboxes.provisioning.stores import NoSuchMailbox, StoreMismatch, StoreUnavailable
from mailboxes.provisioning.stores.dovecot.deadline import Deadline, connect
from mailboxes.provisioning.stores.dovecot.places import Place

NO_SUCH_USER, EXISTS, NOT_FOUND, TRY_LATER = 67, 65, 68, 75  # exit codes: EX_NOUSER, EX_DATAERR, its own, EX_TEMPFAIL
LARGEST_ANSWER = 8 * 1024 * 1024  # octets
LARGEST_LIST = 64 * 1024 * 1024  # of all its users: about two million
UNREADABLE = (
    "doveadm's answer cannot be read. Look into Dovecot's log; its doveadm_allowed_commands must hold all that "
    "deploy/mail/dovecot/dovecot.conf has there."
)

Command = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Answer:
    """What a command gave, or the exit code with which it failed."""

    command: str
    payload: Any = None
    exit_code: int = 0

    def expect(self, *also: int) -> Any:
        """The payload. NoSuchMailbox, StoreUnavailable or StoreMismatch for an exit code other than ``also``."""
        if self.exit_code == NO_SUCH_USER:
            raise NoSuchMailbox("Dovecot does not know the address.")
        if self.exit_code == TRY_LATER:
            raise StoreUnavailable(f"Dovecot cannot do {self.command} now. Its log says why.")
        if self.exit_code and self.exit_code not in also:
            raise StoreMismatch(f"Dovecot refused {self.command} with exit code {self.exit_code}. Its log says why.")
        return self.payload


class Doveadm:
    def __init__(self, place: Place, key: str) -> None:
        """``key`` is Dovecot's ``doveadm_api_key``."""
        self._place = place
        self._key = base64.b64encode(key.encode()).decode()

    def ask(self, deadline: Deadline, *commands: Command, largest: int = LARGEST_ANSWER) -> list[Answer]:
        """One answer a command, in their order; StoreUnavailable if there is none that can be read in time."""
        tagged = [[name, parameters, str(place)] for place, (name, parameters) in enumerate(commands)]
        try:
            answers = json.loads(self._post(json.dumps(tagged).encode(), deadline, largest))
            return [_answer(command, place, *answers[place]) for place, (command, _) in enumerate(commands)]
        except OSError as error:
            raise StoreUnavailable(f"doveadm cannot be reached at DOVEADM_URL: {error}. Is Dovecot running?") from error
        except http.client.HTTPException as error:
            raise StoreUnavailable(f"doveadm broke off its answer ({type(error).__name__}).") from error
        except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
            raise StoreUnavailable(UNREADABLE) from error

    def _post(self, body: bytes, deadline: Deadline, largest: int) -> bytes:
        connection = http.client.HTTPConnection(self._place.host, self._place.port)
        try:
            connection.sock = connect(self._place, deadline)
            # Without "Connection: close": Dovecot 2.3.19 closes anyway, and with it never answers a wrong key.
            headers = {"Authorization": f"X-Dovecot-API {self._key}", "Content-Type": "application/json"}
            connection.request("POST", "/doveadm/v1", body, headers)
            response = connection.getresponse()
            if response.status in (401, 403):
                raise StoreUnavailable("doveadm refuses the key. Give DOVEADM_API_KEY the value of its doveadm_api_key.")
            if response.status != 200:
                raise StoreUnavailable(f"doveadm answered with HTTP status {response.status}. Its log says why.")
            answer = response.read(largest)
            if response.read(1):
                raise ValueError("too long")
            return answer
        finally:
            connection.close()


def _answer(command: str, place: int, kind: str, content: Any, tag: str) -> Answer:
    if tag != str(place):
        raise ValueError("an answer to something else")
    if kind == "doveadmResponse":
        return Answer(command, payload=content)
    return Answer(command, exit_code=int(content["exitCode"]))
