"""登入資訊: who has lately signed in to a mailbox, or tried to."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from mailboxes.logins import records
from mailboxes.models import Mailbox

SHOWN = 5  # of each kind


def show(mailbox: Mailbox) -> dict[str, Any]:
    if not records.are_told(mailbox.service):
        return {"told": False}
    since = records.kept_since(timezone.now())
    groups = [
        (caption, records.of(mailbox, succeeded=succeeded).filter(happened_at__gte=since)[:SHOWN])
        for succeeded, caption in ((True, _("Last successful log-ins")), (False, _("Last failed log-ins")))
    ]
    return {
        "told": True,
        "groups": groups,
        "days": settings.LOGIN_RECORD_DAYS,
        "countries": settings.COUNTRY_DATABASE is not None,
    }
