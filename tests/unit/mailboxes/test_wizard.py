from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import AuditEvent, Consent, Person, Policy, PolicyVersion
from mailboxes.models import Application, Job, Mailbox, MailService, ReservedName
from tests.conftest import AgreeAll, MakePerson, SignIn
from tests.unit.mailboxes.conftest import APPLY, GOOD, NAME, PASSWORD

# --- policies ---------------------------------------------------------------------------------------------------


def test_the_policies_come_one_after_the_other(as_wang: Client) -> None:
    assertRedirects(as_wang.get(APPLY), "/mail/mx/policies/network/")
    page = as_wang.get("/mail/mx/policies/network/")
    assertContains(page, "policy 1 of 2")
    assertContains(page, "The campus network is there for teaching")
    assertContains(page, 'href="/policies/network/2026-08/"')
    after = as_wang.post("/mail/mx/policies/network/", {"decision": "agree", "version": "2026-08"})
    assertRedirects(after, "/mail/mx/policies/mailbox/")


def test_a_consent_says_who_which_version_when_and_from_where(as_wang: Client, wang: Person) -> None:
    before = timezone.now()
    as_wang.post("/mail/mx/policies/network/", {"decision": "agree", "version": "2026-08"}, REMOTE_ADDR="192.0.2.7")
    consent = Consent.objects.get()
    assert (consent.person, consent.version.policy.slug, consent.version.label) == (wang, "network", "2026-08")
    assert (consent.address, before <= consent.given_at <= timezone.now()) == ("192.0.2.7", True)


def test_agreeing_twice_leaves_the_first_consent_as_it_was(as_wang: Client) -> None:
    for address in ("192.0.2.7", "192.0.2.8"):
        as_wang.post("/mail/mx/policies/network/", {"decision": "agree", "version": "2026-08"}, REMOTE_ADDR=address)
    assert Consent.objects.get().address == "192.0.2.7"


def test_disagreeing_ends_politely_and_leaves_nothing(as_wang: Client) -> None:
    page = as_wang.post("/mail/mx/policies/network/", {"decision": "disagree", "version": "2026-08"})
    assertContains(page, "The application has ended here")
    assertContains(page, "begin again at any time")
    assert not Consent.objects.exists()
    assert not Application.objects.exists()
    assert AuditEvent.objects.get().verb == "policy.declined"


@pytest.mark.parametrize("place", [NAME, PASSWORD, "/mail/mx/policies/mailbox/"])
def test_no_step_can_be_skipped(as_wang: Client, place: str) -> None:
    for response in (as_wang.get(place), as_wang.post(place, {"name": "hmwang", "decision": "agree", **GOOD}, follow=True)):
        assertRedirects(response, "/mail/mx/policies/network/")
    assert not Mailbox.objects.exists()


def new_version(policy: str, **age: int) -> PolicyVersion:
    return PolicyVersion.objects.create(
        policy=Policy.objects.get(slug=policy),
        label="2026-11",
        text_zh="新版",
        text_en="The newer text",
        in_force_from=timezone.now() - timedelta(**age),
    )


def test_a_version_that_changed_while_the_page_was_open_is_shown_again(as_wang: Client) -> None:
    new_version("network", minutes=1)
    page = as_wang.post("/mail/mx/policies/network/", {"decision": "agree", "version": "2026-08"})
    assertContains(page, "has changed since you read it", status_code=409)
    assertContains(page, "The newer text", status_code=409)
    assert not Consent.objects.exists()


def test_a_new_version_must_be_agreed_to_again(at_password: Client) -> None:
    new_version("network", minutes=1)
    assertRedirects(at_password.post(PASSWORD, GOOD), APPLY, target_status_code=302)
    assertRedirects(at_password.get(APPLY), "/mail/mx/policies/network/")
    assert not Mailbox.objects.exists()


