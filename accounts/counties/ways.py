"""The second ways in that somebody has linked."""

from allauth.socialaccount.models import SocialAccount
from django.conf import settings

from accounts.models import Person


def of(person: Person) -> list[str]:
    """The names of the counties, in the official order; also of one that is switched off now."""
    linked = set(SocialAccount.objects.filter(user=person).values_list("provider", flat=True))
    return [county.name for county in settings.COUNTIES if county.source in linked]
