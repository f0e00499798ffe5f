"""Two administrators and one mailbox: what happened since a page or a list was shown is left as it is, and told rightly."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains

from accounts.models import Person
from mailboxes.applying import services as applying
from mailboxes.models import Mailbox
from mailboxes.provisioning.life import services
from tests.conftest import GOOD_PASSWORD, MakePerson, SignIn
from tests.unit.mailboxes.life.conftest import MakeOpen, again

pytestmark = pytest.mark.thorough

LIST = "/admin/mailboxes/mailbox/"
Confirm = Callable[..., HttpResponse]


@pytest.fixture
def other(make_person: MakePerson) -> Person:
    person = make_person("z30004", name="另一位", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=["view_mailbox", "suspend_mailbox"]))
    return person


@pytest.fixture
def admin(administrator: Person, sign_in: SignIn) -> Client:
    return sign_in(administrator)


def listed(client: Client, action: str, *boxes: Mailbox) -> dict[str, str]:
    """What the page of the list sends when its button is pressed."""
    page = client.post(LIST, {"action": f"{action}_selected", "_selected_action": [box.pk for box in boxes]})
    more = {"cause": "theft", "reason_zh": "有人盜用。", "reason_en": "Stolen."} if action == "suspend" else {}
    return {"action": action, "ids": page.context["ids"]} | more


def test_who_asked_for_a_password_meanwhile_was_not_first(admin: Client, box: Mailbox, other: Person) -> None:
    page = f"{LIST}{box.pk}/change/"
    stamp = admin.get(page).context["stamp"]
    services.suspend(again(box), cause="theft", reason="x", actor=other, now=timezone.now())
    applying.change_password(again(box), password=GOOD_PASSWORD, address="192.0.2.1", now=timezone.now())
    late = admin.post(page, {"deed": "suspend", "stamp": stamp, "cause": "rule", "reason": "x"})
    assertContains(late, "另一位 was first", status_code=409)


def test_what_changed_since_the_list_was_shown_is_left_and_named(
    admin: Client, box: Mailbox, professor: Person, make_open: MakeOpen, other: Person
) -> None:
    still = make_open(professor, "sflin")
    data = listed(admin, "suspend", box, still)
    now = timezone.now()
    services.suspend(again(box), cause="rule", reason="One.", actor=other, now=now)
    services.lift(again(box), actor=other, now=now)  # in use again, and decided about all the same
    done = admin.post(f"{LIST}decide/", data, follow=True)
    assertContains(done, "Done: 1. Left as they are: 1.")
    assertContains(done, f"Left: {box.address}. 另一位 was first")
    assert (again(box).state, again(still).state) == ("active", "suspended")


def test_no_list_that_lacks_the_stamps_does_anything(admin: Client, box: Mailbox) -> None:
    data = listed(admin, "suspend", box) | {"ids": str(box.pk)}
    assertContains(admin.post(f"{LIST}decide/", data, follow=True), "Done: 0. Left as they are: 1.")
    assert again(box).state == "active"


def test_a_lift_of_another_suspension_than_the_listed_one_is_left(admin: Client, box: Mailbox, other: Person) -> None:
    now = timezone.now()
    services.suspend(again(box), cause="rule", reason="One.", actor=other, now=now)
    data = listed(admin, "lift", box)
    services.lift(again(box), actor=other, now=now)
    services.suspend(again(box), cause="rule", reason="Two.", actor=other, now=timezone.now())
    assertContains(admin.post(f"{LIST}decide/", data, follow=True), f"Left: {box.address}. 另一位 was first")
    assert again(box).state == "suspended"
