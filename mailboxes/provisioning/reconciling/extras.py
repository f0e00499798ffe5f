"""Addresses that a mail server has and the portal knows nothing of."""

from collections.abc import Iterator, Sequence

from django.db.models import Q

from mailboxes.models import Finding, Mailbox, MailService
from mailboxes.provisioning.reconciling.expected import Seen
from mailboxes.provisioning.reconciling.findings import Sighting
from mailboxes.provisioning.stores import Store

LOOKED_UP_AT_ONCE = 100


def find(store: Store, services: Sequence[MailService], *, everywhere: bool) -> Iterator[list[Sighting]]:
    """In batches; those in the domains of ``services``, and with ``everywhere`` in no service's domain too. StoreError.

    Each is asked for once more by itself when the whole list is read: an account that came for a moment is none.
    """
    strangers: dict[str, None] = {}  # in their order, each once
    for addresses in store.listed():
        strangers |= dict.fromkeys(_unknown(addresses))
    wanted = [address for address in strangers if everywhere or _service_of(address, services)]
    for start in range(0, len(wanted), LOOKED_UP_AT_ONCE):
        found = store.accounts(_unknown(wanted[start : start + LOOKED_UP_AT_ONCE]))
        yield [
            Sighting(address, Seen(Finding.Kind.EXTRA, "", _said(account.view, account.state)), service, None)
            for address, account in found.items()
            for service in [_service_of(address, services)]
        ]


def _said(view: str, state: str) -> str:
    return "alone" if view == "alone" else state


def _unknown(addresses: Sequence[str]) -> list[str]:
    """Those of which there is no row, of whatever service and in whatever state."""
    by_domain: dict[str, list[str]] = {}
    for address in addresses:
        local_part, _at, domain = address.rpartition("@")
        by_domain.setdefault(domain, []).append(local_part)
    named = Q(pk=None)
    for domain, local_parts in by_domain.items():
        named |= Q(domain=domain, local_part__in=local_parts)
    known = {f"{local}@{domain}" for local, domain in Mailbox.objects.filter(named).values_list("local_part", "domain")}
    return [address for address in addresses if address not in known]


def _service_of(address: str, services: Sequence[MailService]) -> MailService | None:
    domain = address.rpartition("@")[2]
    return next((service for service in services if service.serves(domain)), None)
