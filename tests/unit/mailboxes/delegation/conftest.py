from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import Person
from mailboxes.models import Mailbox, MailService
from tests.conftest import SignIn
from tests.unit.mailboxes.delegation.acting import NOON

Box = Callable[..., Mailbox]


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def box(services: dict[str, MailService]) -> Box:
    def make(person: Person, local_part: str, service: str = "mx", state: str = "active", **fields: object) -> Mailbox:
        return Mailbox.objects.create(
            service=services[service],
            person=person,
            local_part=local_part,
            domain="mx.nthu.edu.tw" if service == "mx" else f"{service}.nthu.edu.tw",
            stem=local_part,
            stem_number=1,
            state=state,
            active_at=NOON,
            **fields,
        )

    return make


@pytest.fixture
def mine(wang: Person, box: Box) -> Mailbox:
    return box(wang, "hmwang")


@pytest.fixture
def theirs(professor: Person, box: Box) -> Mailbox:
    return box(professor, "sflin")


@pytest.fixture
def as_owner(mine: Mailbox, sign_in: SignIn) -> Client:
    return sign_in(mine.person)


@pytest.fixture
def as_delegate(theirs: Mailbox, sign_in: SignIn) -> Client:
    return sign_in(theirs.person)
