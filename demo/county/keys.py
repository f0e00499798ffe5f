"""The county's own signing key, and how it keeps the secrets of those whom it sends people back to."""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.contrib.auth.hashers import PBKDF2PasswordHasher

BITS = 2048


def signing_key(path: Path) -> str:
    """The RSA key in that file, as PEM; made there the first time, readable by us alone."""
    if not path.exists():
        pem = rsa.generate_private_key(65537, BITS).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        new = path.with_suffix(".new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(pem)
        new.rename(path)
    return path.read_text()


class SecretHasher(PBKDF2PasswordHasher):
    """For what nobody can guess: the only secrets in the database are random. One round keeps a sign-in quick."""

    iterations = 1
