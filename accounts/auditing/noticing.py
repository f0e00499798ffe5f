"""Changes of what is not changed through the portal, as of a file, written down by the first process that sees them."""

from collections.abc import Mapping

from django.db import transaction

from accounts import audit
from accounts.models import Noticed


@transaction.atomic
def notice(kind: str, digests: Mapping[str, str]) -> None:
    """Write ``<kind>.added``, ``<kind>.changed`` or ``<kind>.removed`` for each name whose digest is not as last seen.

    Each change is one conditional statement, so of several processes that see it one writes the event.
    """
    was = dict(Noticed.objects.filter(name__startswith=f"{kind}:").values_list("name", "digest"))
    now = {f"{kind}:{name}": digest for name, digest in digests.items()}
    for name in sorted(was | now):
        if was.get(name) == now.get(name):
            continue
        done: int
        if name not in was:
            what, done = "added", Noticed.objects.get_or_create(name=name, defaults={"digest": now[name]})[1]
        elif name not in now:
            what, done = "removed", Noticed.objects.filter(name=name, digest=was[name]).delete()[0]
        else:
            what, done = "changed", Noticed.objects.filter(name=name, digest=was[name]).update(digest=now[name])
        if done:
            verb = f"{kind}.{what}"
            audit.record(verb, person=None, name=name.partition(":")[2])
