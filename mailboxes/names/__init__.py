"""Account names: what may be one, and which ones a person is offered. Everything but ``taken`` is pure."""

from mailboxes.models.stem import stem_of
from mailboxes.names.choice import offer_of, to_choose_from
from mailboxes.names.offers import NoUsableName, Offer, domain_of, offered, suggested
from mailboxes.names.refusing import refused
from mailboxes.names.rule import problem
from mailboxes.names.typed import Verdict, checked, default

__all__ = [
    "NoUsableName",
    "Offer",
    "Verdict",
    "checked",
    "default",
    "domain_of",
    "offer_of",
    "offered",
    "problem",
    "refused",
    "stem_of",
    "suggested",
    "to_choose_from",
]
