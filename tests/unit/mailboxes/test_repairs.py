"""A repair between its plan and its turn. What it does by itself is in test_findings_admin.py."""

import pytest
from django.utils import timezone

from mailboxes.models import Finding, Job, Mailbox
from mailboxes.provisioning.life import services as life
from mailboxes.reviewing import repairs
from tests.conftest import MakePerson
from tests.unit.mailboxes.reconciled import NOW, Open, opened, store
from tests.unit.mailboxes.test_findings_admin import difference

__all__ = ["opened", "store"]


@pytest.mark.parametrize("then", ["it is done", "it waits", "it is lifted"])
def test_what_a_colleague_decides_meanwhile_is_not_undone(opened: Open, make_person: MakePerson, then: str) -> None:
    """Each of up to five hundred is looked at again when its turn comes: it may be suspended by then."""
    actor = make_person("z40004")
    difference(opened(), "state", portal_says="active", server_says="suspended")
    [planned] = repairs.plans(Finding.objects.select_related("mailbox__person"), now=timezone.now())
    life.suspend(Mailbox.objects.get(), cause="theft", reason="Stolen.", actor=actor, now=NOW)
    if then == "it is done":
        Job.objects.update(state="done", finished_at=NOW)
    if then == "it is lifted":
        life.lift(Mailbox.objects.get(), actor=actor, now=NOW, anyway=True)
    asked = Job.objects.count()
    assert planned.able
    assert not repairs._repair(planned.finding, actor, timezone.now())
    assert Job.objects.count() == asked
    assert Finding.objects.get().repair_asked_at is None
