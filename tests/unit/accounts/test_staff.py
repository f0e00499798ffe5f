"""Accounts of the staff: made, given roles, closed and begun anew, by administrators' pages and by commands."""

import io
import time
from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.db.models import Q
from django.test import Client
from django.utils import timezone
from django.utils.translation import override
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import AuditEvent, ContactAddress, Letter, Person, Staff
from accounts.staff import factors, gate, services
from tests.conftest import MakePerson, SignIn
from tests.unit.accounts.auditing.by_hand import execute

LIST = "/admin/accounts/staff/"
ADD = f"{LIST}add/"
PASSWORD = "copper-kettle-ninety-seals"
OTHER = "harbour-lantern-forty-oars"

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]

MakeStaff = Callable[..., Staff]


@pytest.fixture
def make_staff(db: None) -> MakeStaff:
    def make(username: str, *names: str) -> Staff:
        groups = Group.objects.filter(name__in=names)
        made = services.make(actor=None, username=username, name=username, password=PASSWORD, groups=groups)
        execute("DELETE FROM accounts_auditevent")  # each test looks at its own
        return Staff.objects.get(pk=made.pk)

    return make


@pytest.fixture
def admin(make_staff: MakeStaff) -> Staff:
    return make_staff("chief", "administrator")


@pytest.fixture
def browser(admin: Staff, sign_in: SignIn) -> Client:
    return sign_in(admin)


def group(name: str) -> int:
    return Group.objects.get(name=name).pk


def page_of(staff: Person) -> str:
    return f"{LIST}{staff.pk}/change/"


def stamped(staff: Person) -> dict[str, object]:
    """As the form of the account stands now."""
    return {"stamp": services.stamp_of(Staff.objects.get(pk=staff.pk))}


def roles_of(staff: Person) -> list[str]:
    return sorted(staff.groups.values_list("name", flat=True))


# --- by pages -----------------------------------------------------------------------------------------------------------


def test_an_administrator_makes_an_account_with_roles(browser: Client, admin: Staff) -> None:
    form = {"username": "lin", "name": "林淑芬", "groups": [group("reviewer"), group("helpdesk")]}
    page = browser.post(ADD, form | {"password": PASSWORD, "password_again": PASSWORD}, follow=True)
    assertContains(page, "The account lin is made.")
    made = Person.objects.get(username="lin")
    assert (made.source, made.is_staff, made.is_superuser, roles_of(made)) == (
        "local",
        True,
        False,
        ["helpdesk", "reviewer"],
    )
    assert made.check_password(PASSWORD)
    event = AuditEvent.objects.get(verb="staff.made")
    assert (event.person, event.actor, event.address) == (made, admin, "127.0.0.1")
    assert event.details == {"after": {"name": "林淑芬", "roles": ["helpdesk", "reviewer"], "active": True}}
    assert PASSWORD not in str(event.details)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"username": "campus:z99999"}, "small letters, digits"),
        ({"username": "Lin"}, "small letters, digits"),
        ({"username": "chief"}, "There is an account of that name already"),
        ({"name": ""}, "This field is required"),
        ({"password": "short", "password_again": "short"}, "at least 12 characters"),
        ({"password": "qwertyuiop123", "password_again": "qwertyuiop123"}, "too common"),
        ({"password_again": OTHER}, "The two passwords are not the same"),
        ({"groups": ["9999"]}, "not one of the available choices"),
    ],
)
def test_it_explains_what_is_wrong(change: dict[str, object], sentence: str, browser: Client) -> None:
    good = {"username": "lin", "name": "林淑芬", "password": PASSWORD, "password_again": PASSWORD}
    page = browser.post(ADD, good | change)
    assertContains(page, sentence, status_code=422)
    assertNotContains(page, PASSWORD, status_code=422)
    assert Person.objects.count() == 1


def test_a_change_of_roles_is_an_event_with_before_and_after(browser: Client, admin: Staff, make_staff: MakeStaff) -> None:
    lin = make_staff("lin", "reviewer")
    form = {"name": "林淑芬", "groups": [group("auditor")], "is_active": "on"}
    assertContains(browser.post(page_of(lin), stamped(lin) | form, follow=True), "The account lin is changed.")
    assert roles_of(lin) == ["auditor"]
    event = AuditEvent.objects.get(verb="staff.changed")
    assert (event.person_id, event.actor) == (lin.pk, admin)
    assert event.details == {
        "before": {"name": "lin", "roles": ["reviewer"], "active": True},
        "after": {"name": "林淑芬", "roles": ["auditor"], "active": True},
    }
    assertContains(browser.post(page_of(lin), stamped(lin) | form, follow=True), "stays as it was")
    assert AuditEvent.objects.filter(verb="staff.changed").count() == 1


