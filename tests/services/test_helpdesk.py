"""What the helpdesk sees of a mailbox on a real Dovecot at this moment: whole, suspended, gone, and the server down."""

import pytest
from django.utils import timezone
from django.utils.translation import override
from pytest_django import Settings

from accounts.models import Person
from mailboxes.models import Mailbox, MailService
from mailboxes.provisioning.hashing import hash_password
from mailboxes.provisioning.stores.dovecot.store import DovecotStore
from mailboxes.reviewing.helpdesk import why
from tests.mailserver import MailServer
from tests.services.conftest import FIRST, QUOTA, letter, signed_in

THERE, ROOM = "On the mail server", "Room"


@pytest.fixture
def box(
    server: MailServer, store: DovecotStore, address: str, services: dict[str, MailService], wang: Person, settings: Settings
) -> Mailbox:
    """王小明's, on that server and in the portal."""
    for name, value in server.env().items():
        setattr(settings, name, value)
    store.ensure(address, password_hash=hash_password(FIRST), quota=QUOTA, welcome=letter(address), revision=1)
    MailService.objects.filter(slug="mx").update(store="dovecot")
    local_part, _, domain = address.partition("@")
    return Mailbox.objects.create(
        service=MailService.objects.get(slug="mx"), person=wang, local_part=local_part, domain=domain,
        stem=local_part, stem_number=1, state="active", active_at=timezone.now(),
    )  # fmt: skip


def seen(box: Mailbox) -> dict[str, tuple[str, str]]:
    """By box, how bad and in which words."""
    with override("en"):
        groups = why.checked(Person.objects.get(pk=box.person_id), now=timezone.now())
        boxes = next(boxes for heading, boxes in groups if box.address in heading)
        return {shown.heading: (shown.answers[0].level, shown.answers[0].sentence) for shown in boxes}


def test_a_mailbox_in_order_and_how_full_it_gets(server: MailServer, box: Mailbox) -> None:
    assert seen(box)[THERE] == ("good", "The mailbox is on the server: folders 5, letters 1.")
    assert seen(box)[ROOM] == ("good", "0 % of its room is full.")
    with signed_in(server, box.address, FIRST) as client:
        for _ in range(9):
            client.append("Sent", "", None, b"Subject: big\r\n\r\n" + b"x" * (QUOTA // 10))
    assert seen(box)[ROOM] == ("amber", "90 % of its room is full.")


def test_a_mailbox_that_the_server_has_not(box: Mailbox) -> None:
    Mailbox.objects.filter(pk=box.pk).update(local_part="nobody-there")
    box.refresh_from_db()
    assert seen(box)[THERE] == ("red", "The mail server has no such mailbox.")


def test_a_server_that_is_down_leaves_the_other_boxes_standing(box: Mailbox, settings: Settings) -> None:
    settings.DOVEADM_URL = "http://127.0.0.1:9"  # the port that discards: nobody listens there
    found = seen(box)
    assert found[THERE] == found[ROOM] == ("red", "The mail server does not answer at this moment.")
    assert found["State of the mailbox"][0] == "good"
