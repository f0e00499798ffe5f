from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import calling, conditions, landing, languages
from accounts.contacts import services
from accounts.counties import registry, ways
from accounts.http import SignedInRequest, require_POST
from accounts.models import PolicyVersion
from accounts.paths import own_path
from accounts.signing_in import way_of


@login_not_required
@never_cache
@require_safe
def signed_out(request: HttpRequest) -> HttpResponse:
    """For whoever is not signed in: how to come in, and the promise to bring them back to where they were."""
    if request.user.is_authenticated:
        return redirect("home")
    path = request.GET.get("next", "")
    if path.startswith("/admin/"):
        return redirect_to_login(path, reverse("account_login"))
    page = {"coming_back": own_path(path) not in (None, "/"), "counties": registry.switched_on()}
    return landing.remember(render(request, "accounts/signed_out.html", page), path)


@never_cache
@require_POST
def log_out(request: SignedInRequest) -> HttpResponse:
    """End the session; to the campus system where somebody else is to sign in."""
    logout(request)
    if request.POST.get("then") == "switch":
        return redirect(settings.CAMPUS_URL)
    return landing.forget(redirect("logged-out"))


@login_not_required
@never_cache
@require_safe
def logged_out(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("home")
    return render(request, "accounts/logged_out.html")


@never_cache
@require_safe
def switch_user(request: SignedInRequest) -> HttpResponse:
    return render(request, "accounts/switch_user.html")


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Take the other language, for this browser and, where somebody is signed in, for that person."""
    wanted = request.POST.get("language", "")
    response = redirect(own_path(request.POST.get("next", "")) or "home")
    return languages.choose(request, response, wanted) if wanted in languages.KNOWN else response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def configure(request: SignedInRequest) -> HttpResponse:
    """One's own settings: the language; and what the portal knows, with who can correct it."""
    wanted = request.POST.get("language", "")
    if request.method == "POST" and wanted in languages.KNOWN:
        return languages.choose(request, redirect("configure"), wanted)
    return render(
        request,
        "accounts/configure.html",
        {
            "languages": languages.NAMES,
            "language_now": "en" if get_language() == "en" else "zh-hant",
            "condition_words": conditions.in_words(request.user.condition),
            "deciding_office": conditions.office_for(request.user.category),
            "counties": registry.switched_on(),
            "county": registry.of_source(request.user.source),
            "ways": ways.of(request.user, way_of(request)),
            "contacts": services.mine(request.user),
            "now": timezone.now(),
            "consents": request.user.consents.select_related("version__policy").order_by("-given_at"),
        },
    )


@never_cache
@require_safe
def caller_code(request: SignedInRequest) -> HttpResponse:
    """What one reads out on the telephone, to prove that it is oneself who calls."""
    now = timezone.now()
    page = {"code": calling.code(request.user, now=now), "until": calling.good_until(now)}
    return render(request, "accounts/caller_code.html", page)


@login_not_required
@require_safe
def policy_text(request: HttpRequest, policy: str, label: str) -> HttpResponse:
    """The direct link to one version of a policy; one not in force yet may still change, and is not for everybody."""
    version = get_object_or_404(PolicyVersion.objects.select_related("policy"), policy__slug=policy, label=label)
    if not (version.is_in_force(timezone.now()) or request.user.has_perm("accounts.view_policyversion")):
        raise Http404
    return render(request, "accounts/policy_text.html", {"version": version})


@login_not_required
@require_safe
def page(request: HttpRequest, template: str) -> HttpResponse:
    """A page that is the same for everybody: help, contact, accessibility, privacy."""
    return render(request, template)
