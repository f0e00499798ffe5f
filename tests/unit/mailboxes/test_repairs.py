"""A repair between its plan and its turn. What it does by itself is in test_findings_admin.py."""

import pytest
from django.utils import timezone

from mailboxes.models import Finding, Job, Mailbox
from mailboxes.provisioning.life import services as life
from mailboxes.reviewing import repairs
from tests.conftest import MakePerson
from tests.unit.mailboxes.reconciled import NOW, Open, opened, store
from tests.unit.mailboxes.test_findings_admin import difference

pytestmark = pytest.mark.thorough

__all__ = ["opened", "store"]


@pytest.mark.parametrize("then", ["it is done", "it waits", "it is lifted"])
def test_what_a_colleague_decides_meanwhile_is_not_undone(opened: Open, make_person: MakePerson, then: str) -> None:
    """Each of up to five hundred is looked at again when its turn comes: it may be suspended by then."""
    actor = make_person("z40004")
    difference(opened(), "state", portal_says="active", server_says="suspended")
    planned = list(Finding.objects.select_related("mailbox__person"))
    life.suspend(Mailbox.objects.get(), cause="theft", reason="Stolen.", actor=actor, now=NOW)
    if then == "it is lifted":
        life.lift(Mailbox.objects.get(), actor=actor, now=NOW, anyway=True)
    if then != "it waits":
        Job.objects.update(state="done", finished_at=NOW)
    asked = Job.objects.count()
    assert repairs.repair(planned, actor=actor, now=timezone.now()) == {"done": 0, "left": 1}
    assert Job.objects.count() == asked
    assert Finding.objects.get().repair_asked_at is None


def test_two_differences_of_one_mailbox_are_repaired_together(opened: Open, make_person: MakePerson) -> None:
    box = opened()
    for kind in ("state", "quota"):
        difference(box, kind, portal_says="0", server_says="0")
    chosen = list(Finding.objects.select_related("mailbox__person"))
    assert repairs.repair(chosen, actor=make_person("z40004"), now=timezone.now()) == {"done": 2, "left": 0}
    assert set(Job.objects.values_list("kind", flat=True)) == {"resume", "quota"}
