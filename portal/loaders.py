"""Templates in which what never changes is worked out once a language: a third of a page's time went into it."""

import re

from django.template import Origin
from django.template.loaders import cached
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext, pgettext

# Tags with literals and nothing else. What has more to it, such as "as" or an argument, is left to the tag.
TRANSLATE = re.compile(r"""{% translate (["'])((?:(?!\1).)*)\1(?: context (["'])((?:(?!\3).)*)\3)? %}""")
URL = re.compile(r"""{% url (["'])([\w-]+)\1 %}""")
STATIC = re.compile(r"""{% static (["'])((?:(?!\1).)*)\1 %}""")


class Loader(cached.Loader):
    """Keeps a copy of each template for each language."""

    def cache_key(self, template_name: str, skip: list[Origin] | None = None) -> str:
        return f"{get_language()} {super().cache_key(template_name, skip)}"

    def get_contents(self, origin: Origin) -> str:
        text: str = origin.loader.get_contents(origin)  # type: ignore[union-attr]  # every origin of a loader has it
        text = TRANSLATE.sub(_translated, text)
        text = URL.sub(lambda found: reverse(found[2]), text)
        return STATIC.sub(lambda found: static(found[2]), text)


def _translated(found: re.Match[str]) -> str:
    message = found[2].replace("%", "%%")  # as {% translate %} looks it up, and makemessages writes it
    return (pgettext(found[4], message) if found[4] else gettext(message)).replace("%%", "%")
