"""Why somebody cannot sign in or read mail: every check, run now, each in a box of its own."""

import time
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Person
from mailboxes import shelf
from mailboxes.models import Mailbox
from mailboxes.reviewing.helpdesk import mailbox_checks, person_checks
from mailboxes.reviewing.helpdesk.answers import Box
from mailboxes.shelf import Slot

Group = tuple[str, list[Box]]


def checked(person: Person, *, now: datetime) -> list[Group]:
    """By the portal and then by service; at most ``PATIENCE`` seconds, whatever the mail servers do."""
    slots = [slot for slot in shelf.of(person) if slot.meant_for_them or slot.application or slot.mailbox]
    asked = [(slot, mailbox_checks.ask(slot.mailbox) if slot.mailbox else None) for slot in slots]
    deadline = time.monotonic() + mailbox_checks.PATIENCE
    portal = [
        Box(_("Account in the portal"), person_checks.account(person)),
        Box(_("Refused sign-ins"), person_checks.refused(person, now=now)),
    ]
    groups = [(pgettext("helpdesk", "The portal"), portal)]
    for slot, futures in asked:
        boxes = _of_service(slot, now)
        if slot.mailbox and futures:
            folders, capacity = futures
            there = mailbox_checks.answer(folders, mailbox_checks.whole, deadline=deadline)
            full = mailbox_checks.answer(capacity, mailbox_checks.room, deadline=deadline)
            boxes += _of_mailbox(slot.mailbox, now)
            boxes += [Box(_("On the mail server"), there), Box(pgettext("helpdesk", "Room"), full)]
        name = f"{slot.service.name}: {slot.mailbox.address}" if slot.mailbox else slot.service.name
        groups.append((name, boxes))
    return groups


def _of_service(slot: Slot, now: datetime) -> list[Box]:
    return [
        Box(_("Right to the service"), person_checks.right(slot)),
        Box(_("Policies"), person_checks.agreed(slot, now=now)),
        Box(_("Application"), person_checks.application(slot)),
    ]


def _of_mailbox(mailbox: Mailbox, now: datetime) -> list[Box]:
    return [
        Box(_("State of the mailbox"), mailbox_checks.state(mailbox)),
        Box(_("Waiting at the mail server"), mailbox_checks.jobs(mailbox)),
        Box(_("Log-ins of mail programs"), mailbox_checks.log_ins(mailbox, now=now)),
    ]
