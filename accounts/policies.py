"""Which texts a person must still agree to, and the record that they did."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts import audit
from accounts.models import Consent, Person, Policy, PolicyVersion


@dataclass(frozen=True)
class Step:
    """A version in force and whether the person has agreed to that very version."""

    version: PolicyVersion
    agreed: bool


def steps(person: Person, policies: QuerySet[Policy], *, now: datetime) -> list[Step]:
    """The version in force of each policy, in order; one query, without the texts."""
    consent = Consent.objects.filter(person=person, version=OuterRef("pk"))
    versions = (
        PolicyVersion.objects.filter(policy__in=policies, in_force_from__lte=now)
        .select_related("policy")
        .defer("text_zh", "text_en")
        .annotate(agreed=Exists(consent))
        .order_by("policy__position", "policy__slug", "-in_force_from", "-pk")
    )
    newest: dict[int, Step] = {}
    for version in versions:
        newest.setdefault(version.policy_id, Step(version, version.agreed))
    return list(newest.values())


def agree(person: Person, version: PolicyVersion, *, address: str, now: datetime) -> None:
    """Put the consent on record, once: who, which version, when, from where."""
    try:
        with transaction.atomic():
            Consent.objects.create(person=person, version=version, given_at=now, address=address)
            audit.record(
                "policy.agreed",
                person=person,
                actor=person,
                address=address,
                policy=version.policy.slug,
                version=version.label,
            )
    except IntegrityError:
        return  # a second click: the first consent stands as it is


def decline(person: Person, version: PolicyVersion, *, address: str) -> None:
    audit.record(
        "policy.declined",
        person=person,
        actor=person,
        address=address,
        policy=version.policy.slug,
        version=version.label,
    )
