from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sso_bridge import keys


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Whether the process answers, and what an operator should look at; it asks no other server."""
    problem = keys.problem()
    return JsonResponse({"ok": True, "handoff_keys": problem or "ok"})
