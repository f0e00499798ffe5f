import secrets

# Crockford's base 32: nothing in it is misread on the telephone.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference(prefix: str) -> str:
    """Such as ``H-7QK2MX4T``: 40 random bits, to be read out to the helpdesk. ``prefix`` says what kind of thing it is."""
    return f"{prefix}-" + "".join(secrets.choice(ALPHABET) for _ in range(8))
