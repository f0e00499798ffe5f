from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction

from accounts.contacts import services as contacts
from accounts.models import AuditEvent, Letter, Person
from mailboxes.models import Application, Job, Mailbox, MailService
from mailboxes.provisioning import outbox, tasks
from mailboxes.provisioning.stores.maildir import MaildirStore

NOW = datetime(2026, 11, 1, 10, 0, tzinfo=UTC)  # before today: what is due then is due for a worker now
HASH = "{ARGON2ID}hash"
STORE_CALL = timedelta(seconds=10)  # as the protocol of stores says, at most; a mailbox takes two


@pytest.fixture(autouse=True)
def mail_root(settings: LazySettings, tmp_path: Path) -> Path:
    settings.MAILDIR_ROOT = tmp_path / "mail"
    return settings.MAILDIR_ROOT


@pytest.fixture
def box(wang: Person, services: dict[str, MailService]) -> Mailbox:
    mailbox = Mailbox.objects.create(
        service=services["mx"], person=wang, local_part="hmwang", domain="mx.nthu.edu.tw", stem="hmwang", stem_number=1
    )
    Application.objects.create(
        person=wang, service=services["mx"], mailbox=mailbox, state="pending", submitted_at=NOW, chosen_name="hmwang"
    )
    return mailbox


def put(box: Mailbox, kind: Job.Kind = Job.Kind.CREATE, password_hash: str = HASH) -> Job:
    with transaction.atomic():
        return outbox.put(box, kind, now=NOW, password_hash=password_hash)


def test_a_job_is_claimed_by_one_worker_only(box: Mailbox) -> None:
    job = put(box)
    assert outbox.claim(job.pk, now=NOW) is not None
    assert outbox.claim(job.pk, now=NOW) is None


def test_a_dead_workers_job_can_be_claimed_when_its_lease_is_over(box: Mailbox) -> None:
    job = put(box)
    outbox.claim(job.pk, now=NOW)
    assert outbox.claim(job.pk, now=NOW + outbox.LEASE) is None
    again = outbox.claim(job.pk, now=NOW + outbox.LEASE + timedelta(seconds=1))
    assert again is not None
    assert again.attempts == 2


def test_a_worker_that_lost_its_lease_can_neither_settle_nor_postpone(box: Mailbox) -> None:
    job = put(box)
    slow = outbox.claim(job.pk, now=NOW)
    late = NOW + outbox.LEASE + timedelta(seconds=1)
    quick = outbox.claim(job.pk, now=late)
    assert slow and quick
    assert outbox.settle(slow, now=late) is False
    outbox.postpone(slow, "too late", now=late)
    job.refresh_from_db()
    assert (job.state, job.last_error, job.password_hash) == ("waiting", "", HASH)
    assert outbox.settle(quick, now=late) is True


def test_a_worker_is_ended_before_its_lease_and_its_job_is_found_within_a_minute(settings: LazySettings) -> None:
    sweep = timedelta(seconds=settings.CELERY_BEAT_SCHEDULE["sweep"]["schedule"])
    limit = timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT)
    assert 2 * STORE_CALL < limit < outbox.LEASE < outbox.LEASE + sweep < timedelta(seconds=60)


def test_settling_opens_the_mailbox_ends_the_application_and_wipes_the_hash(box: Mailbox) -> None:
    claimed = outbox.claim(put(box).pk, now=NOW)
    assert claimed
    outbox.settle(claimed, now=NOW)
    claimed.refresh_from_db()
    box.refresh_from_db()
    assert (claimed.state, claimed.password_hash) == ("done", "")
    assert (box.state, box.active_at) == ("active", NOW)
    assert box.applications.get().state == "done"
    assert set(AuditEvent.objects.values_list("verb", flat=True)) == {"mailbox.active", "application.done"}


def test_the_database_itself_refuses_a_hash_in_a_job_that_is_done(box: Mailbox) -> None:
    job = put(box)
    with pytest.raises(IntegrityError, match="job_hash_wiped_when_done"), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(state="done")


def test_pauses_grow_up_to_five_minutes(box: Mailbox) -> None:
    job = put(box)
    pauses = []
    now = NOW
    for _ in range(11):
        claimed = outbox.claim(job.pk, now=now)
        assert claimed
        outbox.postpone(claimed, "store-unavailable: no answer", now=now)
        job.refresh_from_db()
        pauses.append((job.due_at - now).total_seconds())
        now = job.due_at
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert job.last_error == "store-unavailable: no answer"


def test_a_job_that_is_paused_is_not_claimed_early(box: Mailbox) -> None:
    claimed = outbox.claim(put(box).pk, now=NOW)
    assert claimed
    outbox.postpone(claimed, "x", now=NOW)
    assert outbox.claim(claimed.pk, now=NOW) is None
    assert outbox.claim(claimed.pk, now=NOW + timedelta(seconds=1)) is not None


def test_the_jobs_of_one_mailbox_keep_their_order(box: Mailbox) -> None:
    """But for those that close it, which wait for none: test_closing_first.py."""
    create, password = put(box), put(box, Job.Kind.PASSWORD, "{ARGON2ID}new")
    assert outbox.claim(password.pk, now=NOW) is None
    claimed = outbox.claim(create.pk, now=NOW)
    assert claimed
    outbox.settle(claimed, now=NOW)
    assert outbox.claim(password.pk, now=NOW) is not None


