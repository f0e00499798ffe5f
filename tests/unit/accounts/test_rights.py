"""Every page and action of the administration against every role: what is missing in the table fails."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver

from accounts import roles
from accounts.models import Person
from tests.conftest import Browser, MakePerson

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]

A, R, H, O = "administrator", "reviewer", "helpdesk", "auditor"  # noqa: E741
EVERYBODY = {A, R, H, O}
NOBODY: set[str] = set()

# Of each list: who sees, adds, changes and deletes. Whoever sees it exports it.
LISTS: dict[str, tuple[set[str], set[str], set[str], set[str]]] = {
    "accounts.auditevent": ({A, O}, NOBODY, NOBODY, NOBODY),
    "accounts.consent": ({A, O}, NOBODY, NOBODY, NOBODY),
    "accounts.contactaddress": ({A, O}, NOBODY, NOBODY, NOBODY),
    "accounts.letter": ({A, O}, NOBODY, NOBODY, NOBODY),
    "accounts.peopleimport": ({A, O}, {A}, {A}, NOBODY),  # a change is the decision to import
    "accounts.person": ({A, O}, NOBODY, NOBODY, NOBODY),
    "accounts.policy": ({A, O}, {A}, {A}, NOBODY),
    "accounts.policyversion": ({A, O}, {A}, {A}, {A}),  # until it is in force
    "accounts.retention": ({A, O}, {A}, {A}, {A}),
    "accounts.staff": ({A, O}, {A}, {A}, NOBODY),
    "auth.group": ({A, O}, NOBODY, NOBODY, NOBODY),
    "mailboxes.application": ({A, O}, NOBODY, NOBODY, NOBODY),
    "mailboxes.cautionname": ({A, O}, {A}, {A}, {A}),
    "mailboxes.delegation": ({A, O}, NOBODY, NOBODY, NOBODY),
    "mailboxes.figure": ({A, R, O}, NOBODY, NOBODY, NOBODY),
    "mailboxes.finding": ({A, O}, NOBODY, NOBODY, NOBODY),
    "mailboxes.forward": ({A, O}, NOBODY, NOBODY, NOBODY),
    "mailboxes.forwardrefusal": ({A, O}, NOBODY, NOBODY, {A}),
    "mailboxes.helpdeskcase": ({A, H, O}, NOBODY, {A, H}, NOBODY),
    "mailboxes.job": ({A, O}, NOBODY, NOBODY, NOBODY),
    "mailboxes.mailbox": ({A, O}, NOBODY, NOBODY, NOBODY),
    "mailboxes.mailservice": ({A, O}, {A}, {A}, NOBODY),
    "mailboxes.notice": ({A, O}, {A}, {A}, {A}),
    "mailboxes.reasontemplate": ({A, O}, {A}, {A}, {A}),
    "mailboxes.remark": ({A, O}, NOBODY, NOBODY, NOBODY),
    "mailboxes.reservedname": ({A, O}, {A}, {A}, {A}),
    "mailboxes.reviewcase": ({A, R, O}, NOBODY, {A, R}, NOBODY),
    "socialaccount.socialaccount": ({A, O}, NOBODY, NOBODY, NOBODY),
    "sso_bridge.refusal": ({A, O}, NOBODY, NOBODY, NOBODY),
    "sso_bridge.spenttoken": ({A, O}, NOBODY, NOBODY, NOBODY),
}
# Actions on chosen rows, besides the exports, which are whoever's sees the list.
ACTIONS = {
    "accounts.letter": {"send_again": {A}},
    "accounts.retention": {"delete_selected": {A}},
    "mailboxes.cautionname": {"delete_selected": {A}},
    "mailboxes.forwardrefusal": {"delete_selected": {A}},
    "mailboxes.finding": {"repair_chosen": {A}},
    "mailboxes.mailbox": {"suspend_selected": {A}, "lift_selected": {A}},
    "mailboxes.notice": {"delete_selected": {A}},
    "mailboxes.reasontemplate": {"delete_selected": {A}},
    "mailboxes.reservedname": {"delete_selected": {A}},
}
ONE_BY_ONE = {"accounts.policyversion"}  # deleted so
EXPORTS = ("export_csv", "export_xlsx")

# Any other page: who gets it, and who may post to it.
PAGES: dict[str, tuple[set[str], set[str]]] = {
    "index": (EVERYBODY, EVERYBODY),
    "login": (EVERYBODY, EVERYBODY),
    "logout": (EVERYBODY, EVERYBODY),
    "password_change": (EVERYBODY, EVERYBODY),  # one's own
    "password_change_done": (EVERYBODY, NOBODY),
    "autocomplete": (NOBODY, NOBODY),
    "jsi18n": (EVERYBODY, EVERYBODY),
    "view_on_site": (EVERYBODY, EVERYBODY),
    "app_list": (EVERYBODY, EVERYBODY),
    "accounts_consent_evidence": ({A, O}, {A, O}),  # the file
    "mailboxes_figure_changelist": ({A, R, O}, NOBODY),
    "mailboxes_finding_repair": (NOBODY, {A}),
    "mailboxes_helpdeskcase_export": (NOBODY, NOBODY),
    "mailboxes_helpdeskcase_history": (NOBODY, NOBODY),
    "mailboxes_helpdeskcase_why": ({A, H, O}, NOBODY),
    "mailboxes_mailbox_change": ({A, O}, {A}),
    "mailboxes_mailbox_decide": (NOBODY, {A}),
    "mailboxes_reviewcase_decide": (NOBODY, {A, R}),
}
BY_GET = ("changelist", "add", "change", "delete", "history")
REFUSED = 403


def expected(name: str) -> tuple[set[str], set[str]]:
    """Who gets the page of that name, and who may post to it; KeyError where the tables have no word about it."""
    if name in PAGES:
        return PAGES[name]
    label, _, view = name.rpartition("_")
    app = next(app for app in {label.split(".")[0] for label in LISTS} if name.startswith(f"{app}_"))
    see, add, change, delete = LISTS[f"{app}.{label.removeprefix(f'{app}_')}"]
    return {
        "changelist": (see, see),  # by POST it takes actions, which are tried by themselves
        "export": (NOBODY, see),
        "add": (add, add),
        "change": (see, change),
        "delete": (delete, delete),
        "history": (see, see),  # the same page, whatever is posted
    }[view]


def pages(patterns: list[URLPattern | URLResolver], prefix: str = "/admin/") -> Iterator[tuple[str, str]]:
    """Name and address of each page; for the number of a row stands one that is not there."""
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from pages(pattern.url_patterns, path)
        elif pattern.name:
            path = path.replace("<path:object_id>", "0").replace("<path:content_type_id>/<path:object_id>", "0/0")
            path = path.replace("<int:person>", "0").replace("<int:pk>", "0")
            path = path.replace("<path:content_type_id>", "0").replace("<int:content_type_id>", "0")
            if path.startswith("/admin/^"):
                path = "/admin/accounts/"  # the list of one app
            yield pattern.name, path


ALL = sorted(set(pages(admin.site.get_urls())))


@pytest.fixture(params=roles.ROLES)
def role(request: pytest.FixtureRequest) -> str:
    role: str = request.param
    return role


@pytest.fixture
def somebody(role: str, make_person: MakePerson) -> Person:
    person = make_person(role, is_staff=True)
    person.groups.add(Group.objects.get(name=role))
    return person


@pytest.fixture
def browser(somebody: Person) -> Client:
    browser = Browser(headers={"accept-language": "en"}, raise_request_exception=True)
    browser.force_login(somebody)
    return browser


def test_each_right_in_the_table_is_one_that_there_is() -> None:
    rows = Permission.objects.values_list("content_type__app_label", "codename")
    assert set(roles.RIGHTS) - {f"{app}.{codename}" for app, codename in rows} == set()


def test_the_four_groups_have_what_the_table_says_and_no_more() -> None:
    for name in roles.ROLES:
        rows = Permission.objects.filter(group__name=name).values_list("content_type__app_label", "codename")
        assert {f"{app}.{codename}" for app, codename in rows} == roles.rights_of(name), name


def test_the_auditor_has_no_right_but_to_see() -> None:
    assert {right for right in roles.rights_of("auditor") if ".view_" not in right} == set()
    assert {right for right in roles.RIGHTS if ".view_" in right} == roles.rights_of("auditor")


def test_each_list_of_the_administration_is_in_the_table() -> None:
    assert {model._meta.label_lower for model in admin.site._registry} == set(LISTS)


def test_each_page_opens_to_those_in_the_table_and_to_nobody_else(role: str, browser: Client) -> None:
    wrong = []
    for name, path in ALL:
        get, post = expected(name)
        if name in ("logout", "jsi18n"):
            continue  # one would end the walk, the other is the administration's words for its scripts
        for method, who in (("GET", get), ("POST", post)):
            status = browser.generic(method, path).status_code
            if (status not in (REFUSED, 405)) != (role in who):
                wrong.append(f"{method} {path}: {status}")
    assert wrong == [], "\n".join(wrong)


def test_the_actions_on_chosen_rows_are_those_of_the_table(
    role: str, somebody: Person, browser: Client, rf: RequestFactory
) -> None:
    request = rf.get("/")
    request.user = somebody
    for model, lists in admin.site._registry.items():
        label = model._meta.label_lower
        offered = {**ACTIONS.get(label, {}), **dict.fromkeys(EXPORTS, LISTS[label][0])}
        every = {action[1] for action in lists._get_base_actions()} | set(EXPORTS)  # type: ignore[attr-defined]
        deletes = {"delete_selected"} if LISTS[label][3] and label not in ONE_BY_ONE else set()
        assert every - {"delete_selected"} | deletes == set(offered), label
        if role not in LISTS[label][0]:
            continue
        for action, who in offered.items():
            asked = {"action": action, "_selected_action": "0", "index": "0"}
            status = browser.post(f"/admin/{label.replace('.', '/')}/", asked).status_code
            assert (status != REFUSED) == (role in who), f"{action} of {label}: {status}"


def test_a_group_of_an_administrators_own_stays_as_it_is(wang: Person) -> None:
    from django.apps import apps

    own = Group.objects.create(name="figures only")
    own.permissions.set(Permission.objects.filter(codename="view_letter"))
    Group.objects.get(name="auditor").permissions.clear()
    for config in apps.get_app_configs():
        roles.keep_in_step(sender=config, apps=apps)
    assert [one.codename for one in own.permissions.all()] == ["view_letter"]
    assert Permission.objects.filter(group__name="auditor").count() == len(roles.rights_of("auditor"))
