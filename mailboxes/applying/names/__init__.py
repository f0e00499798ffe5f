"""Account names: what may be one, and which ones a person is offered. Everything but ``taken`` is pure."""

from mailboxes.applying.names.offers import NoUsableName, Offer, offered, suggested
from mailboxes.applying.names.rule import problem, stem_of

__all__ = ["NoUsableName", "Offer", "offered", "problem", "stem_of", "suggested"]
