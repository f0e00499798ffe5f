"""How many people have agreed to a version, and how many have still to: a list of versions in one query."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from accounts.models import Consent, Person, Policy, PolicyVersion

HELD = ("pending", "active", "leaving", "suspended")  # states of a mailbox that has an owner


@dataclass(frozen=True)
class Asked:
    """Whom a new version concerns: people who agreed to the one before it, and owners of mailboxes of the services."""

    agreed: int
    owners: int
    services: list[Any]  # those that demand the policy


def asked(policy: Policy, former: PolicyVersion | None) -> Asked:
    """``former`` is the version that is asked for until then."""
    agreed = Consent.objects.filter(version=former).count() if former else 0
    return Asked(agreed, _owners(policy.pk).count(), list(policy.mailservice_set.order_by("position", "slug")))


def counted(versions: QuerySet[PolicyVersion], *, now: datetime) -> QuerySet[Any]:
    """Each version with ``current``, the key of the version that its policy asks for now (None: none), ``agreed``, people,
    and ``remaining``, owners of mailboxes of the services that demand it who have still to agree: None but of the current.
    """
    in_force = PolicyVersion.objects.filter(policy=OuterRef("policy"), in_force_from__lte=now)
    given = Consent.objects.filter(person=OuterRef("pk"), version=OuterRef(OuterRef("pk")))
    return versions.annotate(
        current=Subquery(in_force.order_by("-in_force_from", "-pk").values("pk")[:1]),
        agreed=_count(Consent.objects.filter(version=OuterRef("pk"))),
        remaining=Case(When(pk=F("current"), then=_count(_owners(OuterRef("policy")).exclude(Exists(given))))),
    )


def _owners(policy: Any) -> QuerySet[Person]:
    """Each once, though they have several of the mailboxes."""
    return Person.objects.filter(mailboxes__state__in=HELD, mailboxes__service__policies=policy).distinct()


def _count(rows: QuerySet[Any]) -> Coalesce:
    one = rows.order_by().annotate(all=Value(1)).values("all")
    return Coalesce(Subquery(one.annotate(count=Count("pk", distinct=True)).values("count")), 0)
