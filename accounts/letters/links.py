"""Links in letters: a number and a signature. Nobody can make one, and the database holds nothing that opens anything."""

from django.core.signing import BadSignature, Signer


def token(purpose: str, row_id: int) -> str:
    """The number with a signature that is good for this purpose alone; how long it holds is for the row to say."""
    return _signer(purpose).sign(str(row_id))


def row_id(purpose: str, token: str) -> int | None:
    """The number of a token; None if it was not made here for that purpose."""
    try:
        return int(_signer(purpose).unsign(token))
    except (BadSignature, ValueError):
        return None


def _signer(purpose: str) -> Signer:
    return Signer(salt=f"accounts.letters.{purpose}", sep=".")
