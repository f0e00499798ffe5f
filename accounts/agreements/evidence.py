"""The proof of what one person agreed to: every consent with the texts as they were, for they never change."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts import audit
from accounts.models import Consent, Person


def of(person: Person) -> list[Consent]:
    """All their consents in order of time, with version and policy."""
    return list(person.consents.select_related("version__policy").order_by("given_at", "pk"))


def taken(person: Person, consents: list[Consent], *, kind: str, actor: Person, address: str | None) -> None:
    """Write down, before it leaves, who takes whose evidence, and as what."""
    audit.record(
        "evidence.exported", person=person, actor=actor, address=address, format=kind, consents=[one.pk for one in consents]
    )


def as_document(person: Person, consents: list[Consent], *, actor: Person, now: datetime) -> dict[str, Any]:
    """For JSON. Times are local, with their offset (RFC 3339); SHA-256 is of the text in UTF-8, in hexadecimal digits."""
    return {
        "person": {name: getattr(person, name) for name in ("source", "subject", "number", "name", "passport_name")},
        "made_at": _time(now),
        "made_by": str(actor),
        "consents": [_consent(one) for one in consents],
    }


def _consent(consent: Consent) -> dict[str, Any]:
    version = consent.version
    return {
        "agreed_at": _time(consent.given_at),
        "from_address": consent.address,
        "policy": version.policy.slug,
        "title_zh": version.policy.title_zh,
        "title_en": version.policy.title_en,
        "version": version.label,
        "in_force_from": _time(version.in_force_from),
        "sha256_zh": version.sha256_zh,
        "sha256_en": version.sha256_en,
        "text_zh": version.text_zh,
        "text_en": version.text_en,
    }


def _time(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat()
