"""Nothing but a pruning takes an event away, and nothing changes one: neither our code nor SQL written by hand."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEvent, AuditLink
from accounts.models.appending import AppendOnly
from tests.conftest import IN_THE_WAY
from tests.unit.accounts.auditing.by_hand import guard

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]


@pytest.fixture(autouse=True)
def all_guards(db: None) -> None:
    """Those, too, that stand in the way of emptying the tables after tests."""
    if connection.vendor == "sqlite":
        guard()
        return
    with connection.cursor() as cursor:
        for statement in IN_THE_WAY["postgresql"]:
            cursor.execute(statement.replace("DISABLE", "ENABLE"))


STATEMENTS = [
    "UPDATE accounts_auditevent SET verb = 'nothing.happened'",
    "UPDATE accounts_auditevent SET person_id = NULL WHERE id = (SELECT max(id) FROM accounts_auditevent)",
    "DELETE FROM accounts_auditevent",
    "DELETE FROM accounts_auditevent WHERE id = (SELECT min(id) FROM accounts_auditevent)",
    "UPDATE accounts_auditlink SET verb = 'nothing.happened'",
    "DELETE FROM accounts_auditlink",
]
OF_POSTGRESQL = ["TRUNCATE accounts_auditevent", "TRUNCATE accounts_auditlink", "TRUNCATE accounts_person CASCADE"]


@pytest.mark.parametrize("statement", [*STATEMENTS, *OF_POSTGRESQL])
def test_the_database_refuses(statement: str, sealed: list[AuditEvent]) -> None:
    if statement in OF_POSTGRESQL:
        if connection.vendor != "postgresql":
            return  # SQLite has no TRUNCATE
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    before = [list(model.objects.values()) for model in (AuditEvent, AuditLink)]
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert [list(model.objects.values()) for model in (AuditEvent, AuditLink)] == before


@pytest.mark.parametrize("model", [AuditEvent, AuditLink])
def test_our_own_code_refuses_before_the_database_does(
    model: type[AuditEvent | AuditLink], sealed: list[AuditEvent]
) -> None:
    row = model.objects.latest("pk")
    for change in (
        row.save,
        row.delete,
        model.objects.all().delete,
        lambda: model.objects.update(verb="nothing.happened"),
        lambda: model.objects.bulk_update([row], ["verb"]),
        lambda: model.objects.update_or_create(pk=row.pk, defaults={"verb": "nothing.happened"}),
    ):
        with pytest.raises(AppendOnly):
            change()
    assert model.objects.count() == 7
