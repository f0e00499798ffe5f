"""Names that a reviewer writes down: which of them the applicant could not choose, by the rule of the page of names."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from mailboxes.models import Mailbox, MailService
from mailboxes.models.stem import stem_of
from mailboxes.names import offers, taken
from mailboxes.names.rule import problem

SENTENCES = {
    "unfit": _("“%(name)s” cannot be a name of this service: it takes letters a to z, digits and single signs."),
    "reserved": _("“%(name)s” stands for an office or a role, so nobody can have it."),
    "taken": _("Somebody has “%(name)s”, or a name that differs from it in its signs alone."),
}


def refused(
    service: MailService, person: Person, names: Sequence[str], *, given_up: Mailbox | None = None
) -> dict[str, str]:
    """By name, which key of ``SENTENCES`` keeps that person from it at this moment; those without one can be chosen.

    ``given_up`` is the mailbox of the application, whose name is free for that person again. One query. NoUsableName if the
    domain needs an entry year that is not known.
    """
    domain = offers.domain_of(service, person.entry_year)
    shortest, longest = service.shortest_name, service.longest_name
    unfit = {name: "unfit" for name in names if problem(name, shortest=shortest, longest=longest)}
    fit = [name for name in names if name not in unfit]
    known = taken.look_up(fit, domain=domain, service=service, person=person)
    own = stem_of(given_up.local_part) if given_up and given_up.domain == domain else None
    reserved = {name: "reserved" for name in fit if not known.allows(name)}
    others = {name: "taken" for name in fit if not known.is_free(name) and stem_of(name) != own}
    return others | reserved | unfit
