"""What a worker does about the hand-off: see whether somebody changed the campus's keys, which are a file."""

from hashlib import sha256
from pathlib import Path

from celery import shared_task
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from accounts.auditing.noticing import notice
from sso_bridge import keys
from sso_bridge.keyset import BadKeySet, Key


@shared_task(ignore_result=True)
def notice_keys() -> None:
    """A worker that cannot read the file leaves it to one that can. A file that is no key set changes no key in force."""
    try:
        known = keys.load(Path(settings.HANDOFF_KEYS_FILE))
    except BadKeySet:
        return
    notice("key", {kid: _digest(key) for kid, key in known.items()})


def _digest(key: Key) -> str:
    """Of all that the key says. A shared secret is at least 32 random bytes, which nobody finds by trying."""
    material = key.material
    if not isinstance(material, bytes):
        material = material.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    said = repr((key.alg, key.issuer, key.not_before, key.expires)).encode()
    return sha256(said + b"\n" + material).hexdigest()
