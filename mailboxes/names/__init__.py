"""Account names: what may be one, and which ones a person is offered. Everything but ``taken`` is pure."""

from mailboxes.models.stem import stem_of
from mailboxes.names.choice import instead_of_rule, offer_of
from mailboxes.names.offers import NoUsableName, Offer, offered, suggested
from mailboxes.names.refusing import refused
from mailboxes.names.rule import problem
from mailboxes.names.typed import Verdict, checked, default

__all__ = [
    "NoUsableName",
    "Offer",
    "Verdict",
    "checked",
    "default",
    "instead_of_rule",
    "offer_of",
    "offered",
    "problem",
    "refused",
    "stem_of",
    "suggested",
]
