"""A cloud drive as a campus may have one: how full somebody's is, for whoever knows its key. The figures are invented."""

import hashlib
import secrets
from pathlib import Path

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from demo import settings

ALLOWED = 100 * 1024**3  # octets


@never_cache
@require_safe
def usage(request: HttpRequest) -> HttpResponse:
    """Always the same for the same ``address``; 401 without the key as a bearer token (RFC 6750)."""
    key = Path(settings.DRIVE_KEY_FILE).read_text().strip() if settings.DRIVE_KEY_FILE else ""
    given = request.headers.get("Authorization", "")
    if not key or not secrets.compare_digest(given.encode(), f"Bearer {key}".encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    address = request.GET.get("address", "")
    if "@" not in address:
        return HttpResponse(status=404)
    share = hashlib.sha256(address.encode()).digest()[0] / 256
    return JsonResponse({"used": int(share * ALLOWED), "allowed": ALLOWED})
