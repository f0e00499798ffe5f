"""Delivery of the one letter that the portal itself writes, by LMTP (RFC 2033)."""

import smtplib
import socket
from email.message import EmailMessage

from mailboxes.provisioning.stores import StoreMismatch, StoreUnavailable
from mailboxes.provisioning.stores.dovecot.deadline import Deadline, connect
from mailboxes.provisioning.stores.dovecot.places import Place


class _Lmtp(smtplib.LMTP):
    def __init__(self, place: Place, deadline: Deadline) -> None:
        self._place, self._deadline = place, deadline
        super().__init__(place.host, place.port, local_hostname="localhost")  # else it would ask DNS for our own name

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return connect(self._place, self._deadline)


def deliver(place: Place, address: str, letter: EmailMessage, deadline: Deadline) -> None:
    """Hand the letter over; StoreUnavailable if that may work later, StoreMismatch if the server will not have it."""
    try:
        with _Lmtp(place, deadline) as server:
            server.send_message(letter, to_addrs=[address])
    except smtplib.SMTPRecipientsRefused as refused:
        raise _refusal(*refused.recipients[address]) from refused
    except smtplib.SMTPResponseException as refused:
        raise _refusal(refused.smtp_code, refused.smtp_error) from refused
    except OSError as error:
        raise StoreUnavailable(f"The letter could not be handed over by LMTP (LMTP_URL): {error}.") from error


def would_take(place: Place, address: str, deadline: Deadline) -> None:
    """StoreUnavailable or StoreMismatch unless the server would take a letter for the address; none is sent."""
    try:
        with _Lmtp(place, deadline) as server:
            server.ehlo()
            server.mail("")
            code, text = server.rcpt(address)
            if code != 250:
                raise _refusal(code, text)
    except OSError as error:
        raise StoreUnavailable(
            f"No LMTP server answers at LMTP_URL: {error}. Set it to where Dovecot's lmtp listens, and start that."
        ) from error


def _refusal(code: int, text: bytes | str) -> StoreUnavailable | StoreMismatch:
    said = text.decode(errors="replace") if isinstance(text, bytes) else text
    kind = StoreUnavailable if 400 <= code < 500 else StoreMismatch
    return kind(f"Dovecot refused the letter by LMTP: {code} {said}")
