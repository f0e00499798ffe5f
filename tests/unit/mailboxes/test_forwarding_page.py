"""Where letters go on to: the owner's page, with every address that it does not take."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import AuditEvent, Letter, Person
from mailboxes.models import Forward, Forwarding, Job, Mailbox, MailService
from mailboxes.provisioning.filters import script_of
from tests.conftest import SUSPENDED, SignIn
from tests.unit.mailboxes.conftest import MakeMailbox

PAGE, ADD = "/mail/mx/forwarding/", "/mail/mx/forwarding/add/"
TARGET = "hm.wang@example.com"


@pytest.fixture(autouse=True)
def nobody_has_asked_yet() -> None:
    cache.clear()


@pytest.fixture
def box(make_mailbox: MakeMailbox) -> Mailbox:
    return make_mailbox("hmwang")


@pytest.fixture
def owner(box: Mailbox, as_wang: Client) -> Client:
    return as_wang


@pytest.fixture
def lin(make_mailbox: MakeMailbox, professor: Person) -> Mailbox:
    return make_mailbox("lin", professor)


def add(client: Client, target: str) -> HttpResponse:
    return client.post(ADD, {"target": target})


def confirmed(box: Mailbox, target: str = TARGET, place: int = 1) -> Forward:
    now = timezone.now()
    return Forward.objects.create(mailbox=box, place=place, target=target, asked_at=now, confirmed_at=now)


# --- asked for --------------------------------------------------------------------------------------------------------


def test_an_address_is_asked_first_and_gets_nothing_before(owner: Client, box: Mailbox) -> None:
    assertRedirects(add(owner, f"  {TARGET} "), PAGE)
    page = owner.get(PAGE)
    assertContains(page, "Not confirmed yet")
    assertContains(page, "no address has been confirmed. All letters stay here.")
    letter = Letter.objects.get()
    assert (letter.kind, letter.to) == ("forward-confirm", TARGET)
    assert (letter.context["owner"], letter.context["mailbox"]) == ("王小明", "hmwang@mx.nthu.edu.tw")
    event = AuditEvent.objects.get(verb="forward.asked")
    assert (event.actor, event.mailbox, event.details) == (box.person, box.address, {"target": TARGET})
    assert script_of(box) == ""


def test_the_first_address_switches_forwarding_on_with_a_copy(owner: Client, box: Mailbox) -> None:
    add(owner, TARGET)
    assert Forwarding.objects.get().mode == "copy"
    owner.post(PAGE, {"mode": "off"})
    add(owner, "other@example.com")
    assert Forwarding.objects.get().mode == "off"


def test_domains_are_written_small_and_other_peoples_names_as_they_write_them(owner: Client) -> None:
    add(owner, "HM.Wang@Example.COM")
    assert Forward.objects.get().target == "HM.Wang@example.com"
    assertContains(add(owner, "hm.wang@example.com"), "in the list already", status_code=422)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "This is not a mail address."),
        ("hm.wang", "This is not a mail address."),
        ("@example.com", "This is not a mail address."),
        ("hm@localhost", "This is not a mail address."),
        ("hm@[192.0.2.1]", "This is not a mail address."),
        ("hm..wang@example.com", "This is not a mail address."),
        ('"hm wang"@example.com', "This is not a mail address."),
        ("a@example.com, b@example.com", "This is not a mail address."),
        ("a@b@example.com", "This is not a mail address."),
        ("<hm@example.com>", "This is not a mail address."),
        ("hm@example.com\nbcc: x@example.com", "This is not a mail address."),
        ("hm@example.com\r\n.\r\n", "This is not a mail address."),
        ("hm\0@example.com", "This is not a mail address."),
        ('hm"; stop; "@example.com', "This is not a mail address."),
        ("hm@-example.com", "This is not a mail address."),
        ("h" * 65 + "@example.com", "This address is too long"),
        ("hm@" + "a." * 126 + "com", "This address is too long"),
        ("王小明 <hm@example.com>", "in its form “xn--…”"),
        ("hm@例子.tw", "in its form “xn--…”"),
        ("王@example.com", "in its form “xn--…”"),
        ("hmwang@mx.nthu.edu.tw", "This is the mailbox itself."),
        ("HMWang@MX.nthu.edu.tw", "This is the mailbox itself."),
        ("hmwang+x@mx.nthu.edu.tw", "no mailbox in use with this address"),
        ("nobody@mx.nthu.edu.tw", "no mailbox in use with this address"),
    ],
)
def test_an_address_that_will_not_do_is_explained(owner: Client, typed: str, said: str) -> None:
    page = add(owner, typed)
    assertContains(page, said, status_code=422)
    assertContains(page, 'href="#id_target"', status_code=422)
    assert not Forward.objects.exists()
    assert not Letter.objects.exists()


def test_a_thousand_addresses_in_one_post_are_none(owner: Client) -> None:
    page = owner.post(ADD, {"target": [f"a{number}@example.com" for number in range(1000)]})
    assertContains(page, "One address at a time", status_code=422)
    assert not Forward.objects.exists()


@pytest.mark.parametrize("state", ["suspended", "pending", "cancelled"])
def test_letters_go_on_to_no_mailbox_that_is_not_in_use(owner: Client, lin: Mailbox, state: str) -> None:
    Mailbox.objects.filter(pk=lin.pk).update(**SUSPENDED if state == "suspended" else {"state": state})
    assertContains(add(owner, lin.address), "no mailbox in use with this address", status_code=422)


def test_two_mailboxes_that_forward_to_each_other_are_refused(owner: Client, lin: Mailbox) -> None:
    confirmed(lin, "hmwang@mx.nthu.edu.tw")
    assertContains(add(owner, "Lin@mx.nthu.edu.tw"), "Letters would come back to you", status_code=422)


def test_a_longer_loop_is_refused_too_even_before_it_is_confirmed(
    owner: Client, lin: Mailbox, make_mailbox: MakeMailbox, student: Person
) -> None:
    chang = make_mailbox("chang", student)
    now = timezone.now()
    Forward.objects.create(mailbox=lin, place=1, target=chang.address, asked_at=now)
    Forward.objects.create(mailbox=chang, place=1, target="elsewhere@example.com", asked_at=now)
    Forward.objects.create(mailbox=chang, place=2, target="hmwang@mx.nthu.edu.tw", asked_at=now)
    assertContains(add(owner, lin.address), "Letters would come back to you", status_code=422)
    Forward.objects.filter(mailbox=chang, place=2).update(target=lin.address)  # a loop, but not by way of us
    assertRedirects(add(owner, lin.address), PAGE)


def test_three_are_the_most(owner: Client, box: Mailbox) -> None:
    for number in (1, 2, 3):
        confirmed(box, f"a{number}@example.com", number)
    page = owner.get(PAGE)
    assertContains(page, "Three addresses are the most.")
    assertNotContains(page, 'id="id_target"')
    assertContains(add(owner, TARGET), "Three addresses are the most.", status_code=422)
    owner.post(f"{PAGE}{Forward.objects.get(place=2).pk}/remove/")
    add(owner, TARGET)
    assert Forward.objects.get(place=2).target == TARGET


# --- who is asked, how often ------------------------------------------------------------------------------------------


def test_another_letter_makes_the_link_good_for_another_day(owner: Client) -> None:
    with time_machine.travel(timezone.now() - timedelta(hours=30)):
        add(owner, TARGET)
    assertContains(owner.get(PAGE), "nobody had pressed the button. Send another letter.")
    forward = Forward.objects.get()
    assertRedirects(owner.post(f"{PAGE}{forward.pk}/again/"), PAGE)
    assert Letter.objects.count() == 2
    assertContains(owner.get(PAGE), "Whoever reads it has to press a button by")


def test_what_is_confirmed_is_not_asked_again(owner: Client, box: Mailbox) -> None:
    forward = confirmed(box)
    assertContains(owner.post(f"{PAGE}{forward.pk}/again/"), "confirmed already", status_code=422)
    assert not Letter.objects.exists()


def test_nobody_gets_more_than_three_such_letters_a_day_from_all_together(
    owner: Client, lin: Mailbox, professor: Person, sign_in: SignIn
) -> None:
    add(owner, TARGET)
    pk = Forward.objects.get().pk
    owner.post(f"{PAGE}{pk}/again/")
    add(sign_in(professor), TARGET.upper())
    assertContains(owner.post(f"{PAGE}{pk}/again/"), "3 such letters in a day", status_code=422)
    assert Letter.objects.count() == 3


def test_nobody_sends_more_than_ten_such_letters_a_day(owner: Client) -> None:
    for number in range(10):
        add(owner, f"stranger{number}@example.com")
        Forward.objects.all().delete()
    assertContains(add(owner, TARGET), "last of 10 letters", status_code=422)
    assert Letter.objects.count() == 10


def test_whoever_has_declined_is_not_asked_again(owner: Client, box: Mailbox) -> None:
    box.forward_refusals.create(target=TARGET, refused_at=timezone.now())
    assertContains(owner.get(PAGE), "wants no letters from your mailbox")
    assertContains(add(owner, TARGET.upper()), "they want no letters from your mailbox", status_code=422)
    assert not Letter.objects.exists()


# --- changed ----------------------------------------------------------------------------------------------------------


def test_a_change_is_on_its_way_until_the_mail_server_has_it(owner: Client, box: Mailbox) -> None:
    confirmed(box)
    assertRedirects(owner.post(PAGE, {"mode": "move"}), PAGE)
    assertContains(owner.get(PAGE), "The change is on its way to the mail server.")
    job = Job.objects.get()
    assert (job.kind, job.state) == ("filter", "waiting")
    Job.objects.update(state="done", finished_at=timezone.now())
    assertContains(owner.get(PAGE), "The mail server has it so since")
    assert AuditEvent.objects.get(verb="forwarding.changed").details == {"mode": "move"}


def test_the_same_again_is_no_change(owner: Client, box: Mailbox) -> None:
    owner.post(PAGE, {"mode": "copy"})
    owner.post(PAGE, {"mode": "copy"})
    assert Job.objects.count() == 1


@pytest.mark.parametrize("mode", ["", "on", "off\0"])
def test_a_choice_that_is_none_is_explained(owner: Client, mode: str) -> None:
    assertContains(owner.post(PAGE, {"mode": mode}), "Choose whether letters shall go on.", status_code=422)
    assert not Job.objects.exists()


def test_the_owner_is_told_in_the_mailbox_that_letters_are_forwarded(owner: Client, box: Mailbox) -> None:
    confirmed(box)
    owner.post(PAGE, {"mode": "copy"})
    letter = Letter.objects.get()
    assert (letter.kind, letter.to) == ("forwarding-changed", box.address)
    assert (letter.context["mode"], letter.context["targets"]) == ("copy", [TARGET])


def test_a_removed_address_gets_nothing_more_and_the_owner_is_told(owner: Client, box: Mailbox) -> None:
    forward = confirmed(box)
    Forwarding.objects.create(mailbox=box, mode="copy")
    assertRedirects(owner.post(f"{PAGE}{forward.pk}/remove/"), PAGE)
    assert script_of(box) == ""
    assert Job.objects.get().kind == "filter"
    assert Letter.objects.get().kind == "forwarding-changed"
    assert AuditEvent.objects.get(verb="forward.removed").details == {"target": TARGET}


# --- who may ----------------------------------------------------------------------------------------------------------


def test_nobody_reaches_somebody_elses_addresses(owner: Client, lin: Mailbox, client: Client) -> None:
    forward = confirmed(lin)
    for what in ("again", "remove"):
        assert owner.post(f"{PAGE}{forward.pk}/{what}/").status_code == 404
        assert owner.post(f"{PAGE}{10**30}/{what}/").status_code == 404
        assert owner.get(f"{PAGE}{forward.pk}/{what}/").status_code == 405
    assert client.post(ADD, {"target": TARGET}).status_code == 302
    assert list(Forward.objects.all()) == [forward]


def test_who_has_no_mailbox_is_sent_to_apply(as_wang: Client) -> None:
    assertRedirects(as_wang.get(PAGE), "/mail/mx/apply/", fetch_redirect_response=False)


def test_of_a_suspended_mailbox_nothing_can_be_changed(owner: Client, box: Mailbox) -> None:
    forward = confirmed(box)
    Mailbox.objects.update(**SUSPENDED)
    page = owner.get(PAGE)
    assertContains(page, "Nothing is forwarded or answered until it is in use again")
    assertNotContains(page, '<button class="button')
    for path, data in ((PAGE, {"mode": "off"}), (ADD, {"target": "a@example.com"}), (f"{PAGE}{forward.pk}/remove/", {})):
        assertContains(owner.post(path, data), "it is not", status_code=422)
    assert not Job.objects.exists()


def test_the_box_shows_what_the_portal_knows_while_the_mail_server_is_away(owner: Client, box: Mailbox) -> None:
    confirmed(box)
    Forwarding.objects.create(mailbox=box, mode="copy")
    page = owner.get("/mail/mx/box/forwarding/")  # nothing listens at DOVEADM_URL
    assertContains(page, "Forwarding is on, and a copy stays here.")
    assertContains(page, "hm.wang<wbr>@example.com")
    assertContains(page, "is not known at this moment")
    assertContains(page, "store-unavailable")


def test_a_mail_system_that_cannot_forward_says_so_and_has_no_forms(owner: Client) -> None:
    MailService.objects.filter(slug="mx").update(store="maildir")
    page = owner.get(PAGE)
    assertContains(page, "The mail system of this service cannot forward or answer letters.")
    assertNotContains(page, '<button class="button')
    assertContains(add(owner, TARGET), "cannot forward or answer letters", status_code=422)
    assertContains(owner.get("/mail/mx/box/forwarding/"), "cannot tell this")
    assert not Forward.objects.exists()