def test_a_newer_password_replaces_one_that_still_waits(box: Mailbox) -> None:
    first, second = put(box, Job.Kind.PASSWORD, "{ARGON2ID}1"), put(box, Job.Kind.PASSWORD, "{ARGON2ID}2")
    first.refresh_from_db()
    assert (first.state, first.password_hash) == ("dropped", "")
    assert outbox.claim(second.pk, now=NOW) is not None


def test_a_password_that_failed_gives_way_to_a_newer_one(box: Mailbox) -> None:
    first = outbox.claim(put(box, Job.Kind.PASSWORD, "{ARGON2ID}1").pk, now=NOW)
    second = put(box, Job.Kind.PASSWORD, "{ARGON2ID}2")
    assert first
    outbox.postpone(first, "store-unavailable", now=NOW)
    first.refresh_from_db()
    assert (first.state, first.password_hash) == ("dropped", "")
    assert outbox.claim(second.pk, now=NOW) is not None


def test_a_worker_makes_the_mailbox_and_the_letter_is_in_it(box: Mailbox, mail_root: Path) -> None:
    tasks.run(put(box).pk)
    box.refresh_from_db()
    assert box.state == "active"
    letter = MaildirStore(mail_root).welcome("hmwang@mx.nthu.edu.tw")
    assert letter is not None
    assert "hmwang@mx.nthu.edu.tw" in letter.text
    assert "Welcome to your new mailbox" in letter.subject


def test_running_a_job_again_changes_nothing(box: Mailbox, mail_root: Path) -> None:
    job = put(box)
    tasks.run(job.pk)
    users = (mail_root / "users").read_text()
    tasks.run(job.pk)
    job.refresh_from_db()
    assert (job.attempts, (mail_root / "users").read_text()) == (1, users)


def test_a_failing_store_keeps_the_job_and_says_why(box: Mailbox, mail_root: Path) -> None:
    mail_root.write_text("a file where the mail folder should be")
    job = put(box)
    tasks.run(job.pk)
    job.refresh_from_db()
    box.refresh_from_db()
    assert (job.state, job.attempts, job.password_hash, box.state) == ("waiting", 1, HASH, "pending")
    assert job.last_error.startswith("store-unavailable: ")


def test_a_store_that_recovers_gets_the_mailbox_made_without_asking_again(box: Mailbox, mail_root: Path) -> None:
    mail_root.write_text("a file where the mail folder should be")
    job = put(box)
    tasks.run(job.pk)
    mail_root.unlink()
    Job.objects.filter(pk=job.pk).update(due_at=NOW)
    tasks.run(job.pk)
    box.refresh_from_db()
    assert box.state == "active"


def test_a_service_whose_store_does_not_exist_is_named(box: Mailbox) -> None:
    MailService.objects.filter(pk=box.service_id).update(store="pigeons")
    job = put(box)
    tasks.run(job.pk)
    job.refresh_from_db()
    assert "pigeons" in job.last_error
    assert job.state == "waiting"


def test_suspend_and_resume_reach_the_store(box: Mailbox, mail_root: Path) -> None:
    tasks.run(put(box).pk)
    tasks.run(put(box, Job.Kind.SUSPEND, "").pk)
    assert "nologin=y" in (mail_root / "users").read_text()
    tasks.run(put(box, Job.Kind.RESUME, "").pk)
    assert "nologin=y" not in (mail_root / "users").read_text()


def test_the_sweep_sees_what_no_bell_reached(box: Mailbox) -> None:
    waiting = put(box)
    assert list(outbox.due(NOW)) == [waiting]
    outbox.claim(waiting.pk, now=NOW)
    assert list(outbox.due(NOW)) == []
    assert list(outbox.due(NOW + outbox.LEASE + timedelta(seconds=1))) == [waiting]


def test_a_job_keeps_to_the_address_it_was_asked_for(box: Mailbox, mail_root: Path) -> None:
    """Cancelled as hmwang after a failed try, applied for again as hm.wang: it is hmwang that is locked."""
    tasks.run(put(box).pk)
    lock = put(box, Job.Kind.SUSPEND, "")
    Mailbox.objects.filter(pk=box.pk).update(local_part="hm.wang")
    tasks.run(lock.pk)
    line = (mail_root / "users").read_text()
    assert line.startswith("hmwang@mx.nthu.edu.tw:")
    assert "nologin=y" in line


def test_contact_addresses_are_told_that_a_mailbox_opens_and_both_that_its_password_changes(
    box: Mailbox, wang: Person
) -> None:
    home = contacts.add(wang, "wang@home.example", now=NOW)
    contacts.confirm(home, now=NOW, visitor="192.0.2.10")
    contacts.add(wang, "not.confirmed@home.example", now=NOW)
    Letter.objects.all().delete()
    tasks.run(put(box).pk)
    tasks.run(put(box, Job.Kind.PASSWORD).pk)
    told = list(Letter.objects.order_by("pk").values_list("kind", "to"))
    assert told == [
        ("mailbox-created", "wang@home.example"),
        ("password-changed", "hmwang@mx.nthu.edu.tw"),
        ("password-changed", "wang@home.example"),
    ]
