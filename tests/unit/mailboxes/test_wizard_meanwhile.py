"""What changes while somebody is in the middle of an application: what is known of them, the names, another tab."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import Person
from mailboxes import shelf
from mailboxes.applying import services as applying
from mailboxes.models import Application, Mailbox, MailService, ReservedName
from mailboxes.shelf import Slot
from tests.conftest import AgreeAll, MakePerson, SignIn
from tests.unit.accounts.policies import version_of
from tests.unit.mailboxes.conftest import APPLY, GOOD, NAME, PASSWORD, Take

HOLD, CANCEL = "/mail/mx/hold/", "/mail/mx/cancel/"
STUDENT_NAME = "/mail/student/name/"


@pytest.fixture
def nameless(make_person: MakePerson, services: dict[str, MailService]) -> Person:
    return make_person("z30003", passport_name="")


@pytest.fixture
def as_nameless(nameless: Person, sign_in: SignIn, agree_all: AgreeAll) -> Client:
    client = sign_in(nameless)
    agree_all(client, "mx")
    return client


@pytest.fixture
def as_student(student: Person, services: dict[str, MailService], sign_in: SignIn, agree_all: AgreeAll) -> Client:
    client = sign_in(student)
    agree_all(client, "student")
    return client


def slot_of(person: Person) -> Slot:
    """The slot of mx, as another tab has read it."""
    return next(slot for slot in shelf.of(person) if slot.service.slug == "mx")


# --- what the campus says ---------------------------------------------------------------------------------------------


def test_whoever_has_lost_their_passport_name_is_told_at_the_step_of_the_name(at_password: Client) -> None:
    Person.objects.filter(number="z99999").update(passport_name="")
    assertRedirects(at_password.post(PASSWORD, GOOD), NAME, target_status_code=422)
    assertContains(at_password.get(NAME), "Have your English passport name entered", status_code=422)
    assertRedirects(at_password.get(APPLY), NAME, target_status_code=422)
    assert Application.objects.get().chosen_name == ""
    assert not Mailbox.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_so_is_whoever_has_lost_their_entry_year(as_student: Client, student: Person, method: str) -> None:
    as_student.post(STUDENT_NAME, {"name": "s9800011"})
    Person.objects.filter(pk=student.pk).update(entry_year=None)
    away = getattr(as_student, method)("/mail/student/password/", GOOD)
    assertRedirects(away, STUDENT_NAME, target_status_code=422)
    page = as_student.get(STUDENT_NAME)
    assertContains(page, "Have your number and your entry year put right at the Registrar", status_code=422)
    assertNotContains(page, "passport name", status_code=422)


# --- what the policies say --------------------------------------------------------------------------------------------


def test_a_policy_that_changed_meanwhile_says_so_and_that_nothing_was_sent(at_password: Client) -> None:
    version = version_of("network", "2026-11", timezone.now())
    page = at_password.post(PASSWORD, GOOD, follow=True)
    assertContains(page, "These rules have changed since you agreed to them.")
    assertContains(page, "Nothing was sent yet. Read them, then set the password again.")
    at_password.post("/mail/mx/policies/network/", {"decision": "agree", "version": version.label})
    assertNotContains(at_password.get("/mail/mx/policies/network/"), "These rules have changed")


def test_it_says_so_too_to_whoever_has_chosen_no_name_yet(at_name: Client) -> None:
    version_of("network", "2026-11", timezone.now())
    page = at_name.get(APPLY, follow=True)
    assertContains(page, "These rules have changed since you agreed to them.")
    assertNotContains(page, "Nothing was sent yet.")


def test_it_says_nothing_of_the_kind_to_whoever_reads_a_policy_first(as_wang: Client) -> None:
    assertNotContains(as_wang.get(APPLY, follow=True), "These rules have changed")


# --- names that are gone ----------------------------------------------------------------------------------------------


def test_a_fixed_name_that_somebody_has_leads_to_the_helpdesk(as_student: Client, take: Take) -> None:
    take("s9800011", service=MailService.objects.get(slug="student"), domain="m98.nthu.edu.tw")
    for page in (as_student.get(STUDENT_NAME), as_student.post(STUDENT_NAME, {"name": "s9800011"})):
        assertContains(page, "is reserved, or somebody has it", status_code=422)
        assertContains(page, "Nothing has to be changed in your data.", status_code=422)
        assertNotContains(page, "passport name entered", status_code=422)
    assertContains(as_student.post("/mail/student/hold/", follow=True), "Your application is with the helpdesk")


def test_a_second_click_at_apply_finds_the_fixed_name_taken_by_the_first(as_student: Client, student: Person) -> None:
    as_student.post(STUDENT_NAME, {"name": "s9800011"})
    first, second = (next(slot for slot in shelf.of(student) if slot.service.slug == "student") for _tab in range(2))
    applying.submit(first, password="copper-kettle-ninety-seals", now=timezone.now())
    with pytest.raises(applying.AlreadyApplied):
        applying.submit(second, password="copper-kettle-ninety-seals", now=timezone.now())


def test_names_of_a_reviewer_that_are_all_gone_lead_to_the_helpdesk(at_name: Client, wang: Person, take: Take) -> None:
    ReservedName.objects.create(word="wangming")
    take("mingwang")
    draft = Application.objects.create(
        person=wang, service=MailService.objects.get(slug="mx"), offered_names="wangming ming.wang wang..ming"
    )
    assertContains(at_name.get(NAME), "Each account name that the office offered you", status_code=422)
    assertContains(at_name.get(NAME), "they can offer you other names", status_code=422)
    assertContains(at_name.post(HOLD, follow=True), "Your application is with the helpdesk")
    draft.refresh_from_db()
    assert draft.state == "held"


def test_whoever_has_a_passport_name_is_not_told_to_have_it_entered(
    make_person: MakePerson, services: dict[str, MailService], sign_in: SignIn, agree_all: AgreeAll
) -> None:
    client = sign_in(make_person("z77", passport_name="INFO,"))
    agree_all(client, "mx")
    assertNotContains(client.get(NAME), "passport name entered", status_code=422)


# --- another tab ------------------------------------------------------------------------------------------------------


def test_two_clicks_leave_one_application_with_the_helpdesk(as_nameless: Client, nameless: Person) -> None:
    first, second = slot_of(nameless), slot_of(nameless)
    held = applying.hold(first, now=timezone.now())
    assert applying.hold(second, now=timezone.now()) == held == Application.objects.get()
    assert Application.objects.get().state == "held"


def test_a_draft_that_another_tab_left_with_the_helpdesk_is_there_already(as_nameless: Client, nameless: Person) -> None:
    Application.objects.create(person=nameless, service=MailService.objects.get(slug="mx"))
    first, second = slot_of(nameless), slot_of(nameless)
    assert applying.hold(first, now=timezone.now()) == applying.hold(second, now=timezone.now())


def test_two_clicks_take_it_back_once(as_nameless: Client, nameless: Person) -> None:
    as_nameless.post(HOLD)
    for slot in [slot_of(nameless), slot_of(nameless)]:
        applying.take_back_held(slot, now=timezone.now())
        assert Application.objects.get().state == "draft"


# --- the helpdesk's queue ---------------------------------------------------------------------------------------------


def test_the_helpdesk_gets_no_application_that_a_name_can_be_made_for(at_name: Client) -> None:
    assertRedirects(at_name.post(HOLD), NAME)
    assert not Application.objects.exists()
    at_name.post(NAME, {"name": "hmwang"})
    assertRedirects(at_name.post(HOLD), NAME)
    assert Application.objects.get().state == "draft"


def test_an_application_with_the_helpdesk_has_no_step_of_the_password(as_nameless: Client, nameless: Person) -> None:
    as_nameless.post(HOLD)
    held = Application.objects.get()
    Application.objects.update(chosen_name="meilee")
    for response in (as_nameless.get(PASSWORD), as_nameless.post(PASSWORD, GOOD)):
        assertRedirects(response, held.get_absolute_url())


def test_no_way_leads_round_the_five_cancelled_applications_of_a_day(as_nameless: Client, nameless: Person) -> None:
    seen = []
    for _time in range(8):
        Person.objects.filter(pk=nameless.pk).update(passport_name="")
        as_nameless.post(HOLD)
        Person.objects.filter(pk=nameless.pk).update(passport_name="LEE,MEI LING")
        offered = [name for name, *_ in as_nameless.get(NAME).context["form"].offered if name not in seen]
        page = as_nameless.post(NAME, {"name": offered[0]})
        if page.status_code == 422:
            break
        seen.append(offered[0])
        as_nameless.post(PASSWORD, GOOD)
        as_nameless.post(CANCEL)
    assert (len(seen), Mailbox.objects.filter(state="cancelled", person=nameless).count()) == (5, 5)
    assertContains(page, "try again tomorrow", status_code=422)
