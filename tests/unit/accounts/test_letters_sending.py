"""How letters come from the outbox to a real SMTP server, and what becomes of those that do not."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from accounts.letters import outbox, rendering, sending, tasks
from accounts.models import Letter, Person
from accounts.relay import Relay, relay
from tests.smtpserver import SmtpServer
from tests.unit.accounts.outgoing import TO, now_as, posted


@pytest.fixture(autouse=True)
def nobody_is_silent() -> None:
    cache.clear()


@pytest.fixture
def smtp(settings: Settings) -> Iterator[SmtpServer]:
    server = SmtpServer()
    settings.SMTP_RELAY = relay(server.url)
    with server.running():
        yield server


# --- sending ----------------------------------------------------------------------------------------------------


def test_a_letter_arrives_once(smtp: SmtpServer, wang: Person, settings: Settings) -> None:
    letter = posted(wang)
    tasks.run(letter.pk)
    tasks.run(letter.pk)
    [(sender, to, message)] = smtp.taken
    assert (sender, to) == (settings.OFFICE_EMAIL, TO)
    assert message["Subject"] == "Confirm your contact address"
    assert message.get_content_type() == "multipart/alternative"
    assert message["Auto-Submitted"] == "auto-generated"
    assert now_as(letter) == "sent"
    assert letter.sent_at is not None


def test_one_that_is_refused_is_given_up_with_the_servers_words(smtp: SmtpServer, db: None) -> None:
    smtp.answers["rcpt"] = "550 5.1.1 <wang@elsewhere.example>: User unknown"
    letter = posted()
    tasks.run(letter.pk)
    assert now_as(letter) == "failed"
    assert letter.last_error == "550 5.1.1 <wang@elsewhere.example>: User unknown"
    smtp.reset()
    tasks.run(letter.pk)
    assert smtp.taken == []


@pytest.mark.parametrize(
    ("command", "answer"), [("rcpt", "451 4.7.1 Greylisted"), ("data", "451 4.3.0 later"), ("end", "452 4.2.2 Mailbox full")]
)
def test_one_that_is_not_taken_now_is_tried_again_ever_later(smtp: SmtpServer, db: None, command: str, answer: str) -> None:
    smtp.answers[command] = answer
    letter = posted()
    pauses = []
    for _ in range(3):
        with time_machine.travel(letter.due_at, tick=False):
            tasks.run(letter.pk)
            assert now_as(letter) == "waiting"
            pauses.append((letter.due_at - timezone.now()).total_seconds())
    assert pauses == [5, 10, 20]
    assert letter.last_error == answer
    smtp.reset()
    with time_machine.travel(letter.due_at, tick=False):
        tasks.run(letter.pk)
    assert now_as(letter) == "sent"
    assert letter.last_error == ""
    assert len(smtp.taken) == 1


def test_after_five_days_it_is_given_up(smtp: SmtpServer, db: None) -> None:
    smtp.answers["rcpt"] = "451 4.7.1 Greylisted"
    letter = posted()
    with time_machine.travel(letter.created_at + timedelta(days=5, minutes=1), tick=False):
        tasks.run(letter.pk)
    assert now_as(letter) == "failed"


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("greeting", "554 5.3.2 No service"),
        ("greeting", "421 4.3.2 Shutting down"),
        ("mail", "553 5.7.1 Sender not allowed"),
        ("rcpt", "421 4.3.2 Shutting down"),
        ("greeting", ""),
    ],
)
def test_what_is_wrong_with_us_gives_no_letter_up(smtp: SmtpServer, db: None, command: str, answer: str) -> None:
    smtp.answers[command] = answer
    letter = posted()
    tasks.run(letter.pk)
    assert now_as(letter) == "waiting"
    assert answer in letter.last_error
    assert letter.last_error != ""


def test_a_server_that_is_down_keeps_no_worker_busy_and_gets_the_letters_later(
    smtp: SmtpServer, settings: Settings, db: None
) -> None:
    settings.SMTP_RELAY = relay("smtp://127.0.0.1:1")
    first, second = posted(), posted()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        tasks.run(first.pk)
        tasks.run(second.pk)
        assert now_as(first) == now_as(second) == "waiting"
        assert "smtp://127.0.0.1:1 cannot be used: Connection refused" in first.last_error
        assert second.attempts == 0  # nobody asked for it
        settings.SMTP_RELAY = relay(smtp.url)
        clock.shift(tasks.SILENCE + 1)
        tasks.run(first.pk)
        tasks.run(second.pk)
    assert now_as(first) == now_as(second) == "sent"
    assert len(smtp.taken) == 2


def test_an_answer_that_is_lost_makes_a_second_copy_that_is_known_as_one(smtp: SmtpServer, db: None) -> None:
    smtp.answers["end"] = ""
    letter = posted()
    tasks.run(letter.pk)
    assert now_as(letter) == "waiting"
    smtp.answers.clear()
    cache.clear()
    with time_machine.travel(letter.due_at, tick=False):
        tasks.run(letter.pk)
    (_s, _t, first), (_s, _t, second) = smtp.taken
    assert first["Message-ID"] == second["Message-ID"]
    assert first.as_bytes() != b""
    assert first["Date"] == second["Date"]


def test_a_fault_of_ours_is_told_by_its_kind_alone(smtp: SmtpServer, wang: Person) -> None:
    letter = posted(wang)
    Letter.objects.filter(pk=letter.pk).update(kind="no-such-kind")
    tasks.run(letter.pk)
    assert now_as(letter) == "waiting"
    assert letter.last_error == "fault: TemplateDoesNotExist"


# --- two workers -------------------------------------------------------------------------------------------------


def test_whoever_comes_second_gets_nothing_until_the_lease_ends(db: None) -> None:
    letter, now = posted(), timezone.now()
    mine = outbox.claim(letter.pk, now=now)
    assert mine is not None
    assert outbox.claim(letter.pk, now=now + timedelta(seconds=39)) is None
    theirs = outbox.claim(letter.pk, now=now + timedelta(seconds=41))
    assert theirs is not None
    assert not outbox.settle(mine, now=now)
    outbox.give_up(mine, "too late")
    assert now_as(letter) == "waiting"
    assert outbox.settle(theirs, now=now)
    assert now_as(letter) == "sent"


def test_a_worker_that_was_frozen_hands_nothing_over(smtp: SmtpServer, db: None) -> None:
    """Its time has ended while it was in the middle of the conversation."""
    made = rendering.message(posted())
    with pytest.raises(sending.Unreachable, match="took longer than 25 s"):
        sending.send(made, Relay("smtp", "127.0.0.1", smtp.port), sender="o@campus.example", to=TO, deadline=0)
    assert smtp.taken == []


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_send_it_once(smtp: SmtpServer) -> None:
    waiting = [posted().pk for _ in range(4)]
    smtp.slow["end"] = 0.05

    def work() -> None:
        for letter_id in waiting:
            tasks.run(letter_id)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(smtp.taken) == len(waiting)
    assert len({message["Message-ID"] for _s, _t, message in smtp.taken}) == len(waiting)


def test_the_sweep_sees_what_waits_and_nobody_holds(db: None) -> None:
    now = timezone.now()
    free, held, sent, later = posted(), posted(), posted(), posted()
    Letter.objects.filter(pk=held.pk).update(leased_until=now + timedelta(seconds=30))
    Letter.objects.filter(pk=sent.pk).update(state="sent", sent_at=now)
    Letter.objects.filter(pk=later.pk).update(due_at=now + timedelta(hours=1))
    assert list(outbox.due(now + timedelta(seconds=1))) == [free]


def test_a_password_is_in_no_text(smtp: SmtpServer, db: None, settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.SMTP_RELAY = relay(f"smtp://portal:pass-word@127.0.0.1:{smtp.port}")
    smtp.answers |= {"ehlo": "250-here\r\n250 AUTH PLAIN LOGIN", "auth": "535 5.7.8 Error: authentication failed"}
    letter = posted()
    tasks.run(letter.pk)
    now_as(letter)
    assert "535 5.7.8 Error: authentication failed" in letter.last_error
    for text in (letter.last_error, caplog.text, repr(settings.SMTP_RELAY), str(settings.SMTP_RELAY)):
        assert "pass-word" not in text
        assert "AHBvcnRhbABwYXNzLXdvcmQ=" not in text
