"""What an operator can set wrong about the mail server, said at start with its cure; nothing where there is none."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, register

from mailboxes.logins import countries
from mailboxes.provisioning.stores.dovecot.database import is_known
from mailboxes.provisioning.stores.dovecot.places import place

URLS = {"DOVEADM_URL": ("http", "https"), "LMTP_URL": ("lmtp",), "IMAP_URL": ("imap", "imaps")}


@register("settings")
def mail_server(app_configs: Any, **kwargs: Any) -> list[Error]:
    if not settings.MAIL_DATABASE_URL:
        return []
    problems = []
    if not is_known(settings.MAIL_DATABASE_URL):  # not quoted: a password may be in it
        hint = "Set it to postgres://user:password@host/name, or to sqlite:////path/of/a/file for a trial."
        problems.append(Error("MAIL_DATABASE_URL is not the URL of a database.", hint=hint, id="mailboxes.E001"))
    if not settings.DOVEADM_API_KEY:
        hint = "Set it, or DOVEADM_API_KEY_FILE, to the doveadm_api_key of Dovecot's configuration."
        problems.append(Error("DOVEADM_API_KEY is not set.", hint=hint, id="mailboxes.E002"))
    for name, schemes in URLS.items():
        url = getattr(settings, name)
        if (url or name != "IMAP_URL") and not _is_place(url, schemes):
            hint = f"Set it to {' or '.join(f'{scheme}://host:port' for scheme in schemes)}, without a path."
            problems.append(Error(f"{name} is {url!r}.", hint=hint, id="mailboxes.E003"))
    return problems


@register("settings")
def country_database(app_configs: Any, **kwargs: Any) -> list[Error]:
    file = settings.COUNTRY_DATABASE
    if file is None or not (why := countries.problem(file)):
        return []
    hint = "Set it to an .mmdb file of countries that the portal's user may read, or leave it out."
    return [Error(f"COUNTRY_DATABASE is {str(file)!r}: {why}.", hint=hint, id="mailboxes.E004")]


def _is_place(url: str, schemes: tuple[str, ...]) -> bool:
    try:
        place(url, *schemes)
    except ValueError:
        return False
    return True
