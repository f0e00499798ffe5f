from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from mailboxes import menu
from mailboxes.entering import door


def site(request: HttpRequest) -> dict[str, Any]:
    """What every page shows of the installation, the menu of whoever is signed in, and whether mailboxes open a door."""
    return {
        "office_name": settings.OFFICE_NAME["en" if get_language() == "en" else "zh-hant"],
        "office_email": settings.OFFICE_EMAIL,
        "office_phone": settings.OFFICE_PHONE,
        "campus_url": settings.CAMPUS_URL,
        "menu": SimpleLazyObject(lambda: menu.of(request)),
        "mailbox_door": SimpleLazyObject(lambda: bool(door.open_services())),
    }
