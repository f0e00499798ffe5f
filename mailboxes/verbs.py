"""What each kind of event says in words, for the owners of mailboxes and for the office."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

# Owners read these in the log of their mailbox: what the office did as well; not what only concerns how the portal works.
OF_A_MAILBOX = {
    "application.held": _("Application given to the helpdesk"),
    "application.review": _("Application in review"),
    "application.asked": _("Question about the application"),
    "application.pending": _("Mailbox applied for"),
    "application.approved": _("Application approved"),
    "application.rejected": _("Application rejected"),
    "application.done": _("Application done"),
    "application.cancelled": _("Application cancelled"),
    "mailbox.pending": _("The same name applied for again"),
    "mailbox.active": _("Mailbox opened"),
    "mailbox.suspended": _("Mailbox suspended"),
    "mailbox.lifted": _("Suspension lifted"),
    "mailbox.leaving": _("End of the mailbox begun, because of the condition"),
    "mailbox.stays": _("End of the mailbox taken back, because of the condition"),
    "mailbox.kept": _("End of the mailbox taken back, in spite of the condition"),
    "mailbox.closing": _("Closing of the mailbox asked for"),
    "mailbox.closing-taken-back": _("Closing of the mailbox taken back"),
    "mailbox.closed": _("Mailbox closed"),
    "mailbox.reopened": _("Mailbox opened again"),
    "mailbox.close-done": _("The mail server knows the mailbox no longer"),
    "mailbox.quota-done": _("New quota in force"),
    "mailbox.cancelled": _("Mailbox cancelled before it was opened"),
    "mailbox.password-asked": _("New password asked for"),
    "mailbox.password-done": _("New password in force"),
    "sessions.ended": _("All sessions ended"),
    "folder.emptied": _("Folder emptied"),
    "mailbox.suspend-done": _("The mail server refuses sign-ins"),
    "mailbox.resume-done": _("The mail server lets its owner in again"),
    "mailbox.signed-in": _("Signed in to the portal with the mailbox’s password"),
    "mailbox.sign-in-failed": _("Wrong password for the mailbox at the portal"),
    "forwarding.changed": _("Forwarding switched on, off or over"),
    "forward.asked": _("Forwarding to %(target)s: letter with the link sent"),
    "forward.confirmed": _("Forwarding to %(target)s confirmed there"),
    "forward.declined": _("Forwarding to %(target)s declined there"),
    "forward.removed": _("Forwarding to %(target)s removed"),
    "vacation.on": _("Automatic reply set"),
    "vacation.off": _("Automatic reply taken back"),
    "mailbox.filter-done": _("Forwarding and automatic reply in force"),
    "delegation.offered": _("Folders of %(owner)s offered to %(delegate)s"),
    "delegation.accepted": _("Folders of %(owner)s accepted by %(delegate)s"),
    "delegation.declined": _("Folders of %(owner)s declined by %(delegate)s"),
    "delegation.begun": _("Folders of %(owner)s opened for %(delegate)s"),
    "delegation.stopped": _("Folders of %(owner)s closed for %(delegate)s"),
    "delegation.ended": _("Delegation of %(owner)s to %(delegate)s ended"),
}
OF_THE_PERSON = {
    "policy.agreed": _("Policy agreed to"),
    "policy.declined": _("Policy declined"),
    "county.linked": _("County account linked"),
    "county.unlinked": _("County account removed"),
    "contact.added": _("Contact address added"),
    "contact.confirmed": _("Contact address confirmed"),
    "contact.removed": _("Contact address removed"),
    "contact.restored": _("Removal of a contact address undone"),
    "contact.taken-back": _("Contact address taken back"),
}
# Owners are not shown these.
OF_THE_OFFICE = {
    "application.draft": _("Application brought back to “choose a name”"),
    "contact.asked-again": _("Contact address: another letter with the link"),
    "handoff.refused": _("Sign-in from the campus refused (%(code)s, reference %(reference)s)"),
    "county.refused": _("Sign-in with a county refused (%(code)s, reference %(reference)s)"),
    "handoff.signed-in": _("Signed in from the campus"),
    "county.signed-in": _("Signed in with a county"),
    "key.added": _("Key of the campus system added: %(name)s"),
    "key.changed": _("Key of the campus system changed: %(name)s"),
    "key.removed": _("Key of the campus system removed: %(name)s"),
    "letter.sent-again": _("Letter sent again"),
    "setting.changed": _("Changed in the administration: %(thing)s"),
    "staff.looked": _("Looked at in the administration: %(thing)s"),
    "staff.made": _("Made a member of the staff"),
    "staff.changed": _("Roles of a member of the staff changed"),
    "staff.begun-anew": _("Second factor of a member of the staff taken away, to begin anew"),
    "staff.factors-changed": _("Second factor of a member of the staff changed"),
    "staff.password-changed": _("Password of a member of the staff changed"),
    "evidence.exported": _("Evidence of the consents exported"),
    "finding.repair-asked": _("Repair at the mail server asked for"),
    "mailboxes.reconciled": _("Portal and mail server compared: differences %(differences)s"),
    "mailboxes.reconciled-partly": _("Portal and mail server compared in part: differences %(differences)s"),
    "audit.exported": _("Audit log exported"),
    "audit.retention-changed": _("Time for which events are kept changed: %(name)s"),
    "audit.pruned": _("Events deleted after their time: %(events)s"),
    "policy.version-written": _("Version of a policy written: %(policy)s %(label)s"),
    "policy.version-changed": _("Version of a policy changed: %(policy)s"),
    "policy.version-withdrawn": _("Version of a policy withdrawn: %(policy)s %(label)s"),
    "staff.signed-in": _("Signed in to the administration"),
    "staff.sign-in-failed": _("Sign-in to the administration failed"),
    "list.exported": _("List exported: %(list)s"),
    "people.imported": _("File of people imported"),
    "helpdesk.searched": _("Helpdesk searched for “%(words)s”"),
    "helpdesk.looked": _("Helpdesk looked at this person"),
    "helpdesk.checked": _("Helpdesk had it checked why something does not work"),
    "helpdesk.caller-right": _("Helpdesk checked the caller: right code"),
    "helpdesk.caller-wrong": _("Helpdesk checked the caller: wrong code"),
    "helpdesk.searches-stopped": _("Helpdesk stopped after %(most)s searches in an hour"),
    "helpdesk.looks-stopped": _("Helpdesk stopped after %(most)s looks at people in an hour"),
}
ALL = OF_A_MAILBOX | OF_THE_PERSON | OF_THE_OFFICE


def words(verb: str, details: Mapping[str, Any]) -> str:
    """What happened, in the reader's language; the verb itself for one that this release does not know."""
    return str(ALL.get(verb, verb)) % defaultdict(lambda: "…", details)
