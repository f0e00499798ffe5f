from accounts.models.audit import AuditEvent
from accounts.models.imports import PeopleImport
from accounts.models.person import Person
from accounts.models.policy import Consent, Policy, PolicyVersion

__all__ = ["AuditEvent", "Consent", "PeopleImport", "Person", "Policy", "PolicyVersion"]
