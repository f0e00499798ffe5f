from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from accounts import audit
from accounts.addresses import visitor_address
from accounts.staff import gate


class StaffSite(AdminSite):
    """Every page of it asks for a session in which the second factor was shown."""

    site_header = _("Campus Mailbox: administration")
    site_title = _("Campus Mailbox")

    def has_permission(self, request: HttpRequest) -> bool:
        """Found out once a request, though Django asks at each turn."""
        kept = vars(request)
        if "is_admitted" not in kept:
            kept["is_admitted"] = super().has_permission(request) and gate.was_shown(request)
            if kept["is_admitted"]:
                gate.stay(request)
        admitted: bool = kept["is_admitted"]
        return admitted

    @method_decorator(never_cache)
    @login_not_required
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Where whoever may not enter goes on: allauth's form, for Django's own counts no attempts."""
        if self.has_permission(request):
            return redirect("admin:index")
        person = request.user
        if person.is_authenticated and not person.is_staff:
            raise PermissionDenied  # a sign-in page would send them round in a circle
        if person.is_authenticated and not gate.has_factor(person.pk):
            return redirect("mfa_index")
        logout(request)
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"), reverse("account_login"))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        response = super().password_change(request, extra_context)
        if request.method == "POST" and response.status_code == 302:
            who: Any = request.user
            audit.record("staff.password-changed", person=who, actor=who, address=visitor_address(request))
        return response
