"""The page of the pictures: for whom it is, what it says, and that it is counted once a minute."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import AuditEvent, Person
from mailboxes.models import Application, Mailbox, MailService, Tally
from mailboxes.reviewing.figures import kept, words
from sso_bridge import refusals
from tests.conftest import MakePerson, SignIn

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]

PAGE = "/admin/mailboxes/figure/"
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _forgotten() -> None:
    cache.clear()


@pytest.fixture
def reader(services: dict[str, MailService], make_person: MakePerson, sign_in: SignIn) -> Client:
    """Somebody who may see the pictures, and nothing else."""
    person = make_person("z30009", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename="view_figure"))
    return sign_in(person)


def receive(person: Person, service: MailService, name: str = "hmwang") -> Application:
    who = {"person": person, "service": service}
    box = Mailbox.objects.create(
        **who, local_part=name, domain=service.domain, stem=name, stem_number=1, state="active", active_at=NOW
    )
    received = NOW - timedelta(minutes=10)
    return Application.objects.create(
        **who, mailbox=box, state="done", submitted_at=received, finished_at=received + timedelta(seconds=75)
    )


@time_machine.travel(NOW, tick=False)
def test_the_page_shows_pictures_with_the_numbers_beside_them(
    reader: Client, wang: Person, services: dict[str, MailService]
) -> None:
    receive(wang, services["mx"])
    page = reader.get(PAGE, {"days": "7"})
    assertContains(page, "16 November 2026 to 22 November 2026")
    assertContains(page, "Applications in all: 1. The most, 1: 22 November 2026 Sun.")
    assertContains(page, "1 of 1 mailboxes were open within the time promised (100 %).")
    assertContains(page, "<td>1 min 15 s</td>", html=True)
    assert 'role="img"' in page.content.decode()
    assertNotContains(page, "style=")
    assertNotContains(page, "hmwang")


@time_machine.travel(NOW, tick=False)
def test_in_chinese_the_days_are_as_people_write_them(reader: Client) -> None:
    assertContains(reader.get(PAGE, {"days": "7"}, headers={"accept-language": "zh-TW"}), "2026-11-16")


def test_the_first_look_is_at_nothing_and_says_so(reader: Client) -> None:
    page = reader.get(PAGE)
    assertContains(page, "Applications in all: 0.")
    assertContains(page, "No mailbox was opened for an application of these days.")


def test_nonsense_is_answered_with_what_to_do_and_no_picture(reader: Client) -> None:
    for query, said in (
        ({"since": "2026-11-22", "until": "2026-11-01"}, "Exchange the two"),
        ({"until": "tomorrow"}, "Write a day as year-month-day"),
        ({"days": "36500"}, "Choose one of the ranges"),
    ):
        page = reader.get(PAGE, query)
        assertContains(page, said, status_code=422)
        assert "<figure" not in page.content.decode()


def test_nobody_else_sees_them(make_person: MakePerson, sign_in: SignIn, services: dict[str, MailService]) -> None:
    other = make_person("z30010", is_staff=True)
    other.user_permissions.set(Permission.objects.filter(codename__in=["view_application", "view_reviewcase"]))
    client = sign_in(other)
    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}export/", {"table": "received"}).status_code == 403


def test_the_right_to_see_pictures_shows_no_application(
    reader: Client, wang: Person, services: dict[str, MailService]
) -> None:
    application = receive(wang, services["mx"])
    for path in (f"{application.pk}/", f"{application.pk}/change/", f"{application.pk}/history/", "add/"):
        assert reader.get(PAGE + path).status_code == 404
    assert reader.post(f"{PAGE}export/", {"format": "csv"}).status_code == 400
    assert reader.post(PAGE, {"action": "export_csv", "_selected_action": [application.pk]}).status_code == 405
    assert reader.get("/admin/mailboxes/application/").status_code == 403
    assertContains(reader.get("/admin/"), PAGE)


def test_a_second_look_within_a_minute_counts_nothing(
    reader: Client,
    wang: Person,
    services: dict[str, MailService],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        assertContains(reader.get(PAGE), "Applications in all: 0.")
        receive(wang, services["mx"])
        with django_assert_max_num_queries(7):  # session, person, factor, rights, services, the look
            page = reader.get(PAGE, headers={"accept-language": "zh-TW"})
        assertContains(page, "12:00:00")
        assertNotContains(page, "Applications in all: 1.")
        clock.shift(61)
        assertContains(reader.get(PAGE), "Applications in all: 1.")


def test_whoever_comes_while_another_counts_waits_for_that(monkeypatch: pytest.MonkeyPatch, reader: Client) -> None:
    """Nobody is there to count it: after its patience it counts by itself."""
    monkeypatch.setattr(kept, "PATIENCE", 0.2)
    with time_machine.travel(NOW):
        cache.add("figures:2026-10-24:2026-11-22:busy", True, timeout=60)
        assertContains(reader.get(PAGE), "Applications in all: 0.")
        assert cache.get("figures:2026-10-24:2026-11-22:busy"), "the mark of another one was taken away"


@time_machine.travel(NOW, tick=False)
def test_each_table_is_a_file(reader: Client, wang: Person, services: dict[str, MailService]) -> None:
    receive(wang, services["mx"])
    Tally.objects.create(day=NOW.date(), service=services["mx"], what="failure", value="store-unavailable", count=3)
    page = reader.get(PAGE, {"days": "7"}).content.decode()
    names = re.findall(r'name="table" value="([\w-]+)"', page)
    assert len(names) == len(set(names)) == 7  # nothing is reviewed here
    files = {name: reader.post(f"{PAGE}export/?days=7", {"table": name}) for name in names}
    assert files["opened"]["Content-Disposition"] == 'attachment; filename="opened-2026-11-16-2026-11-22.csv"'
    tables = {name: list(csv.reader(io.StringIO(file.content.decode()[1:]))) for name, file in files.items()}
    assert tables["opened"][:2] == [
        ["Service", "Opened", "Median (seconds)", "95 in 100 (seconds)", "Promised (seconds)", "In time", "Not open yet"],
        ["MX mailbox", "1", "75", "75", "300", "1", "0"],
    ]
    assert tables["received"][-1] == ["22 November 2026 Sun", "1", "0", "0", "0", "1"]
    assert tables["failures"][1] == [
        "Tries at the mail server that failed", "The mail server did not answer", "store-unavailable", "3",
    ]  # fmt: skip
    event = AuditEvent.objects.filter(verb="list.exported").latest("pk")
    assert event.details["list"] == "mailboxes.figure.mailboxes" and event.actor is not None


def test_refusals_have_the_words_of_the_pages_that_people_saw() -> None:
    assert {code.value: heading for code, (heading, _sentence) in refusals.WORDS.items()} == words.REFUSALS
