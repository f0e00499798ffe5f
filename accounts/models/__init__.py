from accounts.models.audit import REFUSED, AuditEvent, AuditLink, Noticed, Retention
from accounts.models.contact import ContactAddress
from accounts.models.imports import PeopleImport
from accounts.models.letter import Letter
from accounts.models.person import Person
from accounts.models.policy import Consent, Policy, PolicyVersion
from accounts.models.staff import Staff

__all__ = [
    "REFUSED",
    "AuditEvent",
    "AuditLink",
    "Consent",
    "ContactAddress",
    "Letter",
    "Noticed",
    "PeopleImport",
    "Person",
    "Policy",
    "PolicyVersion",
    "Retention",
    "Staff",
]
