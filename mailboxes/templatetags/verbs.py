from typing import Any

from django import template

from mailboxes import verbs

register = template.Library()


@register.filter
def in_words(event: Any) -> str:
    """What an event says, in the reader's language."""
    return verbs.words(event.verb, event.details)
