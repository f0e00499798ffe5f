"""Handing a letter to the SMTP server; or, where there is none, keeping it in a folder."""

import os
import smtplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path

from accounts.relay import Relay

ANSWER_SECONDS = 5.0  # to each command but the last, after which a server may look for viruses
# From the claim on: less than a task may take (CELERY_TASK_TIME_LIMIT), and far less than the lease of a letter.
SECONDS = 25.0


class NotSent(Exception):
    """The letter was not taken; the text is for operators and holds the server's words."""


class Unreachable(NotSent):
    """The server cannot be used now, by any letter."""


class Postponed(NotSent):
    """The server does not take this letter now (4xx)."""


class Refused(NotSent):
    """The server will never take this letter (5xx)."""


def send(message: EmailMessage, relay: Relay, *, sender: str, to: str, deadline: float) -> None:
    """Return once the server has taken the letter; NotSent if it has not, or if its answer was lost.

    Nothing is handed over after ``deadline``, in monotonic seconds.
    """
    with _session(relay) as smtp:
        code, words = smtp.mail(sender)
        if code != 250:
            raise Unreachable(f"{relay} does not take letters from {sender}: {_said(code, words)}")
        code, words = smtp.rcpt(to)
        if code not in (250, 251):
            raise _about_the_letter(code, words)
        # Whoever was frozen until now has lost the letter to another worker, which may have sent it already.
        remaining = deadline - time.monotonic()
        if remaining <= 0 or smtp.sock is None:
            raise Unreachable(f"{relay} took longer than {SECONDS:.0f} s.")
        smtp.sock.settimeout(remaining)
        try:
            code, words = smtp.data(message.as_bytes())
        except smtplib.SMTPDataError as error:
            raise _about_the_letter(error.smtp_code, error.smtp_error) from None
        if code != 250:
            raise _about_the_letter(code, words)


def greets(relay: Relay) -> None:
    """Sign in at the server and leave it; Unreachable if that cannot be done."""
    with _session(relay):
        pass


def keep(message: EmailMessage, folder: Path, name: str) -> None:
    """Put the letter into the folder as ``name``.eml (RFC 5322), whole or not at all; the same letter again replaces it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = folder / f".{name}.{os.getpid()}"
        new.touch(mode=0o600)
        new.write_bytes(message.as_bytes())
        new.rename(folder / f"{name}.eml")
    except OSError as error:
        raise Unreachable(f"The folder {folder} takes no letter: {error.strerror}") from None


@contextmanager
def _session(relay: Relay) -> Iterator[smtplib.SMTP]:
    """A connection that has greeted, is inside TLS, and has signed in, as the relay's address says."""
    smtp: smtplib.SMTP | None = None
    try:
        smtp = _connected(relay)
        smtp.ehlo_or_helo_if_needed()
        if relay.scheme == "smtp+starttls":
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo()
        if relay.user:
            smtp.login(relay.user, relay.password)
        yield smtp
    except smtplib.SMTPResponseException as error:
        raise Unreachable(f"{relay} refuses us: {_said(error.smtp_code, error.smtp_error)}") from None
    except (OSError, smtplib.SMTPException) as error:  # never its arguments alone: a password may be among them
        why = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        raise Unreachable(f"{relay} cannot be used: {why}") from None
    finally:
        if smtp is not None:
            _leave(smtp)


def _connected(relay: Relay) -> smtplib.SMTP:
    if relay.scheme == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(relay.host, relay.port, timeout=ANSWER_SECONDS, context=context)
    return smtplib.SMTP(relay.host, relay.port, timeout=ANSWER_SECONDS)


def _leave(smtp: smtplib.SMTP) -> None:
    """QUIT without waiting for its answer: the letter is taken, or is not, whatever comes of it."""
    with suppress(OSError, smtplib.SMTPException):
        smtp.putcmd("quit")
    smtp.close()


def _about_the_letter(code: int, words: bytes | str) -> NotSent:
    if code == 421:  # RFC 5321, 4.2.1: the service is closing, and may say so to any command
        return Unreachable(_said(code, words))
    return Refused(_said(code, words)) if 500 <= code < 600 else Postponed(_said(code, words))


def _said(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}"