def test_a_closed_account_is_out_at_once(browser: Client, make_staff: MakeStaff, sign_in: SignIn) -> None:
    lin = make_staff("lin", "auditor")
    theirs = sign_in(lin)
    assert theirs.get("/admin/").status_code == 200
    browser.post(page_of(lin), stamped(lin) | {"name": "lin", "groups": [group("auditor")]})
    assert theirs.get("/admin/").status_code == 302


def test_nobody_changes_their_own_account(browser: Client, admin: Staff) -> None:
    page = browser.get(page_of(admin))
    assertContains(page, "Nobody changes their own account here")
    assertNotContains(page, 'name="groups"')
    for form in ({"name": "x", "groups": [group("auditor")], "is_active": "on"}, {"anew": "1", "password": OTHER}):
        assert browser.post(page_of(admin), form).status_code == 403
    admin.refresh_from_db()
    assert (admin.name, roles_of(admin)) == ("chief", ["administrator"])
    with pytest.raises(services.Refused, match="own"):
        services.change(admin, actor=admin, stamp=services.stamp_of(admin), name="x", groups=[], is_active=True)
    with pytest.raises(services.Refused, match="own"):
        services.begin_anew(admin, actor=admin, password=OTHER)


@pytest.fixture
def half(make_staff: MakeStaff) -> Staff:
    """Somebody of a group that an administrator has made: accounts of the staff, and what a reviewer may."""
    own = Group.objects.create(name="front office")
    codes = ["view_staff", "add_staff", "change_staff"]
    own.permissions.set(Permission.objects.filter(Q(codename__in=codes) | Q(group__name="reviewer")))
    return make_staff("half", "front office")


def test_nobody_gives_rights_that_they_do_not_have(half: Staff, admin: Staff, sign_in: SignIn) -> None:
    browser = sign_in(half)
    form = {"username": "lin", "name": "林淑芬", "password": PASSWORD, "password_again": PASSWORD}
    page = browser.post(ADD, form | {"groups": [group("administrator")]})
    assertContains(page, "has rights that you do not have yourself", status_code=422)
    assert not Person.objects.filter(username="lin").exists()
    assertRedirects(browser.post(ADD, form | {"groups": [group("reviewer")]}), LIST)
    lin = Staff.objects.get(username="lin")
    page = browser.post(page_of(lin), stamped(lin) | {"name": "lin", "groups": [group("auditor")], "is_active": "on"})
    assertContains(page, "has rights that you do not have yourself", status_code=422)
    assert roles_of(lin) == ["reviewer"]


def test_nobody_touches_an_account_with_more_rights_than_their_own(half: Staff, admin: Staff, sign_in: SignIn) -> None:
    browser = sign_in(half)
    assertNotContains(browser.get(page_of(admin)), 'name="groups"')
    for form in ({"name": "x", "is_active": "on"}, {"anew": "1", "password": OTHER, "password_again": OTHER}):
        assert browser.post(page_of(admin), form).status_code == 403
    admin.is_active = False  # Django then knows of no right of theirs
    admin.save()
    assert browser.post(page_of(admin), {"anew": "1", "password": OTHER, "password_again": OTHER}).status_code == 403
    admin.refresh_from_db()
    assert admin.check_password(PASSWORD)


def test_the_last_active_administrator_stays(make_staff: MakeStaff, admin: Staff) -> None:
    for closed in ({"groups": [], "is_active": True}, {"groups": admin.groups.all(), "is_active": False}):
        with pytest.raises(services.Refused, match="last"):
            services.change(admin, actor=None, stamp=services.stamp_of(admin), name="chief", **closed)  # type: ignore[arg-type]
        admin.refresh_from_db()
        assert (admin.is_active, roles_of(admin)) == (True, ["administrator"])
    make_staff("second", "administrator")
    services.change(admin, actor=None, stamp=services.stamp_of(admin), name="chief", groups=[], is_active=True)
    assert roles_of(admin) == []


def test_whoever_lost_their_factor_begins_anew(
    browser: Client, admin: Staff, make_staff: MakeStaff, sign_in: SignIn
) -> None:
    lin = make_staff("lin", "auditor")
    ContactAddress.objects.create(
        person=lin, address="lin@home.example", place=1, added_at=timezone.now(), asked_at=timezone.now(),
        verified_at=timezone.now(),
    )  # fmt: skip
    theirs = sign_in(lin)
    page = browser.post(page_of(lin), {"anew": "1", "password": OTHER, "password_again": OTHER}, follow=True)
    assertContains(page, "The account lin begins anew")
    assert theirs.get("/admin/").status_code == 302
    assert "_auth_user_id" not in theirs.session or theirs.get("/configure/").status_code == 302
    lin.refresh_from_db()
    assert lin.check_password(OTHER)
    assert factors.of(lin) == []
    event = AuditEvent.objects.get(verb="staff.begun-anew")
    assert (event.person_id, event.actor, event.details["after"]) == (lin.pk, admin, [])
    assert event.details["before"][0].startswith("totp ")
    letter = Letter.objects.get()
    assert (letter.kind, letter.to) == ("staff-begun-anew", "lin@home.example")
    assert OTHER not in str(letter.context)


