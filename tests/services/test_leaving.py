"""Somebody leaves: what time does to their mailbox on the real Dovecot and Postfix; and who is first where two decide."""

import smtplib
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.conf import LazySettings
from django.db import connection
from django.utils import timezone

from accounts.models import Letter, Person
from mailboxes import states
from mailboxes.models import Delegation, Job, Mailbox, MailService
from mailboxes.provisioning import sharing, tasks
from mailboxes.provisioning.life import following
from mailboxes.provisioning.life import services as life
from mailboxes.provisioning.stores.dovecot.store import DovecotStore
from tests.conftest import MakePerson
from tests.mailserver import MailServer
from tests.services.conftest import FIRST, SECOND, Refuses, signed_in
from tests.services.corresponding import arrives, opened, row_of, send, subjects
from tests.services.working import until

DAY = timedelta(days=1)


@pytest.fixture
def box(
    server: MailServer,
    store: DovecotStore,
    address: str,
    services: dict[str, MailService],
    wang: Person,
    settings: LazySettings,
) -> Mailbox:
    for name, value in server.env().items():
        setattr(settings, name, value)
    return row_of(opened(server, store, address), services["mx"], wang)


def again(box: Mailbox) -> Mailbox:
    return Mailbox.objects.select_related("service", "person").get(pk=box.pk)


def work() -> None:
    """What a worker does when the bell rings; the time that the tests speak of is days ahead of its own."""
    Job.objects.filter(state="waiting").update(due_at=timezone.now())
    for number in Job.objects.filter(state="waiting").order_by("pk").values_list("pk", flat=True):
        tasks.run(number)
    assert not Job.objects.filter(state="waiting").exists()


def answer_to(server: MailServer, address: str) -> int:
    """What Postfix says to a letter for that address."""
    with smtplib.SMTP("127.0.0.1", server.smtp, local_hostname="elsewhere.example") as smtp:
        smtp.ehlo()
        smtp.mail("colleague@example.org")
        return smtp.rcpt(address)[0]


def test_from_the_last_day_of_use_to_the_end_and_back(
    server: MailServer, store: DovecotStore, box: Mailbox, refuses: Refuses, make_person: MakePerson
) -> None:
    now = timezone.now()
    [inbox, *_others] = store.folders(box.address)
    Person.objects.filter(pk=box.person_id).update(condition="離職")
    following.follow_conditions(again(box).service, after=0, now=now)
    work()
    with signed_in(server, box.address, FIRST):
        pass  # leaving, it is used as before

    following.do_due(now + 30 * DAY)
    work()
    refuses(box.address, FIRST, "CONTACTADMIN")
    send(server, box.address, "late")  # letters still arrive
    until(lambda: store.folders(box.address)[0].messages == inbox.messages + 1)

    following.do_due(now + 60 * DAY)
    work()
    assert again(box).state == "closed"
    refuses(box.address, FIRST)
    assert answer_to(server, box.address) == 550
    with pytest.raises(smtplib.SMTPAuthenticationError), smtplib.SMTP("127.0.0.1", server.submission) as smtp:
        smtp.login(box.address, FIRST)
    with pytest.raises(smtplib.SMTPException), smtplib.LMTP("127.0.0.1", server.lmtp) as lmtp:
        lmtp.sendmail("a@example.org", [box.address], "Subject: x\r\n\r\n.\r\n")

    life.reopen(again(box), actor=make_person("z30003"), now=now + 90 * DAY)
    work()
    assert "late" in subjects(server, box.address)  # all that was in it is in it
    send(server, box.address, "back")
    arrives(server, box.address, "back")


def test_what_others_had_of_a_closed_mailbox_is_not_theirs_when_it_is_opened_again(
    server: MailServer, store: DovecotStore, box: Mailbox, professor: Person, make_person: MakePerson
) -> None:
    now, administrator = timezone.now(), make_person("z30003")
    other = row_of(opened(server, store, f"other.{box.address}"), box.service, professor)
    Delegation.objects.create(
        mailbox=box, delegate=other, state="accepted", folders=["INBOX"], reason="x", starts_at=now, ends_at=now + DAY
    )
    sharing.ask_for(box, now=now)
    work()
    assert store.shared(box.address)["INBOX"] == {other.address: "read"}
    life.close_now(again(box), reason="x", actor=administrator, now=now)
    work()
    life.reopen(again(box), actor=administrator, now=now)
    work()
    assert store.shared(box.address)["INBOX"] == {}


def test_what_a_worker_does_late_does_not_bring_a_closed_mailbox_back(store: DovecotStore, box: Mailbox) -> None:
    store.close(box.address, revision=100)
    store.set_password(box.address, password_hash="{ARGON2ID}x", revision=99)  # of a worker that wakes up late
    assert not store.takes(box.address, FIRST)
    store.resume(box.address, revision=101)
    assert store.takes(box.address, FIRST)
    assert not store.takes(box.address, SECOND)


# --- two at the same moment -----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", range(3))
def test_of_two_administrators_an_owner_and_the_sweep_one_is_first(
    services: dict[str, MailService], make_person: MakePerson, wang: Person, number: int
) -> None:
    now = timezone.now()
    box = row_of("hmwang@mx.nthu.edu.tw", services["mx"], wang)
    life.ask_to_close(again(box), now=now - 7 * DAY, address="")
    Letter.objects.all().delete()
    one, two = make_person("z30001"), make_person("z30002")
    deeds: list[Callable[[Mailbox], None]] = [
        lambda box: life.suspend(box, cause="theft", reason="x", actor=one, now=now),
        lambda box: life.close_now(box, reason="x", actor=two, now=now),
        lambda box: life.take_back_closing(box, now=now, address=""),
        lambda box: following.do_next(box, now=now),
    ]
    together = Barrier(len(deeds))

    def outcome(do: Callable[[Mailbox], None]) -> str:
        try:
            read = again(box)
            together.wait(timeout=60)
            do(read)
        except states.NotAllowed:
            return "too late"
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as threads:
        assert Counter(threads.map(outcome, deeds)) == {"done": 1, "too late": 3}
    state = again(box).state
    assert list(Job.objects.values_list("kind", flat=True)) == {"suspended": ["suspend"], "closed": ["close"]}.get(state, [])
