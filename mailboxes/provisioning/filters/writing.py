"""The Sieve script of a mailbox, made from its rows; it runs before the owner's own."""

from django.conf import settings

from mailboxes.models import Forward, Forwarding, Mailbox, Vacation

ZONE = "+0800"  # Taiwan's, all the year round
DAYS = 7  # until the same correspondent gets another automatic reply


def script_of(mailbox: Mailbox) -> str:
    """What the rows ask for at this moment; empty if that is nothing."""
    forwarding = Forwarding.objects.filter(mailbox=mailbox).first()
    mode = forwarding.mode if forwarding else Forwarding.Mode.OFF
    confirmed = Forward.objects.filter(mailbox=mailbox, confirmed_at__isnull=False)
    targets = [] if mode == Forwarding.Mode.OFF else [forward.target for forward in confirmed]
    vacation = Vacation.objects.filter(mailbox=mailbox, is_on=True).first()
    parts = [_reply(mailbox.address, vacation)] if vacation else []
    parts += [_redirect(target, copy=mode == Forwarding.Mode.COPY) for target in targets]
    if targets and mode == Forwarding.Mode.MOVE:
        # What the portal writes stays here too: it may say that somebody has changed just this.
        parts.append(f'if address :is "from" {quoted(settings.OFFICE_EMAIL)} {{ keep; }}\n')
    extensions = ["date", "relational", "vacation"] if vacation else []
    extensions += ["copy"] if targets and mode == Forwarding.Mode.COPY else []
    if not parts:
        return ""
    required = f"require [{', '.join(map(quoted, sorted(extensions)))}];\n" if extensions else ""
    return required + "".join(parts)


def quoted(text: str) -> str:
    """A quoted string of RFC 5228 section 2.4.2; ValueError for NUL, which none can hold."""
    if "\0" in text:
        raise ValueError("NUL in a string of Sieve")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _redirect(target: str, *, copy: bool) -> str:
    return f"redirect {':copy ' if copy else ''}{quoted(target)};\n"


def _reply(address: str, vacation: Vacation) -> str:
    """``currentdate`` is RFC 5260's, ``vacation`` RFC 5230's. A period with another first day answers everybody anew."""
    return (
        f'if allof (currentdate :zone "{ZONE}" :value "ge" "date" "{vacation.first_day:%Y-%m-%d}",\n'
        f'          currentdate :zone "{ZONE}" :value "le" "date" "{vacation.last_day:%Y-%m-%d}") {{\n'
        f'    vacation :days {DAYS} :handle "portal-{vacation.first_day:%Y-%m-%d}" :addresses {quoted(address)}\n'
        f"        :subject {quoted(vacation.subject)} {quoted(vacation.text)};\n"
        "}\n"
    )
