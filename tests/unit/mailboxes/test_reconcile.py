"""What a run finds, what it leaves alone, and what it may call gone."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import AuditEvent
from mailboxes.models import Finding, Job, Mailbox, MailService, Reconciliation
from mailboxes.provisioning import tasks
from mailboxes.provisioning.stores.maildir import MaildirStore
from portal.doctor import reconciling as doctor
from tests.conftest import SUSPENDED, in_state
from tests.unit.mailboxes.reconciled import NIGHT, NOW, Open, change, found, lose, opened, put, run, store

pytestmark = pytest.mark.thorough

__all__ = ["opened", "store"]


def test_each_kind_of_difference_is_found_with_what_both_sides_say(store: MaildirStore, opened: Open) -> None:
    lost, shut, small = opened("lost"), opened("shut"), opened("small")
    Mailbox.objects.filter(pk=shut.pk).update(**SUSPENDED)
    change(store, f"{store.root}/mx.nthu.edu.tw/small::userdb_quota_rule=*:bytes={small.service.quota_bytes}",
           f"{store.root}/mx.nthu.edu.tw/small::userdb_quota_rule=*:bytes=7")  # fmt: skip
    put(store, "stray@mx.nthu.edu.tw")
    put(store, "stray@elsewhere.example")
    lose(store, lost.address)
    assert run().complete
    said = {(f.address, f.kind): (f.portal_says, f.server_says, f.service) for f in Finding.objects.all()}
    mx = lost.service
    assert said == {
        ("lost@mx.nthu.edu.tw", "missing"): ("active", "none", mx),
        ("shut@mx.nthu.edu.tw", "state"): ("suspended", "open", mx),
        ("small@mx.nthu.edu.tw", "quota"): (str(mx.quota_bytes), "7", mx),
        ("stray@mx.nthu.edu.tw", "extra"): ("", "open", mx),
        ("stray@elsewhere.example", "extra"): ("", "open", None),
    }
    event = AuditEvent.objects.get()
    assert (event.verb, event.details["differences"], event.details["looked_at"]) == ("mailboxes.reconciled", 5, 3)


def test_nothing_is_changed_but_the_findings(store: MaildirStore, opened: Open) -> None:
    lose(store, opened().address)
    put(store, "stray@mx.nthu.edu.tw")
    before = store.users.read_text(), list(Mailbox.objects.values())
    run()
    assert (store.users.read_text(), list(Mailbox.objects.values())) == before
    assert not Job.objects.exists()


@pytest.mark.parametrize("state", ["pending", "cancelled"])
def test_a_mailbox_that_the_server_need_not_have_is_not_missing(store: MaildirStore, opened: Open, state: str) -> None:
    lose(store, opened(state=state).address)
    opened("another")
    run()
    assert found() == set()


def test_a_cancelled_mailbox_that_the_server_has_is_found(store: MaildirStore, opened: Open) -> None:
    """Suspended is not enough: it would take letters that nobody can ever read."""
    box, shut = opened(state="cancelled"), opened("shut", state="cancelled")
    store.suspend(shut.address, revision=1)
    run()
    assert found() == {(box.address, "state"), (shut.address, "state")}
    store.close(box.address, revision=1)
    store.close(shut.address, revision=1)
    run(1)
    assert found() == set()


@pytest.mark.parametrize("job", [{"state": "waiting"}, {"state": "done", "finished_at": NOW - timedelta(seconds=5)}])
def test_a_job_explains_a_difference(store: MaildirStore, opened: Open, job: dict[str, object]) -> None:
    box = opened()
    lose(store, box.address)
    opened("another")
    Job.objects.create(mailbox=box, address=box.address, kind="filter", due_at=NOW, **job)
    run()
    assert found() == set()
    Job.objects.update(state="done", finished_at=NOW - timedelta(hours=1))
    run(1)
    assert found() == {(box.address, "missing")}


def test_a_difference_that_a_job_is_at_is_not_gone_yet(store: MaildirStore, opened: Open) -> None:
    box = opened()
    lose(store, box.address)
    run()
    Job.objects.create(mailbox=box, address=box.address, kind="filter", due_at=NOW)
    run(1)
    assert found() == {(box.address, "missing")}


def test_one_difference_is_one_finding_however_often_it_is_seen(store: MaildirStore, opened: Open) -> None:
    box = opened()
    Mailbox.objects.update(**SUSPENDED)
    for night in range(3):
        run(night)
    finding = Finding.objects.get()
    assert (finding.address, finding.first_seen, finding.last_seen) == (box.address, NOW, NOW + 2 * NIGHT)


def test_what_a_complete_run_sees_no_more_is_gone_and_may_come_again(opened: Open) -> None:
    opened()
    for night, state in enumerate(["suspended", "active", "suspended"]):
        Mailbox.objects.update(**in_state(state))
        run(night)
    first, second = Finding.objects.order_by("pk")
    assert (first.resolved_at, second.resolved_at) == (NOW + NIGHT, None)


# --- a server that cannot tell everything --------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", ["half a line", "no file"])
def test_a_list_that_breaks_off_makes_nobody_missing_and_nothing_gone(
    store: MaildirStore, opened: Open, damage: str
) -> None:
    box, lost = opened("hmwang"), opened("lost")
    Mailbox.objects.filter(pk=box.pk).update(**SUSPENDED)
    lose(store, lost.address)
    run()
    before = found()
    assert before == {(box.address, "state"), (lost.address, "missing")}
    if damage == "no file":
        store.users.unlink()
    else:
        store.users.write_text(store.users.read_text()[:40])
    broken = run(1)
    assert (broken.complete, broken.resolved, found()) == (False, 0, before)
    assert "users file" in broken.note
    assert AuditEvent.objects.latest("pk").verb == "mailboxes.reconciled-partly"


def test_one_service_that_cannot_be_read_keeps_no_other_from_being_looked_at(store: MaildirStore, opened: Open) -> None:
    box, other = opened(), opened("other", service="student")
    MailService.objects.filter(slug="student").update(store="dovecot")  # which this installation has not
    lose(store, box.address)
    partly = run()
    assert (partly.complete, found()) == (False, {(box.address, "missing")})
    assert [line.partition(":")[0] for line in partly.note.splitlines()] == ["student"]
    put(store, box.address, box.service.quota_bytes)
    run(1)
    assert found() == set()  # mx was read whole
    assert other.address not in {finding.address for finding in Finding.objects.all()}


def test_a_run_of_one_service_says_nothing_of_another(
    store: MaildirStore, opened: Open, services: dict[str, MailService]
) -> None:
    box, other = opened(), opened("other", service="student")
    lose(store, box.address)
    run()
    put(store, box.address, box.service.quota_bytes)
    lose(store, other.address)
    put(store, "stray@elsewhere.example")
    assert run(1, services["student"]).looked_at == 1
    assert found() == {(box.address, "missing"), (other.address, "missing")}


# --- how it is run, and who is told ---------------------------------------------------------------------------------------


def command(*words: str) -> tuple[int, str]:
    """Its exit status and what it said."""
    said = io.StringIO()
    try:
        call_command("reconcile", *words, stdout=said)
    except SystemExit as end:
        return int(str(end.code)), said.getvalue()
    return 0, said.getvalue()


def test_the_command_ends_with_1_for_a_difference_and_2_where_it_could_not_read(store: MaildirStore, opened: Open) -> None:
    box = opened()
    assert command() == (0, "1 mailboxes looked at, 0 differences, 0 are gone.\n")
    Mailbox.objects.update(**SUSPENDED)
    status, said = command("mx")
    assert status == 1
    assert f"{box.address}  (portal: suspended, mail server: open)" in said
    store.users.unlink()
    status, said = command()
    assert status == 2
    assert "Not everything could be read" in said


def test_the_command_names_the_services_for_a_wrong_one(services: dict[str, MailService]) -> None:
    with pytest.raises(CommandError, match=r"no service mxx\. The services are: mx"):
        call_command("reconcile", "mxx")


def test_the_nightly_task_looks_at_all(opened: Open) -> None:
    opened()
    tasks.reconcile()
    record = Reconciliation.objects.get()
    assert (record.service, record.complete, record.looked_at) == (None, True, 1)


def test_the_doctor_tells_of_open_findings_and_of_a_run_that_is_late(opened: Open) -> None:
    box = opened()
    Mailbox.objects.update(active_at=timezone.now())
    assert doctor.look() == []
    Mailbox.objects.update(active_at=timezone.now() - 3 * NIGHT)  # in use for long, and never compared
    assert [finding.code for finding in doctor.look()] == ["reconcile-late"]
    tasks.reconcile()
    assert [finding.code for finding in doctor.look()] == ["reconciled"]
    Mailbox.objects.filter(pk=box.pk).update(**SUSPENDED)
    tasks.reconcile()
    said = doctor.look()
    assert [(finding.level, finding.code) for finding in said] == [("ok", "reconciled"), ("advice", "differences")]
    assert "state 1" in said[1].text
