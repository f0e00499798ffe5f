from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import languages
from mailboxes.entering import door
from mailboxes.entering.door import Kind, Refused
from mailboxes.entering.forms import MailboxSignInForm

STATUSES = {Kind.WRONG: 422, Kind.TOO_MANY: 429, Kind.STORE: 503}


@login_not_required
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Address and password of one's mailbox; then on to where somebody was going, as by every other door."""
    if request.user.is_authenticated:
        return redirect("home")
    services = door.open_services()
    if not services:
        raise Http404("No service lets its people in with their password")
    form = MailboxSignInForm(request.POST if request.method == "POST" else None)
    if not (form.is_bound and form.is_valid()):
        return render(request, "mailboxes/sign_in.html", {"form": form}, status=422 if form.is_bound else 200)
    try:
        person = door.enter(request, services, **form.cleaned_data)
    except Refused as refused:
        return _refusal(request, form, refused)
    response = redirect("home")
    return languages.set_cookie(response, person.language) if person.language in languages.KNOWN else response


def _refusal(request: HttpRequest, form: MailboxSignInForm, refused: Refused) -> HttpResponse:
    """The form once more; or, for whoever the mailbox belongs to, a page that leads on."""
    page = {"form": form, "sentence": refused.sentence, "code": refused.code}
    if refused.kind in STATUSES:
        return render(request, "mailboxes/sign_in.html", page, status=STATUSES[refused.kind])
    return render(request, "mailboxes/sign_in_refused.html", page, status=403)
