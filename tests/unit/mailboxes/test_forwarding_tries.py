"""Adding addresses is no way to read out which mailboxes there are."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import Person
from mailboxes.models import Forward
from mailboxes.owning.forwarding.services import TRIES_AN_HOUR
from tests.unit.mailboxes.conftest import MakeMailbox

ADD = "/mail/mx/forwarding/add/"


@pytest.fixture(autouse=True)
def nobody_has_asked_yet() -> None:
    cache.clear()


def test_with_three_addresses_no_mailbox_is_looked_up(make_mailbox: MakeMailbox, as_wang: Client, professor: Person) -> None:
    box = make_mailbox("hmwang")
    make_mailbox("lin", professor)
    for place in (1, 2, 3):
        Forward.objects.create(mailbox=box, place=place, target=f"a{place}@example.com", asked_at=timezone.now())
    for name in ("lin", "nobody"):
        page = as_wang.post(ADD, {"target": f"{name}@mx.nthu.edu.tw"})
        assertContains(page, "Three addresses are the most.", status_code=422)
        assertNotContains(page, "no mailbox in use", status_code=422)


def test_after_twenty_tries_no_mailbox_is_looked_up_for_an_hour(make_mailbox: MakeMailbox, as_wang: Client) -> None:
    make_mailbox("hmwang")
    for number in range(TRIES_AN_HOUR):
        page = as_wang.post(ADD, {"target": f"nobody{number}@mx.nthu.edu.tw"})
        assertContains(page, "no mailbox in use with this address", status_code=422)
    page = as_wang.post(ADD, {"target": "nobody@mx.nthu.edu.tw"})
    assertContains(page, f"You have tried {TRIES_AN_HOUR} addresses within an hour.", status_code=422)
    assertNotContains(page, "no mailbox in use", status_code=422)
