"""The addresses at which people can be reached besides their mailbox."""

from accounts.models import ContactAddress, Person


def confirmed(person: Person) -> list[str]:
    """The addresses that the person has confirmed, oldest first."""
    mine = ContactAddress.objects.filter(person=person, removed_at=None, verified_at__isnull=False)
    return list(mine.values_list("address", flat=True))
