"""Why an application goes to a reviewer before its mailbox is opened."""

from mailboxes.models import Application, CautionName, Mailbox
from mailboxes.shelf import Slot

Warning = Application.Warning


def is_reviewed(slot: Slot, found: list[str]) -> bool:
    """Whether somebody decides first, by the service's rule; ``found`` are the codes of its warnings."""
    review = slot.service.Review
    return slot.service.review == review.ALWAYS or (slot.service.review == review.WARNING and bool(found))


def of(slot: Slot) -> list[str]:
    """The codes of ``Application.Warning`` that hold for this person now; two queries, and none where nobody reviews."""
    if slot.service.review == slot.service.Review.NOBODY:
        return []
    person = slot.person
    found = {
        Warning.NO_PASSPORT_NAME: not person.passport_name.strip(),
        Warning.APPEAL: slot.by_appeal,
        Warning.CAUTION: _is_cautioned(person.name, person.passport_name),
        Warning.SECOND: Mailbox.objects.filter(person=person).exclude(state="cancelled").exists(),
        Warning.IMPORTED: person.imported_at is not None,
    }
    return [str(code) for code, holds in found.items() if holds]


def _is_cautioned(*names: str) -> bool:
    keys = [key for name in names if (key := CautionName.key_of(name))]
    return CautionName.objects.filter(key__in=keys).exists()
