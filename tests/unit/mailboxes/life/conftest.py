"""A mailbox of mx in use, whose owner has a confirmed contact address; and somebody who may suspend it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import Permission

from accounts.models import ContactAddress, Letter, Person
from mailboxes import names
from mailboxes.models import Mailbox, MailService
from tests.conftest import MakePerson

NOW = datetime(2026, 11, 1, 10, 0, tzinfo=UTC)
HOME = "wang@home.example"


@pytest.fixture(autouse=True)
def mail_root(settings: LazySettings, tmp_path: Path) -> Path:
    settings.MAILDIR_ROOT = tmp_path / "mail"
    return settings.MAILDIR_ROOT


MakeOpen = Callable[..., Mailbox]


@pytest.fixture
def make_open(services: dict[str, MailService]) -> MakeOpen:
    def make(person: Person, local_part: str, service: str = "mx") -> Mailbox:
        stem, number = names.stem_of(local_part)
        return Mailbox.objects.create(
            service=services[service],
            person=person,
            local_part=local_part,
            domain=services[service].domain,
            stem=stem,
            stem_number=number,
            state="active",
            active_at=NOW,
        )

    return make


@pytest.fixture
def box(make_open: MakeOpen, wang: Person) -> Mailbox:
    ContactAddress.objects.create(person=wang, address=HOME, place=1, added_at=NOW, asked_at=NOW, verified_at=NOW)
    return make_open(wang, "hmwang")


@pytest.fixture
def administrator(make_person: MakePerson) -> Person:
    """With the one right to suspend, and to see mailboxes."""
    person = make_person("z30003", name="管理員", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=["suspend_mailbox", "view_mailbox"]))
    return person


def again(mailbox: Mailbox) -> Mailbox:
    """As the database has it now."""
    return Mailbox.objects.select_related("service", "person").get(pk=mailbox.pk)


def told() -> list[tuple[str, str]]:
    """Kind and address of the letters posted since the last look, oldest first."""
    found = list(Letter.objects.order_by("pk").values_list("kind", "to"))
    Letter.objects.all().delete()
    return found
