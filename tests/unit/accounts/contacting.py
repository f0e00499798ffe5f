"""What the tests of contact addresses share: adding one, and reading its letters."""

import re

from django.utils import timezone

from accounts.contacts import services
from accounts.letters import rendering
from accounts.models import ContactAddress, Letter, Person

PAGE, CONFIGURE = "/configure/contacts/", "/configure/"
HOME, WORK, OTHER = "wang@home.example", "wang@work.example", "wang@other.example"


def add(person: Person, address: str, *, is_confirmed: bool = False) -> ContactAddress:
    contact = services.add(person, address, now=timezone.now())
    if is_confirmed:
        services.confirm(contact, now=timezone.now(), visitor="192.0.2.10")
    return contact


def link_in(letter: Letter) -> str:
    """The link as its reader finds it, in both forms of the letter."""
    made = rendering.message(letter)
    text, html = (made.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    [path] = re.findall(r"http://127\.0\.0\.1:8000(\S+\?link=\S+)", text)
    assert f'href="http://127.0.0.1:8000{path}"' in html
    return str(path)


def letters(kind: str, to: str) -> list[Letter]:
    return list(Letter.objects.filter(kind=kind, to=to).select_related("person"))


def addresses(person: Person) -> list[str]:
    return [contact.address for contact in services.mine(person)]
