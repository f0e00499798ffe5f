from accounts.models import Person
from mailboxes.models import MailService
from mailboxes.names import offers, taken, typed
from mailboxes.names.offers import Offer
from mailboxes.names.rule import problem


def offer_of(service: MailService, person: Person, name: str, *, instead: str = "") -> Offer | None:
    """``name`` as an offer, if that person can have it at this moment; whatever the service's rule of names.

    ``instead`` are the names that a reviewer offers, as in ``Application.offered_names``: then it has to be one of these.
    """
    if instead:
        return next((offer for offer in instead_of_rule(service, person, instead) if offer.name == name), None)
    if service.names == service.Names.TYPED:
        free = typed.checked(service, person, name).is_free
        return Offer(name, "typed", offers.domain_of(service, person.entry_year)) if free else None
    return next((offer for offer in offers.offered(service, person) if offer.name == name), None)


def instead_of_rule(service: MailService, person: Person, names: str) -> list[Offer]:
    """Those of the names of a reviewer that are free and of an allowed form; NoUsableName without the entry year needed."""
    shortest, longest = service.shortest_name, service.longest_name
    wanted = [name for name in names.split() if not problem(name, shortest=shortest, longest=longest)]
    domain = offers.domain_of(service, person.entry_year)
    known = taken.look_up(wanted, domain=domain, service=service, person=person)
    return [Offer(name, "reviewer", domain) for name in wanted if known.is_free(name) and known.allows(name)]
