"""The letters that the portal would have sent by SMTP: files in a folder, shown here because a trial has no mail server."""

import email
from dataclasses import dataclass
from datetime import datetime
from email.policy import default
from pathlib import Path

MOST = 50


@dataclass(frozen=True)
class Letter:
    to: str
    subject: str
    written_at: datetime | None
    text: str


def newest(folder: Path) -> list[Letter]:
    """The last letters, newest first; none where the folder is not there yet."""
    files = sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime, reverse=True)
    return [_read(file) for file in files[:MOST]]


def _read(file: Path) -> Letter:
    message = email.message_from_bytes(file.read_bytes(), policy=default)
    plain = message.get_body(("plain",))
    date = message["Date"]
    return Letter(
        to=str(message["To"]),
        subject=str(message["Subject"]),
        written_at=date.datetime if date else None,
        text=plain.get_content().strip() if plain else "",
    )
