"""What the office does: approve, reject, ask, offer other names, let go on. Each is one transaction, with a letter."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import contacts, letters
from accounts.models import Person
from mailboxes import states
from mailboxes.models import Application, Job, Mailbox, Remark
from mailboxes.provisioning import outbox


def approve(application: Application, *, actor: Person, now: datetime, reason: str = "") -> None:
    """File the job that opens the mailbox; NotAllowed unless the application waits and has a mailbox.

    NotAllowed, here as in all of these, also for the reviewer's own application.
    """
    _require_other(application, actor)
    password_hash = application.password_hash
    with transaction.atomic():
        if application.mailbox is None:
            raise states.NotAllowed(f"{application} has no name yet.")
        states.move_application(application, "pending", now=now, actor=actor, verb="approved", reason=reason)
        outbox.put(application.mailbox, Job.Kind.CREATE, now=now, password_hash=password_hash)
        _remark(application, Remark.Kind.APPROVED, reason, actor, now)
        _write("application-approved", application, mailbox=application.mailbox.address, reason=reason)


def reject(application: Application, *, actor: Person, now: datetime, reason: str) -> None:
    """End it with a reason that the applicant reads, and free the name as a cancelled one is; NotAllowed if decided."""
    _require_other(application, actor)
    with transaction.atomic():
        states.move_application(application, "rejected", now=now, actor=actor, reason=reason)
        _free_name(application.mailbox, actor, now)
        _remark(application, Remark.Kind.REJECTED, reason, actor, now)
        _write("application-rejected", application, reason=reason)


def ask(application: Application, *, actor: Person, now: datetime, reason: str) -> None:
    """Have the applicant answer before anything is decided; NotAllowed if it is decided, or asked already."""
    _require_other(application, actor)
    with transaction.atomic():
        states.move_application(application, "asked", now=now, actor=actor, reason=reason)
        _remark(application, Remark.Kind.ASKED, reason, actor, now)
        _write("application-asked", application, reason=reason)


def offer(application: Application, *, actor: Person, now: datetime, names: list[str], reason: str = "") -> None:
    """Bring it back to "choose a name", with these names alone; NotAllowed if it is decided.

    Whoever chooses sets the password anew: the hash of the first one is wiped, as the name it was for is given up.
    """
    _require_other(application, actor)
    text = "\n".join([*([reason] if reason else []), *names])
    with transaction.atomic():
        fields: dict[str, Any] = {"offered_names": " ".join(names), "chosen_name": "", "mailbox": None, "submitted_at": None}
        mailbox = application.mailbox
        states.move_application(application, "draft", now=now, actor=actor, reason=text, **fields)
        _free_name(mailbox, actor, now)
        _remark(application, Remark.Kind.OFFERED, text, actor, now)
        _write("application-offered", application, reason=text)


def let_go_on(application: Application, *, actor: Person, now: datetime, reason: str) -> None:
    """Give one that the helpdesk holds back to the applicant, at "choose a name"; NotAllowed if it is not held."""
    _require_other(application, actor)
    if application.state != Application.State.HELD:
        raise states.NotAllowed(f"{application} is not held.")
    with transaction.atomic():
        states.move_application(application, "draft", now=now, actor=actor, reason=reason)
        _remark(application, Remark.Kind.GIVEN_BACK, reason, actor, now)
        _write("application-reopened", application, reason=reason)


def _require_other(application: Application, actor: Person) -> None:
    if application.person_id == actor.pk:
        raise states.NotAllowed(f"{application} is the reviewer's own.")


def _free_name(mailbox: Mailbox | None, actor: Person, now: datetime) -> None:
    if mailbox is not None:
        states.move_mailbox(mailbox, "cancelled", now=now, actor=actor)


def _remark(application: Application, kind: Remark.Kind, text: str, actor: Person, now: datetime) -> None:
    Remark.objects.create(application=application, author=actor, kind=kind, text=text, written_at=now)


def _write(kind: str, application: Application, **context: Any) -> None:
    """To every address at which the person reads letters: other mailboxes in use, and confirmed contact addresses."""
    person = application.person
    boxes = Mailbox.objects.filter(person=person, state__in=Mailbox.IN_USE)
    for address in dict.fromkeys([*(box.address for box in boxes), *contacts.confirmed(person)]):
        letters.post(
            kind,
            to=address,
            person=person,
            application=application.reference,
            service=application.service.name_en if person.language == "en" else application.service.name_zh,
            **context,
        )
