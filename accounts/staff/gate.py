"""When a session may open the administration: its second factor was shown, that was today, and from where it is allowed."""

import time
from ipaddress import ip_address

from allauth.account import app_settings as account_settings
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from accounts.addresses import visitor_address

SHOWN = "staff-factor"  # where a session keeps when its second factor was shown, in seconds since 1970
SEEN = "staff-seen"  # and when the administration was used last
A_MINUTE = 60
PLACES = ("/admin/", "/staff/")


def begin(request: HttpRequest) -> None:
    """A session of the staff ends after ``ADMIN_SESSION_MINUTES`` without a page of the administration."""
    request.session.set_expiry(settings.ADMIN_SESSION_MINUTES * 60)


def mark(request: HttpRequest) -> None:
    """The second factor was shown in this session, which is one of the staff from now on."""
    request.session[SHOWN] = time.time()
    begin(request)


def was_shown(request: HttpRequest) -> bool:
    """In this session, not longer ago than a working day, and it is still a factor of theirs."""
    today = time.time() - request.session.get(SHOWN, 0) < settings.SESSION_COOKIE_AGE
    return today and has_factor(request.user.pk)


def was_shown_lately(request: HttpRequest) -> bool:
    """So lately that it need not be shown again before a factor is changed."""
    lately = time.time() - request.session.get(SHOWN, 0) < account_settings.REAUTHENTICATION_TIMEOUT
    return lately and was_shown(request)


def has_factor(person: int | None) -> bool:
    """Recovery codes alone are none."""
    factors = Authenticator.objects.filter(user_id=person)
    return bool(factors.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())


def stay(request: HttpRequest) -> None:
    """Put the end of the session off; once a minute is enough, for it costs a write."""
    now = time.time()
    if now - request.session.get(SEEN, 0) > A_MINUTE:
        request.session[SEEN] = now


def is_outside(request: HttpRequest) -> bool:
    """Whether it asks for a page of the staff from outside ``ADMIN_NETWORKS``, where those are limited."""
    if not settings.ADMIN_NETWORKS or not request.path_info.startswith(PLACES):
        return False
    address = visitor_address(request)
    return not address or not any(ip_address(address) in network for network in settings.ADMIN_NETWORKS)
