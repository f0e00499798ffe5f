"""The mail services, and the mail system that each keeps its mailboxes in."""

from mailboxes.models import MailService
from mailboxes.provisioning.stores import StoreError, registry
from portal.doctor.finding import Finding, ok, problem


def look() -> list[Finding]:
    stores: dict[str, list[str]] = {}
    for store, slug in MailService.objects.order_by("store", "slug").values_list("store", "slug"):
        stores.setdefault(store, []).append(slug)
    if not stores:
        return [problem("no-services", "There is no mail service.", "Run manage.py seed with the file of your services.")]
    return [_store(name, ", ".join(slugs)) for name, slugs in stores.items()]


def _store(name: str, services: str) -> Finding:
    try:
        trouble = registry.named(name).problem()
    except StoreError as error:
        trouble = str(error)
    if trouble:
        return problem(
            "store", f"The store {name} ({services}): {trouble}", "Jobs for it wait and are done when it is mended."
        )
    return ok("store", f"The store {name} works ({services}).")
