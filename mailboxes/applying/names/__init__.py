"""Account names: what may be one, and which ones a person is offered. Everything but ``taken`` is pure."""

from mailboxes.applying.names.choice import offer_of, to_choose_from
from mailboxes.applying.names.offers import NoUsableName, Offer, domain_of, offered, suggested
from mailboxes.applying.names.rule import problem
from mailboxes.applying.names.typed import Verdict, checked, default
from mailboxes.models.stem import stem_of

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
    "stem_of",
    "suggested",
    "to_choose_from",
]
