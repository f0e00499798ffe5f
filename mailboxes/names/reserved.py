"""Names that are roles, not people."""

from mailboxes.models.stem import SEPARATORS

RFC_2142 = "info marketing sales support abuse noc security postmaster hostmaster usenet news webmaster www uucp ftp"
# Their kin: the system accounts of a mail host, what mail programs and certificate authorities (CA/Browser Forum Baseline
# Requirements, section 3.2.2.4.4) write to by themselves, and what people take for the office.
KIN = """
    admin administrator anonymous autoconfig autodiscover billing bounce bounces contact daemon dns donotreply everyone guest
    help helpdesk imap list listmaster listserv mail mailerdaemon mailman majordomo nobody noreply office operator owner
    privacy registrar request root servicedesk smtp spam ssladmin staff superuser sysadmin system unsubscribe wpad
"""
ROLES = frozenset(f"{RFC_2142} {KIN}".split())


def words_of(name: str) -> set[str]:
    """What of a name is compared with reserved words: the whole and each part, with and without the digits at its end."""
    parts = SEPARATORS.split(name)
    words = {"".join(parts), *parts}
    return (words | {word.rstrip("0123456789") for word in words}) - {""}
