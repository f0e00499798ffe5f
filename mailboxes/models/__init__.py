from mailboxes.models.application import Application
from mailboxes.models.delegation import Delegation
from mailboxes.models.figure import Figure, Tally
from mailboxes.models.finding import Finding, Reconciliation
from mailboxes.models.forwarding import Forward, Forwarding, ForwardRefusal, Vacation
from mailboxes.models.fullness import FullnessWarning
from mailboxes.models.helpdesk import HelpdeskCase
from mailboxes.models.job import Job
from mailboxes.models.login import LoginRecord
from mailboxes.models.mailbox import Mailbox
from mailboxes.models.notice import Notice
from mailboxes.models.reserved import ReservedName
from mailboxes.models.review import CautionName, ReasonTemplate, Remark, ReviewCase
from mailboxes.models.service import MailService

__all__ = [
    "Application",
    "CautionName",
    "Delegation",
    "Figure",
    "Finding",
    "Forward",
    "ForwardRefusal",
    "Forwarding",
    "FullnessWarning",
    "HelpdeskCase",
    "Job",
    "LoginRecord",
    "MailService",
    "Mailbox",
    "Notice",
    "ReasonTemplate",
    "Reconciliation",
    "Remark",
    "ReservedName",
    "ReviewCase",
    "Tally",
    "Vacation",
]
