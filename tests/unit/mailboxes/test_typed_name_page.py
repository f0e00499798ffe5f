import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import Consent, Person
from mailboxes.applying.services import CHECKS_A_MINUTE
from mailboxes.models import Application, Mailbox, MailService
from tests.conftest import AgreeAll, SignIn
from tests.unit.mailboxes.conftest import NAME as MX_NAME
from tests.unit.mailboxes.conftest import Take

NAME, PASSWORD, CHECK = "/mail/edu/name/", "/mail/edu/password/", "/mail/edu/name/check/"
THREE_KINDS = "Copper-Kettle-90-seals"


@pytest.fixture
def as_teacher(teacher: Person, services: dict[str, MailService], sign_in: SignIn) -> Client:
    cache.clear()
    return sign_in(teacher)


@pytest.fixture
def at_name(as_teacher: Client, agree_all: AgreeAll) -> Client:
    agree_all(as_teacher, "edu")
    return as_teacher


@pytest.fixture
def taken(services: dict[str, MailService], take: Take) -> None:
    take("wangming", service=services["edu"], domain="mail.edu.tw")


# --- who it is for ----------------------------------------------------------------------------------------------


def test_people_of_a_county_see_the_service_and_those_of_the_campus_do_not(as_teacher: Client, as_wang: Client) -> None:
    assertContains(as_teacher.get("/"), "/mail/edu/apply/")
    assertNotContains(as_teacher.get("/"), "/mail/mx/apply/")
    assertContains(as_wang.get("/"), "/mail/mx/apply/")
    assertNotContains(as_wang.get("/"), "/mail/edu/")


def test_a_student_of_a_county_is_none_of_the_campus(
    teacher: Person, student: Person, services: dict[str, MailService], sign_in: SignIn
) -> None:
    Person.objects.filter(pk=teacher.pk).update(category="student")
    assertContains(sign_in(Person.objects.get(pk=teacher.pk)).get("/"), "/mail/edu/apply/")
    assertNotContains(sign_in(Person.objects.get(pk=teacher.pk)).get("/"), "/mail/student/")
    assertNotContains(sign_in(student).get("/"), "/mail/edu/")


@pytest.mark.parametrize(
    ("roles", "said"),
    [(["退休教師", "志工"], '<strong lang="zh-Hant">退休教師、志工</strong>'), ([], "has sent no title of yours")],
)
def test_who_is_neither_teacher_nor_student_reads_which_title_it_takes(
    roles: list[str], said: str, teacher: Person, services: dict[str, MailService], sign_in: SignIn
) -> None:
    Person.objects.filter(pk=teacher.pk).update(category="", roles=roles)
    client = sign_in(Person.objects.get(pk=teacher.pk))
    home = client.get("/")
    assertContains(home, "Why, and who decides")
    assertContains(home, 'class="card stack"', count=2)  # their data, and the one service of counties
    response = client.get("/mail/edu/apply/")
    assertContains(response, said, status_code=403)
    assertContains(response, '<strong lang="zh-Hant">教師、學生</strong>', status_code=403)
    assertContains(response, "Your school keeps this record", status_code=403)
    assertNotContains(response, "campus has you", status_code=403)
    assert not Application.objects.exists()


def test_a_service_of_the_campus_says_that_it_is_not_for_people_of_counties(as_teacher: Client) -> None:
    response = as_teacher.get("/mail/mx/apply/")
    assertContains(response, "not meant for people who come by a county or city", status_code=403)


# --- the page ---------------------------------------------------------------------------------------------------


def test_it_shows_the_default_and_hides_the_field(at_name: Client) -> None:
    page = at_name.get(NAME)
    assertContains(page, "About to be made for you: Education-cloud account")
    assertContains(page, "aa1234.kl<wbr>@mail.edu.tw")
    assertContains(page, "I do not like the name above")
    assertContains(page, '<details class="card">')
    assertContains(page, "6 to 20 characters: letters a to z, digits and . _")


