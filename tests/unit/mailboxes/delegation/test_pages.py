"""The pages of one delegation, and the box where the mail server cannot be asked."""

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import Person
from mailboxes.models import Delegation, Mailbox, MailService
from tests.conftest import SUSPENDED, SignIn
from tests.unit.mailboxes.delegation.acting import DAY, done, offer
from tests.unit.mailboxes.delegation.conftest import Box


def offered_today(mine: Mailbox) -> Delegation:
    today = timezone.localdate()
    return offer(mine, now=timezone.now(), first_day=today, last_day=today + 30 * DAY)


def page_of(delegation: Delegation) -> str:
    return f"/mail/mx/delegation/{delegation.pk}/"


def test_the_delegate_accepts_and_reads_where_the_folders_are(mine: Mailbox, as_owner: Client, as_delegate: Client) -> None:
    delegation = offered_today(mine)
    asked = as_delegate.get(page_of(delegation))
    for text in ("王小明", "I am abroad", "Inbox, 課程/一○三", "read only", "Accept", "Decline"):
        assertContains(asked, text)
    assertNotContains(as_owner.get(page_of(delegation)), ">Accept<")
    assertRedirects(as_delegate.post(page_of(delegation), {"do": "accept"}), page_of(delegation))
    assertContains(as_delegate.get(page_of(delegation)), "shared/hmwang<wbr>@mx.nthu.edu.tw")
    assertContains(as_owner.get(page_of(delegation)), "The mail server is being told")
    done()
    assertContains(as_owner.get(page_of(delegation)), "The folders are open since")


def test_the_owner_cannot_accept_for_the_delegate(mine: Mailbox, theirs: Mailbox, as_owner: Client) -> None:
    delegation = offered_today(mine)
    as_owner.post(page_of(delegation), {"do": "accept"})
    as_owner.post(page_of(delegation), {"do": ""})
    delegation.refresh_from_db()
    assert delegation.state == "offered"


@pytest.mark.parametrize("who", ["as_owner", "as_delegate"])
def test_either_ends_it_on_its_page(mine: Mailbox, who: str, as_owner: Client, as_delegate: Client) -> None:
    delegation = offered_today(mine)
    as_delegate.post(page_of(delegation), {"do": "accept"})
    done()
    client = as_owner if who == "as_owner" else as_delegate
    client.post(page_of(delegation), {"do": "end"})
    assertContains(client.get(page_of(delegation)), "The mail server is being told.")
    done()
    ended = client.get(page_of(delegation))
    assertContains(ended, "The folders are closed.")
    assertNotContains(ended, "End it now")
    assertRedirects(client.post(page_of(delegation), {"do": "end"}), page_of(delegation))


def test_a_suspended_delegate_reads_why_it_cannot_be_accepted(mine: Mailbox, theirs: Mailbox, as_delegate: Client) -> None:
    delegation = offered_today(mine)
    Mailbox.objects.filter(pk=theirs.pk).update(**SUSPENDED)
    assertContains(as_delegate.post(page_of(delegation), {"do": "accept"}), "while your mailbox is in use")


def test_it_is_nobody_elses(mine: Mailbox, theirs: Mailbox, box: Box, stranger: Person, sign_in: SignIn) -> None:
    delegation = offered_today(mine)
    box(stranger, "ytchou")
    client = sign_in(stranger)
    assert client.get(page_of(delegation)).status_code == 404
    assert client.post(page_of(delegation), {"do": "accept"}).status_code == 404
    assert client.get("/mail/mx/delegation/99999999999999999999/").status_code == 404
    delegation.refresh_from_db()
    assert delegation.state == "offered"


def test_a_store_that_cannot_share_says_so_and_has_no_form(mine: Mailbox, as_owner: Client) -> None:
    page = as_owner.get("/mail/mx/delegation/new/")
    assertContains(page, "cannot")
    assertNotContains(page, 'name="folders"')
    assertContains(as_owner.get("/mail/mx/box/delegation/"), "store-cannot-tell")


def test_the_box_stands_when_the_mail_server_cannot_be_asked(
    mine: Mailbox, as_owner: Client, as_delegate: Client, settings: LazySettings
) -> None:
    MailService.objects.update(store="dovecot")
    settings.MAIL_DATABASE_URL, settings.DOVEADM_URL = "sqlite:////nowhere", "http://127.0.0.1:1"
    delegation = offered_today(mine)
    for client in (as_owner, as_delegate):
        shown = client.get("/mail/mx/box/delegation/", headers={"x-box": "alone"})
        assertContains(shown, "store-unavailable")
        assertContains(shown, f'href="{page_of(delegation)}"')
    assertContains(as_owner.get("/mail/mx/delegation/new/"), "cannot be asked at this moment")
