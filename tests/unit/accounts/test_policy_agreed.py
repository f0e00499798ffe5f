"""A consent that cannot be put on record is an error, and not a second click."""

import pytest
from django.db import IntegrityError
from django.utils import timezone

from accounts import policies
from accounts.models import AuditEvent, Consent, Person, PolicyVersion
from mailboxes.models import MailService


def test_a_consent_that_cannot_be_recorded_is_no_second_click(wang: Person, services: dict[str, MailService]) -> None:
    version = PolicyVersion.objects.earliest("pk")
    with pytest.raises(IntegrityError):  # a visitor without an address
        policies.agree(wang, version, address=None, now=timezone.now())  # type: ignore[arg-type]
    assert not Consent.objects.exists()
    assert not AuditEvent.objects.filter(verb="policy.agreed").exists()