def test_one_click_takes_the_default(at_name: Client) -> None:
    assertRedirects(at_name.post(NAME, {"name": "aa1234.kl"}), PASSWORD)
    assert Application.objects.get().chosen_name == "aa1234.kl"
    assert not Mailbox.objects.exists()


def test_a_typed_name_is_taken_in_small_letters(at_name: Client) -> None:
    page = at_name.post(NAME, {"name": " WangMing"}, follow=True)
    assertContains(page, "wangming<wbr>@mail.edu.tw")
    assert Application.objects.get().chosen_name == "wangming"


def test_whoever_comes_back_finds_what_they_typed(at_name: Client) -> None:
    at_name.post(NAME, {"name": "wangming"})
    page = at_name.get(NAME)
    assertContains(page, '<details class="card" open>')
    assertContains(page, 'value="wangming"')
    assertContains(page, "You can have this name.")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Type a name."),
        ("王小明", "Only the letters a to z"),
        ("1abcdef", "begins with a letter"),
        ("a\x00bcdef", "Only"),
    ],
)
def test_it_says_what_is_wrong_and_keeps_what_was_typed(at_name: Client, typed: str, sentence: str) -> None:
    page = at_name.post(NAME, {"name": typed})
    assertContains(page, sentence, status_code=422)
    assertContains(page, '<details class="card" open>', status_code=422)
    assert page.context["own"] == typed
    assert not Application.objects.exists()


def test_a_taken_name_comes_with_buttons_for_others(at_name: Client, taken: None) -> None:
    page = at_name.post(NAME, {"name": "wangming"})
    assertContains(page, "Somebody has that name", status_code=422)
    for name in ("wangming.kl", "wangming2", "wangming3"):
        assertContains(page, f'form="take" name="name" value="{name}"', status_code=422)


def test_an_account_without_a_default_gets_the_field_at_once(
    teacher: Person, services: dict[str, MailService], sign_in: SignIn, agree_all: AgreeAll
) -> None:
    Person.objects.filter(pk=teacher.pk).update(number="王小明")
    client = sign_in(Person.objects.get(pk=teacher.pk))
    agree_all(client, "edu")
    page = client.get(NAME)
    assertContains(page, '<details class="card" open>')
    assertNotContains(page, "I do not like the name above")


