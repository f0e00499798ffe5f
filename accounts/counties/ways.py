"""The second ways in that somebody has linked, and taking one away again."""

from dataclasses import dataclass
from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from accounts import audit, contacts, letters
from accounts.counties import registry
from accounts.models import Person
from accounts.people import forget_county_facts

IN_USE = _("You have come in by this account. To remove it, come in by another way first.")
LAST = _("This is the only way in that you have at present, so it stays.")


@dataclass(frozen=True)
class Way:
    """A linked account; ``kept_because`` is empty where it can be removed."""

    pk: int
    name: str
    linked_at: datetime
    kept_because: Promise | str


class Kept(Exception):
    """It cannot be removed; the text is a sentence for its owner."""


def of(person: Person, current: str) -> list[Way]:
    """In the official order of the counties; also of one that is switched off now.

    ``current`` is the way that the session was begun by, such as ``county:kl:aa1234``.
    """
    if not settings.COUNTIES:
        return []
    linked = list(SocialAccount.objects.filter(user=person).order_by("pk"))
    names = {county.source: county.name for county in settings.COUNTIES}
    order = list(names)
    shown = sorted((way for way in linked if way.provider in names), key=lambda way: order.index(way.provider))
    return [Way(way.pk, names[way.provider], way.date_joined, _why_kept(person, way, linked, current)) for way in shown]


def one_of(person: Person, pk: int, current: str) -> Way:
    """Http404 if it is not theirs, as after a second click."""
    for way in of(person, current):
        if way.pk == pk:
            return way
    raise Http404("No such way in")


@transaction.atomic
def remove(person: Person, pk: int, *, current: str, address: str) -> None:
    """Unlink an account, with what its county said of the person; Kept where it is in use or the last one."""
    Person.objects.select_for_update().get(pk=person.pk)  # or two tabs would remove the last two
    way = one_of(person, pk, current)
    if way.kept_because:
        raise Kept(way.kept_because)
    account = SocialAccount.objects.get(pk=pk)
    account.delete()
    if registry.of_source(person.source) is None and not SocialAccount.objects.filter(user=person).exists():
        forget_county_facts(person)
    tell("county-unlinked", person, account.provider)
    audit.record("county.unlinked", person=person, actor=person, address=address, source=account.provider)


def tell(kind: str, person: Person, source: str) -> None:
    """To wherever they can be reached: who has stolen a session must not make a lasting way in of it in silence."""
    language = person.language or get_language() or "zh-hant"
    county = registry.of_source(source)
    with override(language):
        name = county.name if county else source
    for to in contacts.everywhere(person):
        letters.post(kind, to=to, person=person, language=language, county=name)


def is_linked(person: Person, way: str) -> bool:
    """Whether that account of a county, such as ``county:kl:aa1234``, is a second way in of this person."""
    kind, code, subject = way.split(":", 2)
    found: bool = SocialAccount.objects.filter(user=person, provider=f"{kind}:{code}", uid=subject).exists()
    return found


def _why_kept(person: Person, way: SocialAccount, linked: list[SocialAccount], current: str) -> Promise | str:
    if f"{way.provider}:{way.uid}" == current:
        return IN_USE
    others = [person.source, *(other.provider for other in linked if other != way)]
    return "" if any(_is_open(source) for source in others) else LAST


def _is_open(source: str) -> bool:
    """The campus always is, and so is the sign-in of local people; a county where it is switched on."""
    county = registry.of_source(source)
    return county.on if county else not source.startswith("county:")