def test_the_list_shows_roles_and_who_has_a_factor_yet(browser: Client, make_staff: MakeStaff, wang: Person) -> None:
    make_staff("lin", "auditor", "reviewer")
    page = browser.get(LIST)
    assertContains(page, "auditor, reviewer")
    assertContains(page, 'alt="False"')
    assertNotContains(page, "z99999")
    assert browser.get(page_of(wang)).status_code == 404


def test_what_allauth_and_django_would_show_of_factors_and_groups_is_not_there(browser: Client) -> None:
    for path in ("mfa/authenticator/", "account/emailaddress/", "auth/group/add/"):
        assert browser.get(f"/admin/{path}").status_code in (403, 404)


# --- by commands -----------------------------------------------------------------------------------------------------------


def run(monkeypatch: pytest.MonkeyPatch, *command: str, typed: str = "") -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    said = io.StringIO()
    call_command(*command, stdout=said)
    return said.getvalue()


def test_the_first_administrator_comes_by_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    said = run(monkeypatch, "make_administrator", "chief", "--password-stdin", typed=f"{PASSWORD}\n")
    assert said == "chief is an administrator. At /admin/ they sign in and set up a second factor.\n"
    made = Person.objects.get()
    assert (made.check_password(PASSWORD), roles_of(made), made.is_superuser) == (True, ["administrator"], False)
    assert AuditEvent.objects.get().actor is None
    said = run(monkeypatch, "make_administrator", "chief", "--password-stdin", typed=f"{OTHER}\n")
    assert said == "chief is an administrator already. Nothing was changed.\n"
    made.refresh_from_db()
    assert made.check_password(PASSWORD)


def test_the_command_asks_twice_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = [PASSWORD, OTHER, PASSWORD, PASSWORD]
    monkeypatch.setattr("accounts.management.passwords.getpass", lambda prompt: typed.pop(0))
    with pytest.raises(CommandError, match="not the same"):
        run(monkeypatch, "make_administrator", "chief")
    assert "chief is an administrator" in run(monkeypatch, "make_administrator", "chief")


@pytest.mark.parametrize(
    ("name", "password", "sentence"),
    [
        ("Chief", PASSWORD, "'Chief' is no user name"),
        ("chief", "short", "at least 12 characters"),
        ("chief", "", "at least 12 characters"),
        ("lin", PASSWORD, "lin is an account without that role, or closed"),
    ],
)
def test_the_command_says_what_is_wrong(
    name: str, password: str, sentence: str, monkeypatch: pytest.MonkeyPatch, make_staff: MakeStaff
) -> None:
    make_staff("lin", "auditor")
    monkeypatch.setenv("LANG", "C")
    with override("en"), pytest.raises(CommandError, match=sentence):
        run(monkeypatch, "make_administrator", name, "--password-stdin", typed=password)
    assert not Person.objects.filter(username="chief").exists()


def test_the_only_administrator_begins_anew_by_a_command(monkeypatch: pytest.MonkeyPatch, admin: Staff) -> None:
    TOTP.activate(admin, generate_totp_secret())
    said = run(monkeypatch, "reset_staff", "chief", "--password-stdin", typed=f"{OTHER}\n")
    assert said.startswith("chief begins anew")
    admin.refresh_from_db()
    assert (admin.check_password(OTHER), factors.of(admin), roles_of(admin)) == (True, [], ["administrator"])
    with pytest.raises(CommandError, match="There is no staff account nobody"):
        run(monkeypatch, "reset_staff", "nobody", "--password-stdin", typed=OTHER)


def test_the_commands_of_people_touch_nobody_else(monkeypatch: pytest.MonkeyPatch, make_person: MakePerson) -> None:
    make_person("z99999")
    with pytest.raises(CommandError, match="There is no staff account"):
        run(monkeypatch, "reset_staff", "campus:z99999", "--password-stdin", typed=OTHER)


def test_a_session_keeps_its_mark_for_its_own_account_only(browser: Client, wang: Person) -> None:
    assert browser.session[gate.SHOWN] <= time.time()
    Client.force_login(browser, wang, "accounts.backends.PersonBackend")
    assert gate.SHOWN not in browser.session
