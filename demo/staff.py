"""The code that an app would show to the portal's staff (RFC 6238), for whoever tries the administration without one."""

import hmac
import struct
import time
from base64 import b32decode
from dataclasses import dataclass
from pathlib import Path

NAMES = ("admin", "reviewer", "helpdesk", "auditor")
PERIOD = 30  # seconds


@dataclass(frozen=True)
class Staff:
    names: tuple[str, ...]
    password: str
    code: str


def staff(folder: Path) -> Staff | None:
    """None where bin/demo has made none yet."""
    password, key = folder / "admin-password.txt", folder / "admin-key.txt"
    if not (password.exists() and key.exists()):
        return None
    return Staff(NAMES, password.read_text().strip(), code(key.read_text().strip(), time.time()))


def code(key: str, now: float) -> str:
    """Six digits for a key in base 32 and a time in seconds since 1970."""
    digest = hmac.digest(b32decode(key), struct.pack(">Q", int(now) // PERIOD), "sha1")
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
