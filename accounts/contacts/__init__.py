"""The addresses at which people can be reached besides their mailbox."""

from collections.abc import Callable

from accounts.models import ContactAddress, Person

Addresses = Callable[[Person], list[str]]
_mailboxes: list[Addresses] = []


def learn_mailboxes(addresses: Addresses) -> None:
    """Have ``addresses(person)`` asked for the mailboxes of a person here to which letters come: this room knows none."""
    _mailboxes.append(addresses)


def everywhere(person: Person) -> list[str]:
    """Every address at which the person can be reached: their mailboxes here, and what they have confirmed."""
    return [address for addresses in _mailboxes for address in addresses(person)] + confirmed(person)


def confirmed(person: Person) -> list[str]:
    """The addresses that the person has confirmed, oldest first."""
    mine = ContactAddress.objects.filter(person=person, removed_at=None, verified_at__isnull=False)
    return list(mine.values_list("address", flat=True))
