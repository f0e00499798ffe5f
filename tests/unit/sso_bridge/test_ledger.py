from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from sso_bridge.handoff import Code, Refused, verify
from sso_bridge.keyset import Key
from sso_bridge.ledger import forget_spent, spend
from sso_bridge.models import Refusal, SpentToken
from tests.unit.sso_bridge.campus import ADDRESS, AUDIENCE, NOW, token

pytestmark = pytest.mark.django_db


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(NOW + seconds, UTC)


def test_a_token_is_good_for_one_spending(keys: dict[str, Key]) -> None:
    claims = verify(token(), keys=keys, audience=AUDIENCE, skew=5, now=NOW, address=ADDRESS)
    spend(claims)
    with pytest.raises(Refused) as caught:
        spend(claims)
    assert (caught.value.code, caught.value.issuer, caught.value.subject) == (Code.REPLAYED, claims.iss, "z99999")


def test_a_spent_token_is_remembered_for_longer_than_it_could_be_used(keys: dict[str, Key], settings: Settings) -> None:
    settings.HANDOFF_SKEW = 30
    spend(verify(token(), keys=keys, audience=AUDIENCE, skew=30, now=NOW, address=ADDRESS))
    assert forget_spent(at(120 + 30 + 3600)) == 0
    assert forget_spent(at(120 + 30 + 3601)) == 1
    assert not SpentToken.objects.exists()


def test_refusals_are_kept_for_ninety_days() -> None:
    refusal = Refusal.objects.create(reference="H-7QK2MX4T", code="expired")
    assert forget_spent(refusal.happened_at + timedelta(days=90)) == 0
    assert forget_spent(refusal.happened_at + timedelta(days=90, seconds=1)) == 1
    assert not Refusal.objects.exists()
