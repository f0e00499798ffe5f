"""What an operator can set wrong, said at start with its cure."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, register

LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}


@register
def https_only_off_on_loopback(app_configs: Any, **kwargs: Any) -> list[Error]:
    if settings.HTTPS or settings.DEBUG or set(settings.ALLOWED_HOSTS) <= LOOPBACK:
        return []
    return [
        Error(
            "HTTPS is 0 while ALLOWED_HOSTS holds more than this machine.",
            hint="Set HTTPS=1, or ALLOWED_HOSTS to 127.0.0.1 for a trial.",
            id="portal.E001",
        )
    ]
