"""Versions of a policy: written, changed and withdrawn until they are in force, each with an event of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import MD5

from accounts import audit
from accounts.models import Person, Policy, PolicyVersion


class Outdated(Exception):
    """Somebody has written, changed or withdrawn a version of the policy since the page was made, or one came in force."""


def stamp_of(policy: Policy, *, now: datetime) -> str:
    """Changes with every version of the policy that is written, changed, withdrawn or comes in force."""
    rows = policy.versions.order_by("pk").values_list("pk", "label", "in_force_from", MD5("text_zh"), MD5("text_en"))
    return sha256(repr([(*row, row[2] <= now) for row in rows]).encode()).hexdigest()


def before(policy: Policy, moment: datetime, *, but: PolicyVersion | None = None) -> PolicyVersion | None:
    """The version that is to be agreed to until that moment, other than ``but``."""
    return others(policy, but).filter(in_force_from__lt=moment).order_by("-in_force_from", "-pk").first()


def after(policy: Policy, moment: datetime, *, but: PolicyVersion | None = None) -> PolicyVersion | None:
    """The version that takes the place of one from that moment, other than ``but``."""
    return others(policy, but).filter(in_force_from__gt=moment).order_by("in_force_from").first()


def others(policy: Policy, version: PolicyVersion | None) -> QuerySet[PolicyVersion]:
    return policy.versions.exclude(pk=version.pk) if version else policy.versions.all()


def write(
    policy: Policy, values: dict[str, Any], *, stamp: str, actor: Person, address: str | None, now: datetime
) -> PolicyVersion:
    """A new version; ``values`` are its label, texts, and the moment from which it is in force, None for now.

    Outdated if ``stamp`` is not that of the policy any more.
    """
    with _holding(policy, stamp, now):
        version = PolicyVersion(policy=policy, **_settled(values, now))
        version.save()
        _record("policy.version-written", version, actor, address, **_facts(version))
    return version


def change(
    version: PolicyVersion, values: dict[str, Any], *, stamp: str, actor: Person, address: str | None, now: datetime
) -> None:
    """Other texts, label or moment for a version that is not in force yet; InForce if it is, Outdated as ``write``."""
    with _holding(version.policy, stamp, now):
        former = _facts(version)
        for name, value in _settled(values, now).items():
            setattr(version, name, value)
        version.save()
        _record("policy.version-changed", version, actor, address, before=former, after=_facts(version))


def withdraw(version: PolicyVersion, *, stamp: str, actor: Person, address: str | None, now: datetime) -> None:
    """Remove a version that is not in force yet; InForce if it is, Outdated as ``write``."""
    with _holding(version.policy, stamp, now):
        _record("policy.version-withdrawn", version, actor, address, **_facts(version))
        version.delete()


@contextmanager
def _holding(policy: Policy, stamp: str, now: datetime) -> Iterator[None]:
    """One transaction, with the policy locked and its versions as the administrator saw them."""
    try:
        with transaction.atomic():
            Policy.objects.select_for_update().get(pk=policy.pk)
            if stamp_of(policy, now=now) != stamp:
                raise Outdated
            yield
    except IntegrityError as error:  # two at the same time on SQLite, which locks no row
        raise Outdated from error


def _settled(values: dict[str, Any], now: datetime) -> dict[str, Any]:
    return values | {"in_force_from": values["in_force_from"] or now}


def _facts(version: PolicyVersion) -> dict[str, str]:
    """What an event holds of a version: not the texts, but what proves them."""
    return {
        "label": version.label,
        "in_force_from": version.in_force_from.isoformat(),
        "sha256_zh": version.sha256_zh,
        "sha256_en": version.sha256_en,
    }


def _record(verb: str, version: PolicyVersion, actor: Person, address: str | None, **details: Any) -> None:
    audit.record(verb, person=None, actor=actor, address=address, policy=version.policy.slug, **details)