def test_a_version_of_the_future_is_not_asked_for_yet(at_name: Client) -> None:
    new_version("network", days=-1)
    assert at_name.get(NAME).status_code == 200


def test_the_text_has_a_page_of_its_own_for_everybody(client: Client, services: dict[str, MailService]) -> None:
    assertContains(client.get("/policies/network/2026-08/", headers={"accept-language": "en"}), "1. The campus network")
    assert client.get("/policies/network/1999/").status_code == 404


# --- the name ---------------------------------------------------------------------------------------------------


def test_it_offers_names_made_from_the_passport_name(at_name: Client) -> None:
    page = at_name.get(NAME)
    for name in ("hsiaoming", "hmwang", "wanghm", "hsiaomingwang"):
        assertContains(page, f'value="{name}"')
    assertContains(page, "@mx.nthu.edu.tw")
    assertContains(page, "can never be changed later")


@pytest.mark.parametrize("name", ["", "president", "root", "hsiaoming@evil.example", "HMWANG", "hmwang\x00", "x" * 5000])
def test_a_name_that_was_not_offered_is_refused(at_name: Client, name: str) -> None:
    page = at_name.post(NAME, {"name": name})
    assertContains(page, "Choose one of", status_code=422)
    assert not Application.objects.exists()


def test_a_name_taken_while_the_page_was_open_is_refused_at_apply(
    at_password: Client, professor: Person, services: dict[str, MailService]
) -> None:
    Mailbox.objects.create(
        service=services["mx"], person=professor, local_part="hm.wang", domain="mx.nthu.edu.tw", stem="hmwang", stem_number=1
    )
    page = at_password.post(PASSWORD, GOOD)
    assertContains(page, "no longer free", status_code=409)
    assert not Mailbox.objects.filter(person__number="z99999").exists()
    assertNotContains(at_password.get(NAME), 'value="hmwang"')


def test_a_word_reserved_by_an_administrator_is_not_offered(at_name: Client) -> None:
    ReservedName.objects.create(word="hsiaoming")
    assertNotContains(at_name.get(NAME), 'value="hsiaoming"')


def test_choosing_a_name_reserves_nothing_yet(at_password: Client) -> None:
    assert not Mailbox.objects.exists()
    assert Application.objects.get().chosen_name == "hmwang"


def test_people_without_a_passport_name_are_told_where_to_have_it_entered(
    make_person: MakePerson, services: dict[str, MailService], sign_in: SignIn, agree_all: AgreeAll
) -> None:
    client = sign_in(make_person("z30003", passport_name=""))
    agree_all(client, "mx")
    page = client.get(NAME)
    assertContains(page, "Personnel Office", status_code=422)
    held = client.post("/mail/mx/hold/", follow=True)
    assertContains(held, "Your application is with the helpdesk")
    assert Application.objects.get().state == "held"
    Person.objects.filter(number="z30003").update(passport_name="LEE,MEI")
    assertContains(client.get(NAME), 'value="meilee"')
    assert Application.objects.get().state == "draft"


def test_student_addresses_follow_from_number_and_entry_year(
    student: Person, services: dict[str, MailService], sign_in: SignIn, agree_all: AgreeAll
) -> None:
    client = sign_in(student)
    agree_all(client, "student")
    page = client.get("/mail/student/name/")
    assertContains(page, "nothing to choose")
    assertContains(page, "s9800011<wbr><span>@m98.nthu.edu.tw</span>")


# --- password and Apply -----------------------------------------------------------------------------------------


