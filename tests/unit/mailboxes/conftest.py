from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from accounts.models import Person
from mailboxes import names
from mailboxes.models import Mailbox, MailService
from tests.conftest import GOOD_PASSWORD, AgreeAll

Take = Callable[..., None]

NAME, PASSWORD, APPLY = "/mail/mx/name/", "/mail/mx/password/", "/mail/mx/apply/"
GOOD = {"password": GOOD_PASSWORD, "password_again": GOOD_PASSWORD}


@pytest.fixture
def mx(services: dict[str, MailService]) -> MailService:
    return services["mx"]


@pytest.fixture
def take(mx: MailService) -> Take:
    """Give names to somebody else, or with ``person`` to that person; whether they still want them makes no difference."""
    other = Person.objects.create(source="campus", subject="other", username="campus:other")

    def taken(*local_parts: str, person: Person = other, state: str = "cancelled", **fields: Any) -> None:
        for local_part in local_parts:
            stem, number = names.stem_of(local_part)
            fields = {"domain": mx.domain, "service": mx} | fields
            Mailbox.objects.create(
                person=person, local_part=local_part, stem=stem, stem_number=number, state=state, **fields
            )

    return taken


MakeMailbox = Callable[..., Mailbox]


@pytest.fixture
def make_mailbox(mx: MailService, wang: Person, settings: LazySettings) -> MakeMailbox:
    """A mailbox in use, 王小明's unless told otherwise, on a mail system that can forward and that nobody asks."""
    settings.MAIL_DATABASE_URL = "sqlite:////nonexistent/mail.sqlite3"
    settings.DOVEADM_URL = "http://127.0.0.1:9"  # the port that discards: nobody listens there
    MailService.objects.filter(pk=mx.pk).update(store="dovecot")
    mx.refresh_from_db()

    def make(local_part: str, person: Person = wang, state: str = "active", **fields: Any) -> Mailbox:
        stem, number = names.stem_of(local_part)
        who = {"service": mx, "person": person, "domain": mx.domain, "active_at": timezone.now()}
        return Mailbox.objects.create(**who | fields, local_part=local_part, stem=stem, stem_number=number, state=state)

    return make


@pytest.fixture
def at_name(as_wang: Client, agree_all: AgreeAll) -> Client:
    agree_all(as_wang, "mx")
    return as_wang


@pytest.fixture
def at_password(at_name: Client) -> Client:
    at_name.post(NAME, {"name": "hmwang"})
    return at_name
