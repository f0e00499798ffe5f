from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Person
from mailboxes.applying import names
from mailboxes.models import Mailbox, MailService

Take = Callable[..., None]


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
