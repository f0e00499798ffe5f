"""The auditor's list of events: what was asked for is found, a page takes few questions, and nothing can be changed."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertContains, assertNotContains

from accounts import audit
from accounts.auditing import finding
from accounts.models import AuditEvent, Person
from tests.conftest import MakePerson, SignIn
from tests.unit.accounts.auditing.by_hand import execute
from tests.unit.accounts.auditing.conftest import NOW, Happened, seal

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
LIST = "/admin/accounts/auditevent/"


@pytest.fixture
def auditor(make_person: MakePerson) -> Person:
    person = make_person("z50005", name="稽核員", is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="view_auditevent"))
    return person


@pytest.fixture
def browser(auditor: Person, sign_in: SignIn) -> Client:
    return sign_in(auditor)


@pytest.fixture
def events(happened: Happened, professor: Person) -> dict[str, int]:
    """The numbers of some events of several kinds by verb."""
    happened("contact.added", days=3)
    happened("handoff.refused", days=2, reference="H-7QK2MX4T")
    happened("mailbox.suspended", days=1)
    audit.record("people.imported", person=None, actor=professor, address="203.0.113.9", new=7)
    return {verb: pk for pk, verb in AuditEvent.objects.values_list("pk", "verb")}


def shown(browser: Client, **filters: str) -> set[str]:
    return {event.verb for event in browser.get(LIST, filters).context["rows"]}


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, {"mailbox.suspended", "handoff.refused", "contact.added", "people.imported"}),
        ({"kind": "mailbox"}, {"mailbox.suspended"}),
        ({"q": "z9999"}, {"mailbox.suspended", "handoff.refused", "contact.added"}),
        ({"q": "王小明", "kind": "contact"}, {"contact.added"}),
        ({"q": "h-7qk2mx4t"}, {"handoff.refused"}),
        ({"q": "王@MX.example"}, {"mailbox.suspended", "handoff.refused", "contact.added"}),
        ({"q": "nobody"}, set()),
        ({"by": "林淑芬"}, {"people.imported"}),
        ({"address": "2001:DB8:0::7"}, {"mailbox.suspended", "handoff.refused", "contact.added"}),
        ({"address": "203.0.113.9"}, {"people.imported"}),
        ({"first": "2026-11-20", "last": "2026-11-20"}, {"handoff.refused"}),
        ({"last": "2026-11-19"}, {"contact.added"}),
        ({"first": "2100-01-01"}, set()),
    ],
)
def test_each_filter_finds_what_it_says(
    filters: dict[str, str], found: set[str], browser: Client, events: dict[str, int]
) -> None:
    assert shown(browser, **filters) == found


def test_a_day_that_is_none_is_told_and_left_out(browser: Client, events: dict[str, int]) -> None:
    page = browser.get(LIST, {"first": "yesterday", "kind": "mailbox"})
    assertContains(page, "Enter a valid date.")
    assert {event.verb for event in page.context["rows"]} == {"mailbox.suspended"}


def test_pages_follow_each_other_without_a_count(browser: Client, happened: Happened) -> None:
    for _ in range(finding.PAGE + 5):
        happened()
    browser.get(LIST)  # which notes, once a minute, that somebody is there
    with CaptureQueriesContext(connection) as asked:
        first = browser.get(LIST)
    assert len(asked) <= 9
    assert not any("COUNT(" in query["sql"] for query in asked.captured_queries)
    assertContains(first, "The 50 before these")
    second = browser.get(LIST, {"before": first.context["following"]})
    assert len(second.context["rows"]) == 6  # and the first look of these
    assertContains(second, "Back to the newest")
    assert not {row.pk for row in first.context["rows"]} & {row.pk for row in second.context["rows"]}
    assert len(browser.get(LIST, {"before": "x"}).context["rows"]) == finding.PAGE


def test_an_event_shows_what_was_before_and_after(browser: Client, wang: Person) -> None:
    before, after = {"name_en": "MX", "quota": 1}, {"name_en": "<b>Mail</b>", "quota": 2}
    audit.record("setting.changed", person=None, actor=wang, thing="mailboxes.mailservice", before=before, after=after)
    page = browser.get(f"{LIST}{AuditEvent.objects.get().pk}/change/")
    assert page.context["changed"] == [("name_en", "MX", "<b>Mail</b>"), ("quota", "1", "2")]
    assertContains(page, "&lt;b&gt;Mail&lt;/b&gt;")
    assertContains(page, "mailboxes.mailservice")
    assertContains(page, "Not sealed yet")


def test_an_event_says_whether_it_is_as_it_was_sealed(browser: Client, sealed: list[AuditEvent]) -> None:
    place = f"{LIST}{sealed[2].pk}/change/"
    assertContains(browser.get(place), "Sealed as link 3 of the chain")
    assertNotContains(browser.get(place), "was changed after")
    execute("UPDATE accounts_auditevent SET mailbox = '' WHERE id = %s", sealed[2].pk)
    assertContains(browser.get(place), f"Event {sealed[2].pk} was changed after it was sealed.")


def test_what_the_list_shows_is_exported_with_its_details(browser: Client, events: dict[str, int]) -> None:
    response = browser.post(f"{LIST}export/?kind=handoff", {"format": "csv"})
    lines = b"".join(response).decode().splitlines()
    assert len(lines) == 2
    assert '"{""reference"":""H-7QK2MX4T""}"' in lines[1]
    assert AuditEvent.objects.latest("pk").details["filters"] == "kind=handoff"


def test_nobody_without_the_right_sees_it_and_nobody_changes_it(
    browser: Client, make_person: MakePerson, sign_in: SignIn, events: dict[str, int]
) -> None:
    other = sign_in(make_person("z60006", is_staff=True))
    place = f"{LIST}{events['mailbox.suspended']}/change/"
    assert [other.get(path).status_code for path in (LIST, place)] == [403, 403]
    assert other.post(f"{LIST}export/", {"format": "csv"}).status_code == 403
    for path in (place, f"{LIST}add/", place.replace("change", "delete")):
        assert browser.post(path, {"verb": "x", "post": "yes"}).status_code == 403
    assert [browser.get(f"{LIST}{number}/change/").status_code for number in ("0", "x", "9" * 30)] == [404] * 3


def test_days_are_found_although_a_clock_was_astray(happened: Happened) -> None:
    """The later number has the earlier time, by half an hour, on the other side of midnight."""
    midnight = NOW.replace(hour=0)
    after = happened(days=(NOW - midnight - timedelta(minutes=10)) / timedelta(days=1))
    before = happened(days=(NOW - midnight + timedelta(minutes=20)) / timedelta(days=1))
    today, yesterday = midnight.date(), midnight.date() - timedelta(days=1)
    assert list(finding.events({"first": today})) == [after]
    assert list(finding.events({"first": yesterday, "last": yesterday})) == [before]
    assert seal() == 2
