"""The administration's pages of its own staff: who they are, what they may do, and a new beginning."""

from typing import Any, cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.http import SignedInRequest
from accounts.listing import ListAdmin, ReadOnlyAdmin, who
from accounts.models import Staff
from accounts.staff import services
from accounts.staff.forms import TAKEN, AccountForm, NewAccountForm, PasswordForm

LIST = "admin:accounts_staff_changelist"
INVALID, CONFLICT = 422, 409

# allauth's pages would show what the database holds of a factor, and Django's would give a role rights that no table names.
admin.site.unregister([Authenticator, EmailAddress, Group])


@admin.register(Group)
class RoleAdmin(ReadOnlyAdmin):
    """What each role may do; the four of ours follow accounts/roles.py."""

    list_display = ("name",)
    fields = ("name", "permissions")


@admin.register(Staff)
class StaffAdmin(ListAdmin):
    list_display = ("username", "name", "role_names", "is_active", "second_factor", "last_login")
    list_filter = ("groups", "is_active")
    search_fields = ("username", "name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Staff]:
        kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        factor = Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=kinds))
        rows: QuerySet[Staff] = super().get_queryset(request).filter(is_staff=True)
        return rows.annotate(factor=factor).prefetch_related("groups")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """An account is closed, never deleted: the events name it."""
        return False

    @admin.display(description=pgettext_lazy("staff", "roles"))
    def role_names(self, staff: Staff) -> str:
        return ", ".join(sorted(group.name for group in staff.groups.all())) or "–"

    @admin.display(description=gettext_lazy("second factor"), boolean=True)
    def second_factor(self, staff: Any) -> bool:
        return bool(staff.factor)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = NewAccountForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                made = services.make(**who(request), **form.cleaned_data)
            except services.Refused as refused:
                form.add_error("groups", forms.ValidationError(str(refused.sentence)))
            except services.Taken:
                form.add_error("username", TAKEN)
            else:
                messages.success(request, _("The account %(name)s is made.") % {"name": made.username})
                return HttpResponseRedirect(reverse(LIST))
        return self.page(
            request, "staff/new", _("New staff account"), {"form": form}, status=INVALID if form.is_bound else 200
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        posted = request.POST if request.method == "POST" else None
        if posted is not None and not self.has_change_permission(request):
            raise PermissionDenied
        staff = self.get_object(request, object_id)
        if staff is None:
            raise Http404
        may_change = self.has_change_permission(request) and services.may_change(cast(SignedInRequest, request).user, staff)
        if posted is not None and not may_change:
            raise PermissionDenied
        again = posted is not None and "anew" in posted
        form = AccountForm(None if again else posted, initial=_now(staff))
        anew = PasswordForm(posted if again else None)
        status = 200 if posted is None else INVALID
        try:
            if posted is not None and self._done(request, staff, form, anew):
                return HttpResponseRedirect(reverse(LIST))
        except services.Outdated:
            form, status = AccountForm(initial=_now(staff)), CONFLICT
        context = {"staff": staff, "form": form, "anew": anew, "may_change": may_change, "own": staff.pk == request.user.pk}
        context["outdated"] = status == CONFLICT
        return self.page(request, "staff/account", staff.username, context, status=status)

    def _done(self, request: HttpRequest, staff: Staff, form: AccountForm, anew: PasswordForm) -> bool:
        """Do what was posted; False if it cannot be done, which the form then says."""
        if anew.is_bound:
            if anew.is_valid():
                services.begin_anew(staff, **who(request), **anew.cleaned_data)
                text = _("The account %(name)s begins anew: with the new password, and a second factor to be set up.")
                messages.success(request, text % {"name": staff.username})
            return anew.is_valid()
        if not form.is_valid():
            return False
        try:
            changed = services.change(staff, **who(request), **form.cleaned_data)
        except services.Refused as refused:
            form.add_error(None, forms.ValidationError(str(refused.sentence)))
            return False
        text = _("The account %(name)s is changed.") if changed else _("The account %(name)s stays as it was.")
        messages.success(request, text % {"name": staff.username})
        return True


def _now(staff: Staff) -> dict[str, Any]:
    """The account as its form shows it."""
    stamp = services.stamp_of(staff)
    return {"stamp": stamp, "name": staff.name, "groups": staff.groups.all(), "is_active": staff.is_active}
