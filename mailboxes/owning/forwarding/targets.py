"""Which addresses letters may go on to."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.contacts import rule
from mailboxes.models import Forward, Mailbox, MailService


def checked(mailbox: Mailbox, typed: str) -> str:
    """An address that letters of the mailbox may go on to; ValidationError."""
    target = rule.normal(typed)
    if _is_of_the_portal(target):
        target = target.lower()
        _require_in_use(mailbox, target)
        if leads_to(target, mailbox):
            raise ValidationError(
                _("Letters would come back to you: that mailbox forwards here, itself or by way of others."), code="loop"
            )
    if Forward.objects.filter(mailbox=mailbox, target__iexact=target).exists():
        raise ValidationError(_("This address is in the list already."), code="already")
    if mailbox.forward_refusals.filter(target__iexact=target).exists():
        raise ValidationError(
            _("Whoever reads this address has said that they want no letters from your mailbox. Ask them to contact us."),
            code="declined",
        )
    return target


def leads_to(target: str, mailbox: Mailbox) -> bool:
    """Whether letters to that address would come to the mailbox if all forwards in the portal were confirmed and on."""
    waiting, seen = [target], set[str]()
    while waiting:
        here = waiting.pop()
        if here == mailbox.address:
            return True
        if here not in seen:
            seen.add(here)
            local_part, _at, domain = here.partition("@")
            forwards = Forward.objects.filter(mailbox__local_part=local_part, mailbox__domain=domain)
            waiting += forwards.values_list("target", flat=True)
    return False


def _is_of_the_portal(target: str) -> bool:
    domain = target.partition("@")[2]
    return any(service.serves(domain) for service in MailService.objects.all())


def _require_in_use(mailbox: Mailbox, target: str) -> None:
    if target == mailbox.address:
        raise ValidationError(_("This is the mailbox itself. Write another address."), code="itself")
    local_part, _at, domain = target.partition("@")
    # One sentence, whether it never was, is suspended, or is being opened: that is its owner's business.
    if not Mailbox.objects.filter(local_part=local_part, domain=domain, state__in=Mailbox.IN_USE).exists():
        raise ValidationError(_("There is no mailbox in use with this address."), code="not-in-use")