def test_apply_reserves_the_name_and_asks_for_the_mailbox_in_one_go(at_password: Client, wang: Person) -> None:
    response = at_password.post(PASSWORD, GOOD)
    application = Application.objects.get()
    assertRedirects(response, f"/applications/{application.reference}/")
    assert (application.state, application.mailbox.address) == ("pending", "hmwang@mx.nthu.edu.tw")  # type: ignore[union-attr]
    job = Job.objects.get()
    assert (job.kind, job.state, job.password_hash[:19]) == ("create", "waiting", "{ARGON2ID}$argon2id")
    event = AuditEvent.objects.get(verb="application.pending", person=wang, mailbox="hmwang@mx.nthu.edu.tw")
    assert event.address == "127.0.0.1"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"password": "short", "password_again": "short"}, "at least 10"),
        ({"password": "hsiaoming1234", "password_again": "hsiaoming1234"}, "too easy to guess"),
        (
            {"password": "密碼密碼密碼密碼密碼密碼", "password_again": "密碼密碼密碼密碼密碼密碼"},
            "Mail programs send other characters",
        ),
        ({"password_again": "something-else-entirely"}, "not the same"),
        ({"password": "x" * 129, "password_again": "x" * 129}, "128"),
        ({"password": ""}, "password"),
    ],
)
def test_it_explains_what_is_wrong_with_a_password(at_password: Client, change: dict[str, str], message: str) -> None:
    page = at_password.post(PASSWORD, GOOD | change)
    assertContains(page, message, status_code=422)
    for sent in (GOOD | change).values():
        if len(sent) > 5:
            assertNotContains(page, sent, status_code=422)
    assert not Mailbox.objects.exists()


def test_double_click_two_tabs_and_back_make_one_application(at_password: Client) -> None:
    first = at_password.post(PASSWORD, GOOD)
    again = at_password.post(PASSWORD, GOOD)
    assertRedirects(again, first.headers["Location"])
    assertRedirects(at_password.get(NAME), first.headers["Location"])
    assert (Application.objects.count(), Mailbox.objects.count(), Job.objects.count()) == (1, 1, 1)


def test_a_form_of_a_megabyte_is_refused(at_password: Client) -> None:
    response = at_password.post(PASSWORD, GOOD | {"password": "x" * 1_000_000})
    assert response.status_code in (400, 413)
    assert not Mailbox.objects.exists()


# --- who may not ------------------------------------------------------------------------------------------------


def test_somebody_without_the_right_condition_is_told_which_is_needed_and_who_decides(
    stranger: Person, services: dict[str, MailService], sign_in: SignIn
) -> None:
    client = sign_in(stranger)
    for response in (client.get(APPLY), client.get(NAME), client.post(PASSWORD, GOOD)):
        assertContains(response, "Personnel Office", status_code=403)
        assertContains(response, "留停", status_code=403)
        assertContains(response, "退休", status_code=403)
    assert not Mailbox.objects.exists()


def test_a_closed_service_says_so(as_wang: Client) -> None:
    MailService.objects.filter(slug="mx").update(is_open=False)
    assertContains(as_wang.get(APPLY), "takes no applications at present", status_code=403)


def test_closing_a_service_in_the_middle_stops_apply(at_password: Client) -> None:
    MailService.objects.filter(slug="mx").update(is_open=False)
    assertContains(at_password.post(PASSWORD, GOOD), "takes no applications", status_code=403)
    assert not Mailbox.objects.exists()


def test_an_unknown_service_does_not_exist(as_wang: Client) -> None:
    assertContains(as_wang.get("/mail/pigeons/apply/"), "There is no such page", status_code=404)


def test_nobody_who_is_not_signed_in_sees_a_step(client: Client, services: dict[str, MailService]) -> None:
    for place in ("/", APPLY, NAME, PASSWORD, "/mail/mx/", "/mail/mx/reset/", "/mail/mx/settings/"):
        assertRedirects(client.get(place), f"/signed-out/?next={place}")


def test_a_missing_csrf_token_sends_nothing(wang: Person, services: dict[str, MailService], sign_in: SignIn) -> None:
    client = sign_in(wang)
    client.handler.enforce_csrf_checks = True
    page = client.post("/mail/mx/policies/network/", {"decision": "agree", "version": "2026-08"})
    assertContains(page, "Nothing was sent or changed", status_code=403)
    assert not Consent.objects.exists()
