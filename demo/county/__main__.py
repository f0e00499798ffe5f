"""Makes the county's database and knows the portal in it, before the county is served: python -m demo.county"""

import os

import django
from django.core.management import call_command

from demo.county import settings
from demo.county.people import COUNTIES


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "demo.county.settings"
    django.setup()
    call_command("migrate", verbosity=0)
    for code in COUNTIES:
        register(code)


def register(code: str) -> None:
    """The portal as a client of that county; again at each start, for its address may be another one."""
    from allauth.idp.oidc.models import Client

    from demo.county.provider import SCOPES

    client, _is_new = Client.objects.get_or_create(id=f"portal-{code}")
    client.name = "校園信箱入口 Campus mail portal"
    client.set_secret((settings.FOLDER / f"secret-{code}").read_text().strip())
    client.set_scopes(SCOPES)
    client.set_redirect_uris([f"{settings.PORTAL_URL}counties/{code}/callback/"])
    client.save()


if __name__ == "__main__":
    main()
