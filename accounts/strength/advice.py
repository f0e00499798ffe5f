"""zxcvbn's advice. Its two libraries word it a little differently, so a code stands for both: the sentence without
quotation marks and without its full stop."""

from typing import Any

from django.utils.translation import gettext, gettext_noop

_ENGLISH = (
    gettext_noop("Use a few words, avoid common phrases."),
    gettext_noop("No need for symbols, digits, or uppercase letters."),
    gettext_noop("Add another word or two. Uncommon words are better."),
    gettext_noop("Straight rows of keys are easy to guess."),
    gettext_noop("Short keyboard patterns are easy to guess."),
    gettext_noop("Use a longer keyboard pattern with more turns."),
    gettext_noop('Repeats like "aaa" are easy to guess.'),
    gettext_noop('Repeats like "abcabcabc" are only slightly harder to guess than "abc".'),
    gettext_noop("Avoid repeated words and characters."),
    gettext_noop('Sequences like "abc" or "6543" are easy to guess.'),
    gettext_noop("Avoid sequences."),
    gettext_noop("Recent years are easy to guess."),
    gettext_noop("Avoid recent years."),
    gettext_noop("Avoid years that are associated with you."),
    gettext_noop("Dates are often easy to guess."),
    gettext_noop("Avoid dates and years that are associated with you."),
    gettext_noop("This is a top-10 common password."),
    gettext_noop("This is a top-100 common password."),
    gettext_noop("This is a very common password."),
    gettext_noop("This is similar to a commonly used password."),
    gettext_noop("A word by itself is easy to guess."),
    gettext_noop("Names and surnames by themselves are easy to guess."),
    gettext_noop("Common names and surnames are easy to guess."),
    gettext_noop("Capitalization doesn't help very much."),
    gettext_noop("All-uppercase is almost as easy to guess as all-lowercase."),
    gettext_noop("Reversed words aren't much harder to guess."),
    gettext_noop("Predictable substitutions like '@' instead of 'a' don't help very much."),
    gettext_noop("Your name, your number and your address are the first that others try."),  # ours
)


def code(text: str) -> str:
    return text.replace('"', "").rstrip(".")


SENTENCES = {code(text): text for text in _ENGLISH}
ANOTHER_WORD = code("Add another word or two. Uncommon words are better.")
ABOUT_YOU = code("Your name, your number and your address are the first that others try.")


def codes(result: dict[str, Any]) -> tuple[str, ...]:
    """What zxcvbn's ``result`` advises, the warning first, and what it never says: that the words are about the person."""
    said = [code(text) for text in (result["feedback"]["warning"], *result["feedback"]["suggestions"]) if text]
    if said and any(match.get("dictionary_name") == "user_inputs" for match in result["sequence"]):
        said.insert(0, ABOUT_YOU)
    return tuple(said)


def sentence(code: str) -> str:
    """The advice in the language of the request."""
    return gettext(SENTENCES[code])
