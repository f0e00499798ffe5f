"""The personnel and registry conditions that campus systems send, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Person

WORDS: dict[str, Promise] = {
    "一般": _("in service"),
    "退休": _("retired"),
    "出國": _("abroad on duty"),
    "借調": _("seconded to another office"),
    "留停": _("on unpaid leave"),
    "離職": _("has left"),
    "校": _("enrolled"),
    "休": _("studies suspended"),
    "復": _("studies resumed"),
    "畢": _("graduated"),
    "退": _("has withdrawn"),
}


def in_words(condition: str) -> Promise | str:
    """What the campus's short word means; empty for a word that we do not know."""
    return WORDS.get(condition, "")


def office_for(category: str) -> Promise:
    """Who decides about a condition: the only office that can change it."""
    if category == Person.Category.STUDENT:
        return _("Registrar’s Office")
    return _("Personnel Office")
