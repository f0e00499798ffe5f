"""What the doctor says of letters and of the server that takes them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from pytest_django import Settings

from accounts import letters
from accounts.letters import tasks
from accounts.models import Letter
from accounts.relay import relay
from portal.doctor.letters import look
from tests.smtpserver import SmtpServer


@pytest.fixture
def smtp(settings: Settings, db: None) -> Iterator[SmtpServer]:
    cache.clear()
    server = SmtpServer()
    settings.SMTP_RELAY = relay(server.url)
    with server.running():
        yield server


def codes() -> list[tuple[str, str]]:
    return [(finding.level, finding.code) for finding in look()]


def test_a_server_that_answers_and_no_letter_waiting_is_well(smtp: SmtpServer) -> None:
    assert codes() == [("ok", "smtp"), ("ok", "letters")]
    assert smtp.taken == []


def test_without_a_server_it_advises_one(settings: Settings, db: None) -> None:
    assert codes() == [("advice", "letters-kept"), ("ok", "letters")]


def test_a_server_that_refuses_us_is_a_problem_in_its_own_words(smtp: SmtpServer) -> None:
    smtp.answers["greeting"] = "554 5.7.1 Not from you"
    found = look()[0]
    assert (found.level, found.code) == ("problem", "smtp-unreachable")
    assert "554 5.7.1 Not from you" in found.text
    assert "SMTP_URL" in found.cure


def test_letters_that_wait_for_long_and_that_were_refused_are_told(smtp: SmtpServer) -> None:
    smtp.answers["rcpt"] = "451 4.7.1 Greylisted"
    late, refused = (letters.post("contact-added", to=f"{n}@home.example", address="a@b.example") for n in range(2))
    tasks.run(late.pk)
    assert codes() == [("ok", "smtp"), ("ok", "letters")]
    Letter.objects.filter(pk=late.pk).update(created_at=timezone.now() - timedelta(minutes=16))
    Letter.objects.filter(pk=refused.pk).update(state="failed")
    assert codes() == [("ok", "smtp"), ("problem", "letters-late"), ("advice", "letters-given-up")]
    assert "1 letters wait for more than a quarter of an hour" in look()[1].text
    assert "451 4.7.1 Greylisted" in look()[1].text
