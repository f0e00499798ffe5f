"""What an administrator can do to one mailbox: each deed with when it can be done, its form, and what does it.

And what the administrator is told who comes second.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEvent
from mailboxes.models import Mailbox
from mailboxes.provisioning.life import services
from mailboxes.provisioning.life.standing import BY_THE_OFFICE
from mailboxes.reviewing.life.forms import CloseForm, LiftForm, SuspendForm
from mailboxes.reviewing.second import was_first


@dataclass(frozen=True)
class Deed:
    """``fits`` says whether it is offered; ``do`` decides, where the states allow it; ``done`` says so afterwards."""

    name: str
    heading: Promise
    button: Promise
    fits: Callable[[Mailbox], bool]
    make_form: Callable[..., forms.Form]
    do: Callable[..., None]
    done: Promise
    help: Promise | str = ""

    def form(self, mailbox: Mailbox, data: Any, reason: str = "") -> forms.Form:
        """Unbound for None; ``reason`` is what a chosen template says."""
        more: dict[str, Any] = {"needs_anyway": needs_new_password(mailbox)} if self.make_form is LiftForm else {}
        return self.make_form(data, initial={"reason": reason}, auto_id=f"id_{self.name}_%s", **more)


def needs_new_password(mailbox: Mailbox) -> bool:
    """Whether somebody else used it, and may know its password still."""
    return mailbox.hold == Mailbox.Cause.THEFT and services.new_password(mailbox) is None


def stamp_of(mailbox: Mailbox) -> str:
    """Differs as soon as anything became of the mailbox."""
    return f"{mailbox.state}-{mailbox.changed_at.timestamp() if mailbox.changed_at else 0}"


def told_who(mailbox: Mailbox) -> str:
    """Who was first, if that was somebody: only an event of ``states.move_mailbox`` says what state it ``was`` in."""
    moved = AuditEvent.objects.filter(mailbox=mailbox.address, verb__startswith="mailbox.", details__has_key="was")
    return was_first(moved.select_related("actor").first())


def _is_open(mailbox: Mailbox) -> bool:
    return mailbox.state in Mailbox.OPEN


DEEDS = {
    each.name: each
    for each in (
        Deed(
            "suspend",
            _("Suspend"),
            _("Suspend it now"),
            lambda mailbox: _is_open(mailbox) and mailbox.hold not in BY_THE_OFFICE,
            SuspendForm,
            services.suspend,
            _("The mailbox %(mailbox)s is suspended; the mail server is being told."),
            _("Signing in, sending and forwarding end within seconds; letters still arrive. The owner is told."),
        ),
        Deed(
            "lift",
            _("Lift the suspension"),
            _("Lift the suspension"),
            lambda mailbox: mailbox.state == Mailbox.State.SUSPENDED and bool(mailbox.hold),
            LiftForm,
            services.lift,
            _("The suspension of %(mailbox)s is lifted."),
        ),
        Deed(
            "keep",
            _("Let it stay"),
            _("Let it stay in spite of the condition"),
            lambda mailbox: _is_open(mailbox) and mailbox.leaves_at is not None,
            forms.Form,
            services.keep,
            _("The mailbox %(mailbox)s stays, until the condition of its owner changes once more."),
            _("The condition of its owner no longer ends it, until that changes once more."),
        ),
        Deed(
            "close",
            _("Close"),
            _("Close it now"),
            _is_open,
            CloseForm,
            services.close_now,
            _("The mailbox %(mailbox)s is closed; the mail server is being told."),
            _("Signing in and letters end; the address is never given to anybody else. It can be opened again here."),
        ),
        Deed(
            "reopen",
            _("Open again"),
            _("Open it again"),
            lambda mailbox: mailbox.state == Mailbox.State.CLOSED,
            forms.Form,
            services.reopen,
            _("The mailbox %(mailbox)s is open again; the mail server is being told."),
            _("For somebody who comes back: with its letters and its old password. A suspension stays as it was."),
        ),
    )
}
