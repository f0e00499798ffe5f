"""The two tables of the hand-off: the tokens that are spent, and the refusals that helpdesk can look up."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError

from sso_bridge.claims import Claims
from sso_bridge.handoff import Code, Refused
from sso_bridge.models import Refusal, SpentToken

# How much longer than it could be used a spent token stays in the ledger: for clocks that differ or are set back.
MARGIN = timedelta(hours=1)
REFUSALS_KEPT = timedelta(days=90)


def spend(claims: Claims) -> None:
    """Use the token up; Refused where somebody has. Inside a transaction, which the refusal must end.

    The database's unique constraint decides, so of any number of simultaneous uses exactly one wins; and if its
    transaction fails, the token is unspent and the next one wins.
    """
    last_use = datetime.fromtimestamp(claims.exp + settings.HANDOFF_SKEW, UTC)
    try:
        SpentToken.objects.create(issuer=claims.iss, jti=claims.jti, expires_at=last_use + MARGIN)
    except IntegrityError as error:
        raise Refused(Code.REPLAYED, issuer=claims.iss, subject=claims.sub) from error


def forget_spent(now: datetime) -> int:
    """Delete what nobody can ask for any more: spent tokens past their time, refusals of 90 days ago; how many rows."""
    tokens, _ = SpentToken.objects.filter(expires_at__lt=now).delete()
    refusals, _ = Refusal.objects.filter(happened_at__lt=now - REFUSALS_KEPT).delete()
    return tokens + refusals
