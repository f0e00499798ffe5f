"""The door for people who have a mailbox already: its own address and password, where its service allows that.

The portal keeps no hash, so the mail system is asked. Nothing is ever made here but a session.
"""

import logging
from enum import Enum
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from accounts import audit, limits, rows
from accounts.addresses import subscriber, visitor_address
from accounts.models import Person
from mailboxes import sessions
from mailboxes.models import Job, Mailbox, MailService
from mailboxes.provisioning import hashing
from mailboxes.provisioning.stores import StoreError, registry

logger = logging.getLogger(__name__)

# Wrong tries within SPAN seconds; those that turn out right are given back, for a whole school may have one address.
WRONG_A_VISITOR = 20
WRONG_A_MAILBOX = 5
SPAN = 600
# Nobody fills the audit log by guessing: so many events are kept in an hour, of all together.
KEPT_OF_ALL = 400
WINDOW = 3600  # seconds

OPEN = rows.select(
    "SELECT {service} FROM mailboxes_mailservice AS service WHERE service.password_sign_in ORDER BY service.position",
    service=MailService,
)


class Kind(Enum):
    """What a visitor has to be told; the last five only to somebody who has given the right password."""

    WRONG = _(
        "Nobody can be signed in with that address and password. Look at both again; capital and small letters differ in a "
        "password. If you have forgotten it, come in by another way and set a new one."
    )
    TOO_MANY = _(
        "There were too many wrong tries from your network or for this address. Wait ten minutes, then try again, or come "
        "in by another way."
    )
    STORE = _(
        "The mail server cannot be asked at this moment, so nobody was signed in. Your mailbox and your letters are not "
        "concerned. Try again in a minute, or come in by another way."
    )
    COMING = _(
        "A new password has been asked for, and the mail server does not have it yet; until then no password opens this "
        "portal. Try the new one in a minute, or come in by another way."
    )
    SUSPENDED = _("Your mailbox is suspended, so it does not open this portal either. The helpdesk can tell you why.")
    SWITCHED_OFF = _(
        "You have switched this mailbox off, so it does not open this portal either. Come in by another way to switch it on "
        "again, or ask the helpdesk."
    )
    CLOSED = _("Your account in this portal has been closed. The helpdesk can tell you why.")
    STAFF = _("Whoever looks after this portal does not come in by a mailbox. Please take another way in.")


class Refused(Exception):
    """``code`` is what the visitor reads out; ``mailbox`` the one that is meant, if there is one."""

    def __init__(self, kind: Kind, code: str, mailbox: Mailbox | None = None) -> None:
        super().__init__(code)
        self.kind = kind
        self.code = code
        self.mailbox = mailbox

    @property
    def sentence(self) -> Promise:
        sentence: Promise = self.kind.value
        return sentence


def open_services() -> list[MailService]:
    """Those that let their people in by this door."""
    return [service for service, _more in rows.fetch(MailService, OPEN, [])]


@sensitive_variables("password")
def enter(request: HttpRequest, services: list[MailService], *, address: str, password: str) -> Person:
    """Begin a session for the owner of the mailbox; Refused, with an event, for anybody else."""
    try:
        mailbox = _opened(services, address, password, subscriber(visitor_address(request)))
    except Refused as refused:
        _record(request, refused)
        raise
    _let_in(request, mailbox)
    logger.info("person %s signed in from %s by a mailbox", mailbox.person_id, visitor_address(request))
    return mailbox.person


@sensitive_variables("password")
def _opened(services: list[MailService], address: str, password: str, visitor: str) -> Mailbox:
    """The mailbox whose address and password they are, if its owner may come in by it.

    An address that is nobody's takes the same queries, the same question to the store and one hash, as a wrong password.
    """
    counts = {f"mailbox-door:{visitor}": WRONG_A_VISITOR}
    counts[f"mailbox-door:{sha256(address.encode()).hexdigest()}"] = WRONG_A_MAILBOX
    if not all(limits.within(most, seconds=SPAN, of=of) for of, most in counts.items()):
        raise Refused(Kind.TOO_MANY, "too-many-tries")
    mailbox = _found(services, address)
    try:
        fits = _fits(_service_of(services, mailbox, address), address, password)
    except StoreError as error:
        _give_back(counts)
        raise Refused(Kind.STORE, error.code, mailbox) from error
    if not fits or mailbox is None or mailbox.state not in Mailbox.OPEN:
        raise Refused(Kind.WRONG, "wrong-password", mailbox)
    _give_back(counts)
    _require_welcome(mailbox)
    return mailbox


def _found(services: list[MailService], address: str) -> Mailbox | None:
    local_part, _at, domain = address.partition("@")
    boxes = Mailbox.objects.select_related("service", "person")
    coming = Job.objects.filter(mailbox=OuterRef("pk"), kind=Job.Kind.PASSWORD, state=Job.State.WAITING)
    boxes = boxes.annotate(password_is_coming=Exists(coming))
    return boxes.filter(service__in=services, local_part=local_part, domain=domain).first()


def _service_of(services: list[MailService], mailbox: Mailbox | None, address: str) -> MailService | None:
    """The service whose store is asked: also of an address that nobody has, if its domain is served."""
    if mailbox is not None:
        return mailbox.service
    return next((service for service in services if service.serves(address.partition("@")[2])), None)


@sensitive_variables("password")
def _fits(service: MailService | None, address: str, password: str) -> bool:
    if service is None:
        return hashing.fits(password, None)
    return registry.named(service.store).takes(address, password)


def _give_back(counts: dict[str, int]) -> None:
    for of in counts:
        limits.give_back(of=of)


def _require_welcome(mailbox: Any) -> None:  # a Mailbox, with what ``_found`` asked besides
    if mailbox.person.is_staff:
        raise Refused(Kind.STAFF, "not-for-administrators", mailbox)
    if not mailbox.person.is_active:
        raise Refused(Kind.CLOSED, "account-closed", mailbox)
    if mailbox.state == Mailbox.State.SUSPENDED:
        by_owner = mailbox.hold == Mailbox.Cause.OWNER
        raise Refused(Kind.SWITCHED_OFF if by_owner else Kind.SUSPENDED, "suspended", mailbox)
    if mailbox.password_is_coming:  # it may be the old one that fits, which is to open nothing from now on
        raise Refused(Kind.COMING, "new-password", mailbox)


@transaction.atomic
def _let_in(request: HttpRequest, mailbox: Mailbox) -> None:
    sessions.begin(request, mailbox)
    audit.record(
        "mailbox.signed-in",
        person=mailbox.person,
        actor=mailbox.person,
        mailbox=mailbox.address,
        address=visitor_address(request),
    )


def _record(request: HttpRequest, refused: Refused) -> None:
    """An event without the password; and without what was typed, where that is no mailbox of ours."""
    visitor, mailbox = visitor_address(request), refused.mailbox
    person = mailbox.person if mailbox else None
    logger.info("sign-in by a mailbox from %s refused: %s", visitor, refused.code)
    if refused.kind is Kind.TOO_MANY or not limits.within(KEPT_OF_ALL, seconds=WINDOW, of="mailbox-door-events"):
        return
    audit.record(
        "mailbox.sign-in-failed",
        person=person,
        mailbox=mailbox.address if mailbox else "",
        address=visitor or None,
        code=refused.code,
    )
