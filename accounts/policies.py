"""Which texts a person must still agree to, and the record that they did."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from accounts import audit, rows
from accounts.models import Consent, Person, Policy, PolicyVersion


@dataclass(frozen=True)
class Step:
    """A version in force and whether the person has agreed to that very version, or ``before`` to another of its policy."""

    version: PolicyVersion
    agreed: bool
    before: bool


STEPS = """
SELECT version.id, version.policy_id, version.label, version.in_force_from,
    policy.slug, policy.title_zh, policy.title_en,
    CASE WHEN policy.slug = %s THEN version.text_zh END AS read_zh,
    CASE WHEN policy.slug = %s THEN version.text_en END AS read_en,
    EXISTS (SELECT 1 FROM accounts_consent WHERE person_id = %s AND version_id = version.id) AS agreed,
    EXISTS (
        SELECT 1 FROM accounts_consent AS consent JOIN accounts_policyversion AS other ON other.id = consent.version_id
        WHERE consent.person_id = %s AND other.policy_id = policy.id AND other.id <> version.id
    ) AS before
FROM accounts_policyversion AS version
JOIN accounts_policy AS policy ON policy.id = version.policy_id
JOIN {chosen} AS chosen ON chosen.policy_id = policy.id AND chosen.{owner} = %s
WHERE version.in_force_from <= %s
ORDER BY policy.position, policy.slug, version.in_force_from DESC, version.id DESC
"""


def steps(person: Person, chosen: Any, *, now: datetime, reading: str = "") -> list[Step]:
    """The version in force of each policy, in order; one query, with the text of the policy with the slug ``reading`` alone.

    ``chosen`` is the many-to-many relation of whatever asks for policies, such as ``service.policies``.
    """
    query = STEPS.format(chosen=chosen.through._meta.db_table, owner=chosen.source_field.column)
    newest: dict[int, Step] = {}
    values = [reading, reading, person.pk, person.pk, chosen.instance.pk, connection.ops.adapt_datetimefield_value(now)]
    for version, row in rows.fetch(PolicyVersion, query, values):
        if version.policy_id not in newest:
            agreed, before = bool(row.pop("agreed")), bool(row.pop("before"))
            text = {"text_zh": row.pop("read_zh"), "text_en": row.pop("read_en")}
            if row["slug"] == reading:
                vars(version).update(text)
            version.policy = Policy(id=version.policy_id, **row)
            newest[version.policy_id] = Step(version, agreed, before)
    return list(newest.values())


def agree(person: Person, version: PolicyVersion, *, address: str, now: datetime) -> None:
    """Put the consent on record, once: who, which version, when, from where. IntegrityError if it cannot be recorded."""
    try:
        with transaction.atomic():
            Consent.objects.create(person=person, version=version, given_at=now, address=address)
            proof = {"sha256_zh": version.sha256_zh, "sha256_en": version.sha256_en}
            _record("policy.agreed", person, version, address, **proof)
    except IntegrityError:
        # After a second click the first consent stands as it is; anything else would ask for ever without a word.
        if not Consent.objects.filter(person=person, version=version).exists():
            raise


def decline(person: Person, version: PolicyVersion, *, address: str) -> None:
    _record("policy.declined", person, version, address)


def _record(verb: str, person: Person, version: PolicyVersion, address: str, **proof: str) -> None:
    what = {"policy": version.policy.slug, "version": version.label} | proof
    audit.record(verb, person=person, actor=person, address=address, **what)
