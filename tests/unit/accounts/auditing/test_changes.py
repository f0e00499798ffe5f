"""Whatever the administration changes is an event, with what was before and what is after."""

from typing import Any

import pytest
from django.contrib import admin as django_admin
from django.test import Client, RequestFactory

from accounts.auditing import changes
from accounts.models import AuditEvent, Person, Retention
from mailboxes.models import MailService, ReservedName
from tests.conftest import SignIn

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]

# Of each list in which something can be added here: what makes a row, and a change of it.
TEXTS = {"title_zh": "停機", "title_en": "Down", "text_zh": "今晚停機。", "text_en": "Down tonight."}
SHOWN = {"shown_from_0": "2026-11-22", "shown_from_1": "08:00", "shown_until_0": "2026-11-23", "shown_until_1": "08:00"}
ROWS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "accounts.policy": (
        {"slug": "mail", "title_zh": "規範", "title_en": "Rules", "position": 7},
        {"title_en": "Other rules"},
    ),
    "accounts.retention": ({"verb": "contact.added", "days": 90}, {"days": 91}),
    "mailboxes.notice": (
        TEXTS | SHOWN,
        {"title_en": "Up"},
    ),
    "mailboxes.reservedname": ({"word": "rector", "reason": "an office"}, {"reason": "the office"}),
    "mailboxes.cautionname": ({"name": "王小明", "why": "there are two"}, {"why": "there are three"}),
    "mailboxes.reasontemplate": (
        {"title_zh": "缺", "title_en": "Missing", "text_zh": "缺。", "text_en": "Missing.", "position": 1},
        {"position": 2},
    ),
}  # fmt: skip
# Here nothing is added, but a row of the seed can be changed.
CHANGED: dict[str, dict[str, Any]] = {"mailboxes.mailservice": {"name_en": "Another name"}}
# These have pages of their own, whose services write events of their own; and what may only be deleted.
OWN = {"accounts.peopleimport", "accounts.policyversion", "accounts.staff"}
DELETED = {"mailboxes.forwardrefusal"}


def ours() -> list[Any]:
    places = ("accounts", "mailboxes", "sso_bridge")
    return [lists for lists in django_admin.site._registry.values() if lists.__module__.split(".")[0] in places]


@pytest.fixture
def admin(db: None) -> Person:
    return Person.objects.create_superuser("admin", "a-long-enough-passphrase")


@pytest.fixture
def browser(admin: Person, sign_in: SignIn) -> Client:
    return sign_in(admin)


def test_every_list_in_which_something_can_be_written_is_tried_here(admin: Person) -> None:
    request = RequestFactory().get("/")
    request.user = admin
    rights = {
        lists.opts.label_lower: [
            lists.has_add_permission(request),
            lists.has_change_permission(request),
            lists.has_delete_permission(request),
        ]
        for lists in ours()
    }
    adds, changed, deleted = ({name for name, may in rights.items() if may[place]} for place in range(3))
    assert adds <= set(ROWS) | set(CHANGED) | OWN
    assert changed <= set(ROWS) | set(CHANGED) | OWN
    assert deleted <= set(ROWS) | DELETED | OWN


@pytest.mark.parametrize("name", ROWS)
def test_each_addition_change_and_deletion_is_an_event(name: str, browser: Client, admin: Person) -> None:
    data, change = ROWS[name]
    place = f"/admin/{name.replace('.', '/')}"
    assert browser.post(f"{place}/add/", data).status_code == 302
    model = next(lists.model for lists in ours() if lists.opts.label_lower == name)
    row = model.objects.latest("pk")
    added = AuditEvent.objects.get()
    verb = "audit.retention-changed" if name == "accounts.retention" else "setting.changed"
    assert (added.verb, added.actor, added.address) == (verb, admin, "127.0.0.1")
    assert (added.details["thing"], added.details["id"], added.details["what"]) == (name, str(row.pk), "added")
    assert added.details["before"] == {}
    assert browser.post(f"{place}/{row.pk}/change/", data | change).status_code == 302
    changed = AuditEvent.objects.latest("pk").details
    [(field, value)] = change.items()
    assert (changed["what"], changed["before"], changed["after"]) == ("changed", {field: data[field]}, {field: value})
    browser.post(f"{place}/{row.pk}/change/", data | change)
    assert AuditEvent.objects.count() == 2  # nothing was changed this time
    if browser.post(f"{place}/{row.pk}/delete/", {"post": "yes"}).status_code == 403:
        return
    deleted = AuditEvent.objects.latest("pk").details
    assert (deleted["what"], deleted["id"], deleted["before"][field], deleted["after"]) == (
        "deleted",
        str(row.pk),
        value,
        {},
    )


@pytest.mark.parametrize("name", CHANGED)
def test_a_change_of_a_seeded_row_is_an_event(name: str, browser: Client, services: dict[str, MailService]) -> None:
    row = services["mx"]
    place = f"/admin/{name.replace('.', '/')}/{row.pk}/change/"
    form = browser.get(place).context["adminform"].form
    data = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    data = {name: field.prepare_value(data[name]) for name, field in form.fields.items() if data[name] not in (None, False)}
    data["policies"] = data["policies"][:1]
    was = [str(policy) for policy in row.policies.all()]
    [(field, value)] = CHANGED[name].items()
    before = getattr(row, field)
    assert browser.post(place, data | {field: value}).status_code == 302
    details = AuditEvent.objects.get(verb="setting.changed").details
    assert details["before"] == {field: before, "policies": sorted(was)}
    assert details["after"] == {field: value, "policies": [str(row.policies.get())]}


def test_several_deleted_at_once_are_several_events(browser: Client) -> None:
    words = [ReservedName.objects.create(word=f"word{number}", reason="an office") for number in range(3)]
    chosen = {"action": "delete_selected", "_selected_action": [word.pk for word in words], "post": "yes"}
    browser.post("/admin/mailboxes/reservedname/", chosen)
    assert not ReservedName.objects.exists()
    assert sorted(event.details["name"] for event in AuditEvent.objects.all()) == ["word0", "word1", "word2"]


def test_no_secret_is_kept_but_that_it_changed(browser: Client, admin: Person, rf: RequestFactory) -> None:
    before = changes.stored(admin)
    admin.set_password("another-long-passphrase")
    admin.is_staff = False
    request = rf.get("/")
    request.user = admin
    changes.record(request, admin, before, changes.facts(admin))
    event = AuditEvent.objects.get()
    assert event.details["before"] == {"password": "…", "is_staff": True}
    assert event.details["after"] == {"password": "…", "is_staff": False}
    assert event.person == admin


def test_nobody_makes_a_change_of_the_times_vanish(browser: Client, admin: Person) -> None:
    browser.post("/admin/accounts/retention/add/", {"verb": "setting.changed", "days": 30})
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor) == ("audit.retention-changed", admin)
    browser.post("/admin/accounts/retention/add/", {"verb": "audit.retention-changed", "days": 30})
    assert not Retention.objects.filter(verb="audit.retention-changed").exists()


def test_what_is_refused_is_no_event(browser: Client) -> None:
    browser.post("/admin/accounts/retention/add/", {"verb": "audit.pruned", "days": 1})
    browser.post("/admin/accounts/retention/add/", {"verb": "contact.added", "days": 0})
    assert not AuditEvent.objects.exists()
    assert not Retention.objects.filter(verb__in=["audit.pruned", "contact.added"]).exists()
