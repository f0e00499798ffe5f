from accounts.models.audit import REFUSED, AuditEvent
from accounts.models.contact import ContactAddress
from accounts.models.imports import PeopleImport
from accounts.models.letter import Letter
from accounts.models.person import Person
from accounts.models.policy import Consent, Policy, PolicyVersion

__all__ = [
    "REFUSED",
    "AuditEvent",
    "Consent",
    "ContactAddress",
    "Letter",
    "PeopleImport",
    "Person",
    "Policy",
    "PolicyVersion",
]
