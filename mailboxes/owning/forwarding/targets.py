"""Which addresses letters may go on to."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from mailboxes.models import Forward, Mailbox, MailService

# RFC 5321 section 4.1.2, without quoted local parts and addresses in brackets: nobody has them, and programs stumble.
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
ADDRESS = re.compile(rf"(?P<local>{ATOM}(?:\.{ATOM})*)@(?P<domain>(?:{LABEL}\.)+(?!\d+\Z){LABEL})")
LONGEST, LONGEST_LOCAL = 254, 64  # octets: RFC 5321 section 4.5.3.1


def address(typed: str) -> str:
    """What was typed as an address; ValidationError. Domains are written small, local parts as their owner writes them."""
    typed = typed.strip()
    if not typed:
        raise ValidationError(_("Write the address that letters shall go on to."), code="no-address")
    if not typed.isascii():
        raise ValidationError(
            _("Write the address in letters a to z, digits and signs. A domain in another script has a form with xn--."),
            code="not-ascii",
        )
    found = ADDRESS.fullmatch(typed)
    if not found or len(typed) > LONGEST or len(found["local"]) > LONGEST_LOCAL:
        raise ValidationError(_("This is not one whole address, such as name@example.com."), code="odd-address")
    return f"{found['local']}@{found['domain'].lower()}"


def checked(mailbox: Mailbox, typed: str) -> str:
    """An address that letters of the mailbox may go on to; ValidationError."""
    target = address(typed)
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
    if not Mailbox.objects.filter(local_part=local_part, domain=domain, state=Mailbox.State.ACTIVE).exists():
        raise ValidationError(_("There is no mailbox in use with this address."), code="not-in-use")
