"""What an operator can set wrong, said at start with its cure."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage, staticfiles_storage
from django.core.checks import Error, register

from accounts.addresses import UNIX_SOCKET
from portal.start import SETTINGS

LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}


@register(SETTINGS)
def open_to_this_machine_only(app_configs: Any, **kwargs: Any) -> list[Error]:
    """DEBUG shows settings to whoever meets an error, and without HTTPS passwords travel in the clear."""
    if set(settings.ALLOWED_HOSTS) <= LOOPBACK:
        return []
    errors = []
    if settings.DEBUG:
        text = "DEBUG is 1 while ALLOWED_HOSTS holds more than this machine."
        errors.append(Error(text, hint="Set DEBUG=0, or leave ALLOWED_HOSTS out.", id="portal.E002"))
    elif not settings.HTTPS:
        text = "HTTPS is 0 while ALLOWED_HOSTS holds more than this machine."
        errors.append(Error(text, hint="Set HTTPS=1, or ALLOWED_HOSTS to 127.0.0.1 for a trial.", id="portal.E001"))
    return errors


@register(SETTINGS)
def visitors_of_a_unix_socket(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Whoever comes by a Unix socket has no address but what its proxy says: limits would take all of them for one."""
    if not settings.BIND.startswith("unix:") or UNIX_SOCKET in settings.TRUSTED_PROXIES:
        return []
    text = "BIND is a Unix socket, and TRUSTED_PROXIES does not hold unix: no visitor would have an address."
    return [Error(text, hint="Add the word unix to TRUSTED_PROXIES.", id="portal.E005")]


@register(SETTINGS)
def place_of_the_sqlite_file(app_configs: Any, **kwargs: Any) -> list[Error]:
    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("sqlite3") or database["NAME"] == ":memory:":
        return []
    folder = Path(database["NAME"]).parent
    if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
        return []
    return [
        Error(
            f"The SQLite file cannot be kept in {folder}, which is missing or not ours to write in.",
            hint="Make that folder (VAR_DIR, if DATABASE_URL is not set) and give it to the portal's user.",
            id="portal.E003",
        )
    ]


@register(deploy=True)  # not for the commands that come before collectstatic
def static_files_are_collected(app_configs: Any, **kwargs: Any) -> list[Error]:
    if not isinstance(staticfiles_storage, ManifestStaticFilesStorage) or staticfiles_storage.hashed_files or settings.DEBUG:
        return []
    return [
        Error(
            f"The static files are not in {settings.STATIC_ROOT}.",
            hint="Run manage.py collectstatic --noinput with the VAR_DIR of the web processes.",
            id="portal.E004",
        )
    ]
