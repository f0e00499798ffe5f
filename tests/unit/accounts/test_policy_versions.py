"""Versions of a policy in the administration: written in both languages, looked through, saved, and then for good."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts import policies
from accounts.models import AuditEvent, Person, Policy, PolicyVersion
from accounts.models.policy import InForce
from mailboxes.models import MailService
from tests.conftest import AgreeAll, SignIn
from tests.unit.accounts.policies import ADD, TEXTS, adding, look, page_of, save, version_of, write

LIST = "/admin/accounts/policyversion/"
NEW = {"label": "2026-12", **TEXTS}

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]


@pytest.fixture
def as_admin(services: dict[str, MailService], sign_in: SignIn) -> Client:
    return sign_in(Person.objects.create_superuser("admin", "a-long-enough-passphrase"))


@pytest.fixture
def clerk(services: dict[str, MailService]) -> Person:
    return Person.objects.create(source="local", subject="clerk", username="clerk", is_staff=True)


@pytest.fixture
def draft(services: dict[str, MailService]) -> PolicyVersion:
    return version_of("network", "2027-01", timezone.now() + timedelta(hours=1))


def events() -> list[str]:
    return list(AuditEvent.objects.filter(verb__startswith="policy.version").values_list("verb", flat=True).order_by("pk"))


# --- writing ----------------------------------------------------------------------------------------------------


def test_nothing_is_saved_before_it_was_seen_what_would_happen(as_admin: Client, wang: Person) -> None:
    policies.agree(wang, PolicyVersion.objects.get(policy__slug="network"), address="192.0.2.1", now=timezone.now())
    page = look(as_admin, adding("network"), **NEW, in_force_from="")
    assertContains(page, "1 (all who agreed to 2026-08)")
    assertContains(page, "as soon as it is saved; after that it can neither be changed nor withdrawn")
    assertContains(page, "<p>第一條　新的文字。</p>", html=True)
    assertContains(page, "<ins>[+The new text.+]</ins>", html=True)
    assert "2026-12" not in PolicyVersion.objects.values_list("label", flat=True)
    assert events() == []


def test_it_is_saved_with_an_event_that_holds_what_proves_it(as_admin: Client) -> None:
    with time_machine.travel("2026-11-22T08:00:00+00:00", tick=False):
        response = write(as_admin, "network", **NEW)
    version = PolicyVersion.objects.get(label="2026-12")
    assertRedirects(response, page_of(version), fetch_redirect_response=False)
    assert (version.text_zh, version.text_en) == ("第一條　新的文字。", "1. The new text.")
    event = AuditEvent.objects.get(verb="policy.version-written")
    assert event.actor is not None
    assert (event.actor.username, event.address) == ("admin", "127.0.0.1")
    assert event.details == {
        "policy": "network",
        "label": "2026-12",
        "in_force_from": "2026-11-22T08:00:00+00:00",
        "sha256_zh": version.sha256_zh,
        "sha256_en": "ea95b34c3a974056b7e7ec5900b383e564a4bb37cc0968d7254ff93e47ad6c33",
    }


def test_the_text_begins_with_that_of_the_newest_version(as_admin: Client, draft: PolicyVersion) -> None:
    assertContains(as_admin.get(adding("network")), "1. The new text.")
    assertContains(as_admin.get(adding("mailbox")), "1. The mailbox is for your own work")


def test_the_moment_is_of_the_local_clock(as_admin: Client) -> None:
    with time_machine.travel("2026-11-22T15:59:00+00:00", tick=False):
        write(as_admin, "network", **NEW, in_force_from="2026-11-23T00:00")
    assert PolicyVersion.objects.get(label="2026-12").in_force_from.isoformat() == "2026-11-22T16:00:00+00:00"


def test_lines_end_as_in_a_file_whatever_the_browser_sends(as_admin: Client) -> None:
    write(as_admin, "network", **NEW | {"text_en": "One.\r\n\r\nTwo.\r\n"})
    assert PolicyVersion.objects.get(label="2026-12").text_en == "One.\n\nTwo."


def test_what_was_changed_after_the_look_is_looked_at_again(as_admin: Client) -> None:
    path = adding("network")
    page = save(as_admin, path, look(as_admin, path, **NEW), text_en="Something else.")
    assertContains(page, "[+Something else.+]")
    assertContains(page, "What happens when you save")
    assert not PolicyVersion.objects.filter(label="2026-12").exists()


def test_of_two_administrators_the_second_is_told_and_sees_the_new_changes(as_admin: Client) -> None:
    path = adding("network")
    first, second = (look(as_admin, path, **NEW | {"label": label}) for label in ("2026-12", "2027-01"))
    save(as_admin, path, first)
    page = save(as_admin, path, second)
    assertContains(page, "Look again: nothing was saved.", status_code=409)
    assertContains(page, "What changes against 2026-12", status_code=409)
    assert not PolicyVersion.objects.filter(label="2027-01").exists()
    save(as_admin, path, page)
    assert PolicyVersion.objects.filter(label="2027-01").exists()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"text_en": ""}, "Write the text in both languages"),
        ({"text_zh": " \r\n "}, "Write the text in both languages"),
        ({"label": "2026-08"}, "This policy has a version of that name."),
        ({"label": "August 2026"}, "Enter a valid “slug”"),
        ({"in_force_from": "2020-01-01T08:00"}, "That moment is past."),
        ({"in_force_from": "0001-01-01T00:00"}, "That moment is past."),
        ({"in_force_from": "tomorrow"}, "Enter a valid date/time."),
        ({"text_zh": "規" * 34_134}, "The text has 101 KB, and may have at most 100."),
        ({"text_en": "a\x00b"}, "Null characters are not allowed."),
    ],
)
def test_it_explains_what_is_wrong_and_keeps_what_was_written(as_admin: Client, values: Any, sentence: str) -> None:
    page = look(as_admin, adding("network"), **NEW | {"text_en": "Not lost."} | values)
    assertContains(page, sentence, status_code=422)
    if "text_en" not in values:
        assertContains(page, "Not lost.", status_code=422)
    assert PolicyVersion.objects.count() == 2


def test_two_versions_of_one_moment_are_refused(as_admin: Client, draft: PolicyVersion) -> None:
    moment = timezone.localtime(draft.in_force_from).replace(second=0, microsecond=0)
    PolicyVersion.objects.filter(pk=draft.pk).update(in_force_from=moment)
    page = look(as_admin, adding("network"), **NEW, in_force_from=moment.strftime("%Y-%m-%dT%H:%M"))
    assertContains(page, "is in force from that very moment", status_code=422)


def test_a_hundred_kilobytes_in_each_language_are_taken(as_admin: Client) -> None:
    texts = {"text_zh": "規範\n" * 14_000, "text_en": "The rules of it.\n" * 6_000}
    write(as_admin, "network", **NEW | texts)
    version = PolicyVersion.objects.get(label="2026-12")
    assert len(version.text_zh.encode()) > 97_000
    assert len(version.text_en.encode()) > 101_000


def test_html_in_a_text_is_text(as_admin: Client, client: Client) -> None:
    bad = {"text_zh": "<script>alert(1)</script>字", "text_en": "<img src=x onerror=alert(1)> text"}
    page = look(as_admin, adding("network"), **NEW | bad)
    save(as_admin, adding("network"), page)
    version = PolicyVersion.objects.get(label="2026-12")
    for shown in (page, as_admin.get(page_of(version)), client.get(version.get_absolute_url())):
        assertNotContains(shown, "<script>alert")
        assertNotContains(shown, "<img")
    assertContains(page, "&lt;script&gt;alert(1)")


def test_it_tells_which_version_takes_its_place(as_admin: Client, draft: PolicyVersion) -> None:
    assertContains(look(as_admin, adding("network"), **NEW), "when 2027-01 takes its place")


def test_the_policy_is_chosen_first(as_admin: Client) -> None:
    assertContains(as_admin.get(ADD), f'href="{adding("mailbox")}"')
    for number in ("99999999", "one"):
        assert as_admin.get(f"{ADD}?policy={number}").status_code == 404


# --- until it is in force, and after ----------------------------------------------------------------------------


def test_a_version_that_is_not_in_force_may_change(as_admin: Client, draft: PolicyVersion) -> None:
    former = draft.sha256_en
    save(as_admin, page_of(draft), look(as_admin, page_of(draft), text_en="Better."))
    draft.refresh_from_db()
    assert draft.text_en == "Better."
    details = AuditEvent.objects.get(verb="policy.version-changed").details
    assert (details["before"]["sha256_en"], details["after"]["sha256_en"]) == (former, draft.sha256_en)
    assert details["before"]["label"] == details["after"]["label"] == "2027-01"


def test_a_version_that_is_not_in_force_may_be_withdrawn(as_admin: Client, draft: PolicyVersion) -> None:
    path = f"{LIST}{draft.pk}/delete/"
    page = as_admin.get(path)
    assertContains(page, "nobody has been asked to agree to it yet")
    response = as_admin.post(path, {"stamp": page.context["stamp"]}, follow=True)
    assertContains(response, "Campus network rules 2027-01 is withdrawn.")
    assert not PolicyVersion.objects.filter(pk=draft.pk).exists()
    assert AuditEvent.objects.get(verb="policy.version-withdrawn").details["label"] == "2027-01"


def test_what_somebody_else_changed_is_not_withdrawn_unseen(as_admin: Client, draft: PolicyVersion) -> None:
    page = as_admin.get(f"{LIST}{draft.pk}/delete/")
    PolicyVersion.objects.filter(pk=draft.pk).update(text_en="Changed.")
    response = as_admin.post(f"{LIST}{draft.pk}/delete/", {"stamp": page.context["stamp"]}, follow=True)
    assertContains(response, "Look again: nothing was saved.")
    assert PolicyVersion.objects.filter(pk=draft.pk).exists()


def test_a_version_that_came_in_force_meanwhile_stays_as_it_is(as_admin: Client, draft: PolicyVersion) -> None:
    seen = look(as_admin, page_of(draft), text_en="Too late.")
    with time_machine.travel(draft.in_force_from + timedelta(seconds=1)):
        page = save(as_admin, page_of(draft), seen)
        assertContains(page, "This version is in force, and never changes.", status_code=409)
        assert as_admin.post(f"{LIST}{draft.pk}/delete/").status_code == 403
    draft.refresh_from_db()
    assert draft.text_en == TEXTS["text_en"]
    assert events() == []


def test_no_code_changes_a_version_in_force(services: dict[str, MailService]) -> None:
    version = PolicyVersion.objects.get(policy__slug="network")
    version.text_en = "Something else."
    for attempt in (
        version.save,
        version.delete,
        PolicyVersion.objects.filter(policy__slug="network").delete,
        lambda: PolicyVersion.objects.update(text_en="Something else."),
        lambda: PolicyVersion.objects.bulk_update([version], ["text_en"]),
    ):
        with pytest.raises(InForce), transaction.atomic():
            attempt()
    version.refresh_from_db()
    assert "Something else." not in version.text_en


@pytest.mark.parametrize("text", ["text_zh", "text_en"])
def test_the_database_takes_no_version_in_one_language(services: dict[str, MailService], text: str) -> None:
    with pytest.raises(IntegrityError, match="both_texts"), transaction.atomic():
        version_of("network", "half", timezone.now(), **{text: ""})


def test_a_version_that_may_still_change_is_not_for_everybody(
    as_admin: Client, client: Client, as_wang: Client, draft: PolicyVersion
) -> None:
    assert client.get(draft.get_absolute_url()).status_code == 404
    assert as_wang.get(draft.get_absolute_url()).status_code == 404
    assertContains(as_admin.get(draft.get_absolute_url()), "1. The new text.")


# --- the applicant ----------------------------------------------------------------------------------------------


def test_whoever_agreed_to_the_old_version_is_asked_again_from_that_moment(
    as_admin: Client, as_wang: Client, wang: Person, agree_all: AgreeAll
) -> None:
    agree_all(as_wang, "mx")
    moment = timezone.localtime(timezone.now() + timedelta(hours=2))
    write(as_admin, "network", **NEW, in_force_from=moment.strftime("%Y-%m-%dT%H:%M"))
    assert as_wang.get("/mail/mx/name/").status_code == 200
    with time_machine.travel(moment):
        assertRedirects(as_wang.get("/mail/mx/name/"), "/mail/mx/policies/network/")
        assertContains(as_wang.get("/mail/mx/policies/network/"), "1. The new text.")
        agree_all(as_wang, "mx")
        assert as_wang.get("/mail/mx/name/").status_code == 200
    assert [each.version.label for each in wang.consents.filter(version__policy__slug="network").order_by("pk")] == [
        "2026-08",
        "2026-12",
    ]


# --- the list ---------------------------------------------------------------------------------------------------


def test_a_policy_without_a_version_in_force_asks_nobody_and_says_so(as_admin: Client) -> None:
    policy = Policy.objects.create(slug="drive", title_zh="雲端硬碟規範", title_en="Drive rules")
    version_of("drive", "2027-02", timezone.now() + timedelta(days=1))
    assertContains(as_admin.get("/admin/accounts/policy/"), "none: nobody is asked")
    page = as_admin.get(f"{LIST}?policy__id__exact={policy.pk}")
    assertContains(page, "not in force yet")
    assertContains(look(as_admin, adding("drive"), **NEW), "Nobody: no version was in force before.")


def test_versions_are_not_deleted_in_bulk(as_admin: Client, draft: PolicyVersion) -> None:
    chosen = {"action": "delete_selected", "_selected_action": [draft.pk], "post": "yes"}
    as_admin.post(LIST, chosen)
    assert PolicyVersion.objects.filter(pk=draft.pk).exists()


def test_whoever_may_only_look_changes_nothing(clerk: Person, sign_in: SignIn, draft: PolicyVersion) -> None:
    browser = sign_in(clerk)
    assert browser.get(page_of(draft)).status_code == 403
    clerk.user_permissions.set(Permission.objects.filter(codename="view_policyversion"))
    page = browser.get(page_of(draft))
    assertContains(page, "1. The new text.")
    assertNotContains(page, "<textarea")
    for path in (page_of(draft), adding("network"), f"{LIST}{draft.pk}/delete/"):
        assert browser.post(path, NEW).status_code == 403
    assert browser.get(adding("network")).status_code == 403
    draft.refresh_from_db()
    assert draft.label == "2027-01"


def test_the_right_to_add_is_enough_to_write(clerk: Person, sign_in: SignIn) -> None:
    clerk.user_permissions.set(Permission.objects.filter(codename__in=["add_policyversion", "view_policyversion"]))
    write(sign_in(clerk), "network", **NEW)
    assert AuditEvent.objects.get(verb="policy.version-written").actor == clerk
