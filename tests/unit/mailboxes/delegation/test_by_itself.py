"""What begins and ends with the time, and what becomes a job. What the mail server does of it is in tests/services."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction

from accounts.models import AuditEvent, Person
from mailboxes import states
from mailboxes.models import Delegation, Job, Mailbox
from mailboxes.owning.boxes import delegation as boxes
from mailboxes.provisioning import outbox, sharing, tasks
from mailboxes.provisioning.life import services as life
from tests.unit.mailboxes.delegation.acting import DAY, NOON, TODAY, accepted, done, offer, waiting


def test_it_begins_and_ends_by_itself_though_every_bell_is_lost(mine: Mailbox, theirs: Mailbox) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        delegation = accepted(mine, first_day=TODAY + DAY, last_day=TODAY + DAY)
        assert waiting() == []
        clock.shift(DAY)
        tasks.sweep()
        tasks.sweep()
        assert waiting() == [mine.address]  # once, though nobody has done it
        done()
        tasks.sweep()
        assert waiting() == []
        clock.shift(DAY)
        tasks.sweep()
        assert waiting() == [mine.address]
    delegation.refresh_from_db()
    assert delegation.state == "ended"
    assert AuditEvent.objects.filter(verb="delegation.ended", actor=None, person=theirs.person).count() == 1


@pytest.mark.parametrize("who", ["mine", "theirs"])
def test_while_either_mailbox_is_suspended_nothing_is_open(mine: Mailbox, theirs: Mailbox, who: str) -> None:
    with time_machine.travel(NOON, tick=False):
        accepted(mine)
        done()
        suspended = mine if who == "mine" else theirs
        with transaction.atomic():
            states.move_mailbox(suspended, "suspended", now=NOON, actor=None, hold="rule", cause="rule", held_at=NOON)
        tasks.sweep()
        assert waiting() == [mine.address]
        done()
        assert not Delegation.objects.filter(given_at__isnull=False).exists()
        with transaction.atomic():
            states.move_mailbox(suspended, "active", now=NOON, actor=None, hold="", cause="", held_at=None)
        tasks.sweep()
        assert waiting() == [mine.address]


@pytest.mark.parametrize("who", ["mine", "theirs"])
def test_with_a_suspension_and_its_end_the_job_is_there_at_once(mine: Mailbox, theirs: Mailbox, who: str) -> None:
    suspended = mine if who == "mine" else theirs
    with time_machine.travel(NOON, tick=False):
        accepted(mine)
        done()
        life.switch_off(suspended, now=NOON, address="")
        assert waiting() == [mine.address]
        assert "compared" not in boxes.show(mine)  # what the server has still is no difference, but on its way
        done()
        life.switch_on(suspended, now=NOON, address="")
        assert waiting() == [mine.address]
        done()
        life.switch_off(suspended, now=NOON, address="")
        done()
        life.switch_on(suspended, now=NOON, address="")
        life.switch_off(suspended, now=NOON, address="")
        assert Job.objects.filter(kind="share", state="waiting").count() == 1


def test_with_the_closing_of_a_delegate_too(mine: Mailbox, theirs: Mailbox, stranger: Person) -> None:
    with time_machine.travel(NOON, tick=False):
        accepted(mine)
        done()
        life.close_now(theirs, reason="Gone.", actor=stranger, now=NOON)
    assert waiting() == [mine.address]


def test_an_offer_that_nobody_answered_ends_with_its_last_day(mine: Mailbox, theirs: Mailbox) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        offer(mine, last_day=TODAY)
        clock.shift(DAY)
        tasks.sweep()
    assert Delegation.objects.get().state == "ended"
    assert waiting() == []


def test_what_the_server_has_is_looked_at_again_now_and_then(mine: Mailbox, theirs: Mailbox) -> None:
    with time_machine.travel(NOON, tick=False):
        accepted(mine)
        done()
        sharing.look_again(NOON)
        sharing.look_again(NOON)
    assert waiting() == [mine.address]


def test_a_server_that_cannot_share_keeps_back_no_new_password(mine: Mailbox) -> None:
    with transaction.atomic():
        share = outbox.put(mine, Job.Kind.SHARE, now=NOON)
        password = outbox.put(mine, Job.Kind.PASSWORD, now=NOON, password_hash="{ARGON2ID}x")
        again = outbox.put(mine, Job.Kind.SHARE, now=NOON)
    share.refresh_from_db()
    assert share.state == "dropped"  # the newest reads the same rows
    assert outbox.claim(again.pk, now=NOON) is None  # but waits for what was asked before it
    claimed = outbox.claim(password.pk, now=NOON)
    assert claimed
    outbox.settle(claimed, now=NOON)
    assert outbox.claim(again.pk, now=NOON) is not None
    assert not AuditEvent.objects.filter(verb="mailbox.share-done").exists()


def test_the_last_use_is_the_latest_of_what_is_open(mine: Mailbox, theirs: Mailbox) -> None:
    accepted(mine)
    Delegation.note_use(mine.address, theirs.address, NOON)
    assert Delegation.objects.get().last_used_at is None
    Delegation.objects.update(given_at=NOON)
    for minutes in (2, 5, 1, 5.5):
        Delegation.note_use(mine.address.upper(), theirs.address, NOON + timedelta(minutes=minutes))
    Delegation.note_use(theirs.address, mine.address, NOON + DAY)
    Delegation.note_use("nobody", "", NOON + DAY)
    assert Delegation.objects.get().last_used_at == NOON + timedelta(minutes=5)
