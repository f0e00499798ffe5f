"""The second factors of the staff, as allauth keeps them: one app for codes, any number of passkeys, recovery codes."""

import logging
from base64 import urlsafe_b64encode
from functools import lru_cache
from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Person

logger = logging.getLogger(__name__)


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """What could make codes is encrypted in the database, so that a dump of it signs nobody in."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("That did not fit, or was used already. Take the next code, or try the passkey once more.")
    }

    def generate_authenticator_name(self, user: Person, type: str) -> str:
        """For a passkey that its holder gives no name."""
        return gettext("Passkey %(number)s") % {"number": Authenticator.objects.filter(user=user, type=type).count() + 1}

    def get_totp_issuer(self) -> str:
        """The name that the app shows beside the account."""
        return str(urlsplit(settings.PORTAL_URL).hostname)

    def encrypt(self, text: str) -> str:
        return _cipher(settings.SECRET_KEY).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Where no ``SECRET_KEY`` is the one of then, a secret that nobody knows: no code fits, and no page breaks."""
        ciphers = MultiFernet([_cipher(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])
        try:
            return ciphers.decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            logger.error("A second factor was made with another SECRET_KEY: put that one into SECRET_KEY_FALLBACKS.")
            secret: str = generate_totp_secret()
            return secret


@lru_cache(maxsize=8)
def _cipher(secret_key: str) -> Fernet:
    """HKDF (RFC 5869), so that nothing else that SECRET_KEY makes can be taken for this key."""
    key = HKDF(SHA256(), length=32, salt=None, info=b"accounts.staff.factors").derive(secret_key.encode())
    return Fernet(urlsafe_b64encode(key))


def of(person: Person) -> list[str]:
    """Kind and number of each, such as ``totp 3``; for the events."""
    rows = Authenticator.objects.filter(user=person).order_by("pk")
    return [f"{kind} {pk}" for kind, pk in rows.values_list("type", "pk")]


def kinds(person: Person) -> set[str]:
    return set(Authenticator.objects.filter(user=person).values_list("type", flat=True))


def remove_all(person: Person) -> None:
    Authenticator.objects.filter(user=person).delete()
