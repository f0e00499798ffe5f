"""For whoever reads an address that letters shall go on to: nobody need be signed in, and looking changes nothing."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.addresses import visitor_address
from accounts.letters import links
from mailboxes.models import Forward
from mailboxes.owning.forwarding import services

PURPOSE = "forward-confirm"  # the name of the page, and of the letter with the link to it


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Who wants to send what on; yes for a day after the letter, no at any time. The token is in the query, as ``link``."""
    row_id = links.row_id(PURPOSE, request.GET.get("link", ""))
    forwards = Forward.objects.select_related("mailbox__person", "mailbox__service")
    forward, now, problem = forwards.filter(pk=row_id or 0).first(), timezone.now(), ""
    if forward is None:
        return render(request, "mailboxes/forward_gone.html", status=404)
    page = {"forward": forward, "is_late": forward.good_until < now}
    if request.method == "POST":
        address = visitor_address(request)
        try:
            if request.POST.get("answer") == "no":
                services.decline(forward, address=address, now=now)
                return redirect("forward-declined")
            if request.POST.get("answer") == "yes" and not page["is_late"]:
                services.confirm(forward, address=address, now=now)
                return redirect(request.get_full_path())
        except ValidationError as error:
            [problem] = error.messages
    return render(request, "mailboxes/forward_confirm.html", page | {"problem": problem}, status=422 if problem else 200)


@login_not_required
@require_safe
def declined(request: HttpRequest) -> HttpResponse:
    return render(request, "mailboxes/forward_declined.html")
