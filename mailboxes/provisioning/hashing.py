"""The password as the mail servers keep it; from here on nothing of it can be got back."""

from argon2 import PasswordHasher

# OWASP's Password Storage Cheat Sheet: argon2id with 19 MiB, 2 passes, 1 lane. Dovecot checks it in 22 ms.
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


def hash_password(password: str) -> str:
    """``{ARGON2ID}`` and the encoded hash, as Dovecot's passdb reads it."""
    return "{ARGON2ID}" + _hasher.hash(password)