def test_the_page_asks_no_more_than_six_times(
    at_name: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(6):
        at_name.get(NAME)


# --- while one types --------------------------------------------------------------------------------------------


def test_it_answers_while_one_types(at_name: Client, taken: None) -> None:
    assert at_name.get(CHECK, {"name": "WANGMING"}).json() == {
        "name": "wangming",
        "codes": ["taken"],
        "sentences": [
            "Names are in small letters: wangming",
            "Somebody has that name, or one that differs from it in its signs alone.",
        ],
        "alternatives": ["wangming.kl", "wangming2", "wangming3"],
    }
    assert at_name.get(CHECK, {"name": "wang.mei"}).json()["codes"] == ["free"]
    assert at_name.get(CHECK, {"name": "postmaster"}).json()["codes"] == ["reserved"]
    assert at_name.get(CHECK).json()["codes"] == ["required"]


def test_it_answers_nobody_who_could_not_choose_the_name(
    client: Client, as_wang: Client, at_name: Client, teacher: Person, services: dict[str, MailService], take: Take
) -> None:
    assert client.get(CHECK, {"name": "wangming"}).status_code == 302
    answer = as_wang.get(CHECK, {"name": "wangming"})
    assert (answer.status_code, answer.json()["codes"]) == (403, ["not-eligible"])
    Consent.objects.filter(version__policy=services["edu"].policies.last()).delete()
    answer = at_name.get(CHECK, {"name": "wangming"})
    assert (answer.status_code, answer.json()["codes"]) == (403, ["policies"])
    take("aa1234.kl", service=services["edu"], domain="mail.edu.tw", person=teacher, state="pending")
    assert at_name.get(CHECK, {"name": "wangming"}).status_code == 403


def test_where_names_are_not_typed_there_is_nothing_to_ask(as_wang: Client) -> None:
    assert as_wang.get(f"{MX_NAME}check/", {"name": "wangming"}).status_code == 404


def test_it_does_not_read_the_directory_out(at_name: Client) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for number in range(CHECKS_A_MINUTE):
            assert at_name.get(CHECK, {"name": f"wangming{number}"}).status_code == 200
        answer = at_name.get(CHECK, {"name": "wangming"})
        assert (answer.status_code, answer.json()["codes"]) == (429, ["too-many"])
        clock.shift(60)
        assert at_name.get(CHECK, {"name": "wangming"}).status_code == 200


def test_nor_does_the_form_itself_read_it_out(at_name: Client, taken: None) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for number in range(CHECKS_A_MINUTE):
            at_name.get(CHECK, {"name": f"wangming{number}"}) if number % 2 else at_name.post(NAME, {"name": "wangming"})
        for name in ("wangming", "wangmei"):
            page = at_name.post(NAME, {"name": name})
            assertContains(page, "Wait a minute, then send the name again.", status_code=429)
            assertContains(page, f'value="{name}"', status_code=429)
            for said in ("Somebody has that name", "You can have this name", 'value="wangming2"'):
                assertNotContains(page, said, status_code=429)
        assert not Application.objects.exists()
        clock.shift(60)
        assertRedirects(at_name.post(NAME, {"name": "wangmei"}), PASSWORD)


# --- to the end -------------------------------------------------------------------------------------------------


def test_it_goes_on_to_the_password_of_three_kinds_and_the_finished_address(at_name: Client) -> None:
    at_name.post(NAME, {"name": "wangming"})
    page = at_name.get(PASSWORD)
    assertContains(page, '<button class="button">Create the account</button>')
    weak = {"password": "copper-kettle-ninety-seals", "password_again": "copper-kettle-ninety-seals"}
    assertContains(at_name.post(PASSWORD, weak), "capital", status_code=422)
    at_name.post(PASSWORD, {"password": THREE_KINDS, "password_again": THREE_KINDS})
    assert Mailbox.objects.get().address == "wangming@mail.edu.tw"
    assertContains(at_name.get(Application.objects.get().get_absolute_url()), "wangming<wbr>@mail.edu.tw")


def test_the_other_services_keep_their_button(as_wang: Client, agree_all: AgreeAll) -> None:
    agree_all(as_wang, "mx")
    as_wang.post(MX_NAME, {"name": "hmwang"})
    assertContains(as_wang.get("/mail/mx/password/"), '<button class="button">Apply</button>')


def test_a_name_taken_meanwhile_is_told_and_kept(at_name: Client, services: dict[str, MailService], take: Take) -> None:
    at_name.post(NAME, {"name": "wangming"})
    take("wang_ming", service=services["edu"], domain="mail.edu.tw")
    refused = at_name.post(PASSWORD, {"password": THREE_KINDS, "password_again": THREE_KINDS})
    assertContains(refused, "no longer free", status_code=409)
    page = at_name.get(NAME)
    assertContains(page, 'id="id_name" value="wangming"')
    assertContains(page, 'value="wangming.kl"')
    assert Mailbox.objects.filter(person__subject="aa1234").count() == 0


def test_one_mailbox_a_person_for_good(at_name: Client) -> None:
    at_name.post(NAME, {"name": "wangming"})
    at_name.post(PASSWORD, {"password": THREE_KINDS, "password_again": THREE_KINDS})
    assertRedirects(at_name.post(NAME, {"name": "wangmei"}), Application.objects.get().get_absolute_url())
    assert Mailbox.objects.get().local_part == "wangming"
