from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client


def measure() -> dict[str, str]:
    """Makes the plain site's database and somebody who is signed in there; the cookie of their session."""
    call_command("migrate", verbosity=0)
    client = Client()
    client.force_login(User.objects.create(username="wang"))  # type: ignore[arg-type]  # the plain site's own user
    return {"cookie": client.cookies["sessionid"].value}
