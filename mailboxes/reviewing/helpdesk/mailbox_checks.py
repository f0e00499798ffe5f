"""What is known of one mailbox: by the portal's rows, and by asking its mail server at this moment."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts.asking import in_a_thread
from accounts.models import AuditEvent
from accounts.templatetags.display import moment
from mailboxes.logins import countries, records
from mailboxes.models import FullnessWarning, Job, LoginRecord, Mailbox
from mailboxes.provisioning.stores import Capacity, Folder, NoSuchMailbox, StoreError, StoreUnavailable, registry
from mailboxes.provisioning.stores.maildir import FOLDERS
from mailboxes.reviewing import storewords
from mailboxes.reviewing.helpdesk.answers import Answer, fault

log = logging.getLogger(__name__)
PATIENCE = 5.0  # seconds for all mail servers together
OFTEN = 3  # tries, after which waiting alone will hardly help
WARN, *_between, FULL = FullnessWarning.LEVELS
WHOLE = {"INBOX", *FOLDERS}


def state(mailbox: Mailbox) -> list[Answer]:
    """Suspended, ending or closed, and why; or in use."""
    if mailbox.state == Mailbox.State.ACTIVE:
        return [Answer("good", _("The mailbox is in use, and not suspended."))]
    if mailbox.state == Mailbox.State.PENDING:
        return [Answer("amber", _("The mailbox is being opened."), _("It takes minutes; if it is longer, see below."))]
    events = AuditEvent.objects.filter(person=mailbox.person, mailbox=mailbox.address)
    last = events.filter(verb=f"mailbox.{mailbox.state}").order_by("-happened_at", "-pk").first()
    facts = {"state": mailbox.get_state_display(), "when": moment(last.happened_at) if last else "–"}
    reason = " – ".join(filter(None, (mailbox.get_cause_display(), mailbox.reason)))
    why = _("Reason: %(reason)s") % {"reason": reason} if reason else _("No reason is on record.")
    return [
        Answer(
            "amber" if mailbox.is_in_use else "red",
            _("State of the mailbox: %(state)s, since %(when)s.") % facts + " " + why,
            _("The helpdesk cannot change this. Check the caller’s code, then hand it to somebody who suspends mailboxes."),
        )
    ]


def jobs(mailbox: Mailbox) -> list[Answer]:
    """What still has to be done at the mail server, and what kept it."""
    waiting = Job.objects.filter(mailbox=mailbox, state=Job.State.WAITING).order_by("pk")[:5]
    if found := [_job(job) for job in waiting]:
        return found
    return [Answer("good", _("Nothing waits to be done at the mail server."))]


def _job(job: Job) -> Answer:
    facts: dict[str, Any] = {"what": job.get_kind_display(), "when": moment(job.created_at), "tries": job.attempts}
    if not job.last_error:
        text = _("“%(what)s” waits since %(when)s, for its first try.") % facts
        return Answer("amber", text, _("This takes seconds. If it stays, tell the operators that no worker is running."))
    facts["why"] = storewords.WORDS.get(job.last_error.partition(":")[0], storewords.WORDS["store-error"])
    return Answer(
        "red" if job.attempts >= OFTEN else "amber",
        _("“%(what)s” waits since %(when)s. Tried %(tries)s times; the last time %(why)s.") % facts,
        _("The portal tries again by itself, and nothing is lost. Hand it to the operators if it waits for long."),
    )


def log_ins(mailbox: Mailbox, *, now: datetime) -> list[Answer]:
    """The last that let somebody in, and the last that did not."""
    if not records.are_told(mailbox.service):
        text = _("The mail server of this service does not tell the portal of sign-ins.")
        return [Answer("amber", text, _("Ask the caller for the words that their mail program shows."))]
    good, bad = (records.of(mailbox, succeeded=succeeded).first() for succeeded in (True, False))
    said = [_("Last log-in: %(what)s.") % {"what": _told(good)} if good else _("No log-in is on record.")]
    if bad:
        said.append(_("Last one refused: %(what)s.") % {"what": _told(bad)})
    text = " ".join(said)
    if bad and not bad.suspended and (good is None or bad.happened_at > good.happened_at):
        step = _("A mail program has a wrong password. The caller can set a new one on the portal, and then enter it there.")
        return [Answer("red" if now - bad.happened_at < timedelta(days=1) else "amber", text, step)]
    if good is None:
        return [Answer("amber", text, _("Go through the settings of the mail program with the caller."))]
    return [Answer("good", text)]


def _told(record: LoginRecord) -> str:
    parts = [moment(record.happened_at), record.get_protocol_display(), record.address or "", countries.name(record.address)]
    return _(", ").join(part for part in parts if part)


# --- live ---------------------------------------------------------------------------------------------------------------


def ask(mailbox: Mailbox) -> tuple[Future[list[Folder]], Future[Capacity]]:
    """Begin to ask the mail server; both at once."""
    name, address = mailbox.service.store, mailbox.address
    return (
        in_a_thread(lambda: registry.named(name).folders(address)),
        in_a_thread(lambda: registry.named(name).capacity(address)),
    )


def answer(future: Future[Any], say: Callable[[Any], Answer], *, deadline: float) -> list[Answer]:
    """What the server has said by ``deadline`` (monotonic seconds), or why it has not."""
    try:
        return [say(future.result(timeout=max(deadline - time.monotonic(), 0)))]
    except (StoreUnavailable, TimeoutError):
        return [
            Answer(
                "red",
                _("The mail server does not answer at this moment."),
                _("It concerns everybody there. Tell the caller that it is known, and tell the operators."),
            )
        ]
    except NoSuchMailbox:
        return [
            Answer(
                "red",
                _("The mail server has no such mailbox."),
                _("If it is not being opened just now, hand it to the operators: its letters are turned away."),
            )
        ]
    except StoreError as error:
        log.warning("The helpdesk could not look at a mailbox: %s", error.code)
        why = storewords.WORDS.get(error.code, storewords.WORDS["store-error"])
        return [Answer("amber", _("This could not be seen: %(why)s.") % {"why": why}, _("Tell the operators."))]
    except Exception:
        log.exception("The helpdesk could not look at a mailbox")
        return [fault()]


def whole(folders: list[Folder]) -> Answer:
    missing = WHOLE - {folder.name for folder in folders}
    if missing:
        text = _("The mailbox is there, but without %(folders)s.") % {"folders": _(", ").join(sorted(missing))}
        return Answer("amber", text, _("Letters arrive all the same. Hand it to the operators."))
    letters = sum(folder.messages for folder in folders)
    facts = {"folders": len(folders), "letters": letters}
    return Answer("good", _("The mailbox is on the server: folders %(folders)s, letters %(letters)s.") % facts)


def room(capacity: Capacity) -> Answer:
    if not capacity.limit:
        return Answer("good", _("Its room has no limit."))
    percent = 100 * capacity.used // capacity.limit
    text = _("%(percent)s %% of its room is full.") % {"percent": percent}
    if percent < WARN:
        return Answer("good", text)
    step = _("The caller empties the trash and junk on the page of the mailbox. When it is full, letters are turned away.")
    return Answer("red" if percent >= FULL else "amber", text, step)
