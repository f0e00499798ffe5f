"""Reconciliation with a real Dovecot: differences made by hand, found, repaired by a real worker, and gone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import timezone

from accounts.models import AuditEvent, ContactAddress, Letter
from mailboxes.applying import services as applying
from mailboxes.models import Delegation, Finding, Job, Mailbox, MailService, Reconciliation
from mailboxes.models.stem import stem_of
from mailboxes.provisioning import outbox, reconciling
from mailboxes.provisioning.hashing import hash_password
from mailboxes.provisioning.reconciling.expected import KEEPER
from mailboxes.provisioning.stores.dovecot.database import connected
from mailboxes.provisioning.stores.dovecot.deadline import Deadline
from mailboxes.provisioning.stores.dovecot.store import DovecotStore
from mailboxes.reviewing import repairs
from tests.conftest import SUSPENDED, MakePerson, in_state
from tests.mailserver import MailServer
from tests.proxy import Proxy
from tests.services.conftest import FIRST, SECOND, Refuses, done, letter, numbers, signed_in
from tests.services.working import ring, until

HASH = hash_password(FIRST)
LATER = timedelta(minutes=10)
Open = Callable[..., Mailbox]
Ask = Callable[..., None]


@pytest.fixture
def mx(services: dict[str, MailService], server: MailServer, settings: LazySettings) -> MailService:
    for name, value in server.env().items():
        setattr(settings, name, value)
    MailService.objects.exclude(slug="mx").delete()
    MailService.objects.update(store="dovecot")
    return MailService.objects.get()


@pytest.fixture
def opened(mx: MailService, store: DovecotStore, make_person: MakePerson) -> Open:
    """A mailbox that both sides have, of a person of its own."""

    def make(state: str = "active") -> Mailbox:
        name = f"who{next(numbers)}a"
        stem, number = stem_of(name)
        person = make_person(name)
        place = {"local_part": name, "domain": mx.domain, "stem": stem, "stem_number": number}
        box = Mailbox.objects.create(service=mx, person=person, active_at=timezone.now(), **place, **in_state(state))
        store.ensure(box.address, password_hash=HASH, quota=mx.quota_bytes, welcome=letter(box.address), revision=1)
        if state == "suspended":
            store.suspend(box.address, revision=2)
        return box

    return make


@pytest.fixture
def by_hand(server: MailServer) -> Ask:
    """Statements to the mail database, past the portal."""

    def ask(statement: str, *values: object) -> None:
        with connected(server.env()["MAIL_DATABASE_URL"], Deadline(10)) as run:
            run(statement, *values)

    return ask


@pytest.fixture(autouse=True)
def empty(by_hand: Ask) -> None:
    by_hand("DELETE FROM portal_accounts")


def run(now: datetime | None = None) -> Reconciliation:
    return reconciling.run(None, now=now or timezone.now())


def found() -> set[tuple[str, str]]:
    return set(Finding.objects.filter(resolved_at=None).values_list("address", "kind"))


def test_where_both_agree_nothing_is_found(opened: Open) -> None:
    for state in ("active", "suspended"):
        opened(state)
    assert (run().complete, found()) == (True, set())
    assert Reconciliation.objects.get().looked_at == 2
    assert AuditEvent.objects.get().verb == "mailboxes.reconciled"


def test_each_difference_is_found_repaired_and_gone(
    server: MailServer,
    store: DovecotStore,
    opened: Open,
    by_hand: Ask,
    broker: str,
    worker: Path,
    refuses: Refuses,
    make_person: MakePerson,
) -> None:
    lost, shut, ajar, small, redirected, shared, fine = (opened() for _ in range(7))
    stray = f"stray{next(numbers)}a@{fine.domain}"
    store.ensure(stray, password_hash=HASH, quota=1000, welcome=letter(stray), revision=1)
    by_hand("DELETE FROM portal_accounts WHERE address = %s", lost.address)
    by_hand("UPDATE portal_accounts SET suspended = TRUE WHERE address = %s", shut.address)
    Mailbox.objects.filter(pk=ajar.pk).update(**SUSPENDED)
    by_hand("UPDATE portal_accounts SET quota = 7 WHERE address = %s", small.address)
    by_hand("UPDATE portal_accounts SET filter = %s WHERE address = %s", 'redirect "x@example.org";', redirected.address)
    give(shared, fine, state="ended")
    store.share(shared.address, {fine.address: {"INBOX": "read"}})

    assert run().complete
    wanted = {
        (lost.address, "missing"),
        (shut.address, "state"),
        (ajar.address, "state"),
        (small.address, "quota"),
        (redirected.address, "forwarding"),
        (shared.address, "delegation"),
        (stray, "extra"),
    }
    assert found() == wanted
    assert Finding.objects.get(kind="delegation").server_says == f"INBOX → {fine.address}: read"

    now = timezone.now()
    ContactAddress.objects.create(
        person=lost.person, address="wang@example.org", place=1, added_at=now, asked_at=now, verified_at=now
    )
    actor = make_person("z30003")
    told = repairs.repair(list(Finding.objects.select_related("service", "mailbox__person")), actor=actor, now=now)
    assert told == {"done": 7, "left": 0}
    assert AuditEvent.objects.filter(verb="finding.repair-asked", actor=actor).count() == 7
    assert (Letter.objects.get().kind, Letter.objects.get().to) == ("mailbox-missing", "wang@example.org")
    applying.change_password(lost, password=SECOND, address="192.0.2.10", now=now)
    finish(broker)
    assert found() == wanted - {(lost.address, "missing")}  # which its new password has ended

    again = run(timezone.now() + LATER)
    assert (again.complete, again.resolved, found()) == (True, 6, set())
    with signed_in(server, lost.address, SECOND), signed_in(server, shut.address, FIRST):
        pass
    refuses(ajar.address, FIRST, "CONTACTADMIN")
    refuses(stray, FIRST, "CONTACTADMIN")
    assert store.folders(stray)[0].messages == 1  # its letters stay
    kept = Mailbox.objects.get(local_part=stray.partition("@")[0])
    assert (kept.state, kept.person.subject) == ("cancelled", KEEPER)


def test_a_job_that_waits_or_was_done_lately_explains_a_difference(opened: Open, broker: str, worker: Path) -> None:
    box = opened()
    Mailbox.objects.filter(pk=box.pk).update(**SUSPENDED)
    outbox.put(box, Job.Kind.SUSPEND, now=timezone.now())
    assert (run().complete, found()) == (True, set())
    Job.objects.update(state="done", finished_at=timezone.now())
    assert (run().complete, found()) == (True, set())
    assert (run(timezone.now() + LATER).complete, found()) == (True, {(box.address, "state")})


def test_an_account_that_never_got_finished_is_opened_by_the_next_password(
    server: MailServer, opened: Open, by_hand: Ask, broker: str, worker: Path, make_person: MakePerson
) -> None:
    box = opened()
    by_hand("UPDATE portal_accounts SET made = FALSE WHERE address = %s", box.address)
    run()
    assert Finding.objects.get().server_says == "begun"
    now = timezone.now()
    repairs.repair(list(Finding.objects.all()), actor=make_person("z30003"), now=now)
    applying.change_password(box, password=SECOND, address="192.0.2.10", now=now)
    finish(broker)
    with signed_in(server, box.address, SECOND):
        pass


def test_a_dovecot_that_breaks_off_makes_nobody_missing(
    server: MailServer, opened: Open, by_hand: Ask, settings: LazySettings
) -> None:
    lost, *_others = (opened() for _ in range(5))
    by_hand("DELETE FROM portal_accounts WHERE address = %s", lost.address)
    run()
    assert found() == {(lost.address, "missing")}
    with Proxy.running(server.doveadm) as proxy:
        proxy.mode = "half"
        settings.DOVEADM_URL = f"http://127.0.0.1:{proxy.ports[0]}"
        broken = run(timezone.now() + LATER)
    assert (broken.complete, broken.resolved, found()) == (False, 0, {(lost.address, "missing")})
    assert "doveadm" in broken.note
    assert AuditEvent.objects.latest("pk").verb == "mailboxes.reconciled-partly"


def test_a_dovecot_that_may_not_read_its_accounts_makes_nobody_missing(
    server: MailServer, opened: Open, by_hand: Ask
) -> None:
    if not server.database:
        return  # SQLite knows no rights
    opened()
    by_hand("REVOKE SELECT ON dovecot_auth FROM dovecot_ro")
    try:
        broken = run()
    finally:
        by_hand("GRANT SELECT ON dovecot_auth TO dovecot_ro")
    assert (broken.complete, found()) == (False, set())


def give(owner: Mailbox, delegate: Mailbox, state: str) -> Delegation:
    now = timezone.now()
    times = {"starts_at": now - LATER, "ends_at": now + LATER, "answered_at": now, "ended_at": now}
    return Delegation.objects.create(
        mailbox=owner, delegate=delegate, folders=["INBOX"], reason="abroad", state=state, **times
    )


def finish(broker: str) -> None:
    for job in Job.objects.filter(state="waiting"):
        ring(broker, outbox.RUN, job.pk)
        until(lambda job=job: done(job))
