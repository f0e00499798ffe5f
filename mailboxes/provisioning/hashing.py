"""The password as the mail servers keep it; from here on nothing of it can be got back."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from django.views.decorators.debug import sensitive_variables

# OWASP's Password Storage Cheat Sheet: argon2id with 19 MiB, 2 passes, 1 lane. Dovecot checks it in 22 ms.
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


def hash_password(password: str) -> str:
    """``{ARGON2ID}`` and the encoded hash, as Dovecot's passdb reads it."""
    return "{ARGON2ID}" + _hasher.hash(password)


# Of a password that nobody knows, by the same costs: an address without a mailbox takes as long as one with.
NOBODYS = "{ARGON2ID}$argon2id$v=19$m=19456,t=2,p=1$aUB1v6jlrwzboIeKAB4j8A$0YJDkT+ae197pTk5f9UsWxE2FBFQ6xeCNCDJtNLR9i4"


@sensitive_variables("password")
def fits(password: str, password_hash: str | None) -> bool:
    """Whether the hash is the password's; one hash is worked out in any case, also for None."""
    try:
        _hasher.verify((password_hash or NOBODYS).removeprefix("{ARGON2ID}"), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None
