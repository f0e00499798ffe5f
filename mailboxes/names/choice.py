from accounts.models import Person
from mailboxes.models import MailService
from mailboxes.names import offers, taken, typed
from mailboxes.names.offers import NoUsableName, Offer
from mailboxes.names.rule import problem


def to_choose_from(service: MailService, person: Person, *, instead: str = "") -> list[Offer]:
    """What the list of names holds at this moment: one name at least, and none only where names are typed.

    ``instead`` are the names that a reviewer offers, as in ``Application.offered_names``: they stand for those of the rule.
    NoUsableName where that person can have no name as things are.
    """
    if instead:
        return _of_reviewer(service, person, instead)
    if service.names == service.Names.TYPED:
        offers.domain_of(service, person.entry_year)
        return []
    return offers.offered(service, person)


def offer_of(service: MailService, person: Person, name: str, *, instead: str = "") -> Offer | None:
    """``name`` as an offer, if that person can have it at this moment; NoUsableName as of ``to_choose_from``."""
    if service.names == service.Names.TYPED and not instead:
        free = typed.checked(service, person, name).is_free
        return Offer(name, "typed", offers.domain_of(service, person.entry_year)) if free else None
    return next((offer for offer in to_choose_from(service, person, instead=instead) if offer.name == name), None)


def _of_reviewer(service: MailService, person: Person, names: str) -> list[Offer]:
    shortest, longest = service.shortest_name, service.longest_name
    wanted = [name for name in names.split() if not problem(name, shortest=shortest, longest=longest)]
    domain = offers.domain_of(service, person.entry_year)
    known = taken.look_up(wanted, domain=domain, service=service, person=person)
    found = [Offer(name, "reviewer", domain) for name in wanted if known.is_free(name) and known.allows(name)]
    if not found:
        raise NoUsableName("offers-gone")
    return found
