from accounts.models import Person
from mailboxes.applying.names import offers, typed
from mailboxes.applying.names.offers import Offer
from mailboxes.models import MailService


def offer_of(service: MailService, person: Person, name: str) -> Offer | None:
    """``name`` as an offer, if that person can have it at this moment; whatever the service's rule of names."""
    if service.names == service.Names.TYPED:
        free = typed.checked(service, person, name).is_free
        return Offer(name, "typed", offers.domain_of(service, person.entry_year)) if free else None
    return next((offer for offer in offers.offered(service, person) if offer.name == name), None)
