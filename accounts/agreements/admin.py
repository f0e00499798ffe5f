"""The administration's pages of policies: their names, and their versions: written, looked through, and then saved."""

from datetime import datetime
from hashlib import sha256
from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.agreements import counting, differences, versions
from accounts.agreements.forms import VersionForm
from accounts.listing import ListAdmin, numbered, who
from accounts.models import Policy, PolicyVersion
from accounts.models.policy import InForce

LIST = "admin:accounts_policyversion_changelist"
VERSION = "admin:accounts_policyversion_change"
INVALID, CONFLICT = 422, 409


@admin.register(Policy)
class PolicyAdmin(ListAdmin):
    """Its names; what it says is in its versions."""

    list_display = ("title_zh", "title_en", "slug", "position", "in_force")
    prepopulated_fields: ClassVar = {"slug": ("title_en",)}

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found = PolicyVersion.objects.filter(policy=OuterRef("pk"), in_force_from__lte=timezone.now())
        label = Subquery(found.order_by("-in_force_from").values("label")[:1])
        return cast(QuerySet[Any], super().get_queryset(request).annotate(label=label))

    @admin.display(description=gettext_lazy("version in force"))
    def in_force(self, policy: Any) -> str:
        return policy.label or _("none: nobody is asked")


@admin.register(PolicyVersion)
class PolicyVersionAdmin(ListAdmin):
    """Nothing is saved before the administrator has seen what changes, for how many people, and from when."""

    list_display = ("policy", "label", "in_force_from", "state", "agreed", "remaining")
    list_display_links = ("label",)
    list_filter = ("policy",)
    list_select_related = ("policy",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return counting.counted(super().get_queryset(request).defer("text_zh", "text_en"), now=timezone.now())

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Versions are withdrawn one by one."""
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    @admin.display(description=gettext_lazy("state"))
    def state(self, version: Any) -> str:
        return state_of(version, now=timezone.now())

    @admin.display(description=gettext_lazy("agreed"))
    def agreed(self, version: Any) -> int:
        return cast(int, version.agreed)

    @admin.display(description=gettext_lazy("owners still to agree"))
    def remaining(self, version: Any) -> int | None:
        return cast("int | None", version.remaining)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_change_permission(request, obj) and _may_still_change(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_still_change(obj)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        number = request.GET.get("policy", "")
        if not number:
            return self.page(request, "policies/choose", _("Of which policy?"), {"policies": Policy.objects.all()})
        policy = numbered(Policy.objects.all(), number)
        if policy is None:
            raise Http404
        return self._write(request, policy, None)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not (self.has_change_permission(request) if request.method == "POST" else self.has_view_permission(request)):
            raise PermissionDenied
        version = self._version(object_id)
        if self.has_change_permission(request, version):
            return self._write(request, version.policy, version)
        if request.method != "POST":
            return self._read(request, version)
        messages.warning(request, _("This version is in force, and never changes. Nothing was saved: write a new one."))
        return self._read(request, version, status=CONFLICT)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Withdraw what is not in force yet."""
        if not self.has_delete_permission(request):
            raise PermissionDenied
        version = self._version(object_id)
        if not self.has_delete_permission(request, version):
            raise PermissionDenied
        now = timezone.now()
        if request.method == "POST":
            try:
                versions.withdraw(version, stamp=request.POST.get("stamp", ""), now=now, **who(request))
            except (versions.Outdated, InForce):
                messages.warning(request, _outdated())
                return HttpResponseRedirect(reverse(LIST))
            messages.success(request, _("%(version)s is withdrawn. Nobody was asked to agree to it.") % {"version": version})
            return HttpResponseRedirect(reverse(LIST))
        context = {"version": version, "stamp": versions.stamp_of(version.policy, now=now)}
        return self.page(request, "policies/withdraw", _("Withdraw %(version)s?") % {"version": version}, context)

    def _write(self, request: HttpRequest, policy: Policy, version: PolicyVersion | None) -> HttpResponse:
        """The form; then what its contents mean; then, if they are the same as then, the version."""
        now = timezone.now()
        stamp = versions.stamp_of(policy, now=now)
        if request.method != "POST":
            form = VersionForm(policy=policy, version=version, now=now)
            return self._form(request, form, {"stamp": stamp})
        form = VersionForm(request.POST, policy=policy, version=version, now=now)
        if not form.is_valid():
            return self._form(request, form, {"stamp": stamp}, status=INVALID)
        changed_meanwhile = request.POST.get("stamp") != stamp
        if not changed_meanwhile and request.POST.get("seen") == _digest(form, stamp):
            try:
                return self._save(request, form, stamp)
            except (versions.Outdated, InForce):
                changed_meanwhile, stamp = True, versions.stamp_of(policy, now=now)
        if changed_meanwhile:
            messages.warning(request, _outdated())
        look = _look(policy, form.cleaned_data, version, now=now) | {"stamp": stamp, "seen": _digest(form, stamp)}
        return self._form(request, form, look, status=CONFLICT if changed_meanwhile else 200)

    def _save(self, request: HttpRequest, form: VersionForm, stamp: str) -> HttpResponse:
        by = {"stamp": stamp, "now": form.now, **who(request)}
        if form.version is None:
            saved = versions.write(form.policy, form.cleaned_data, **by)
        else:
            versions.change(saved := form.version, form.cleaned_data, **by)
        messages.success(request, _("%(version)s is saved.") % {"version": saved})
        return HttpResponseRedirect(reverse(VERSION, args=[saved.pk]))

    def _form(self, request: HttpRequest, form: VersionForm, context: dict[str, Any], status: int = 200) -> HttpResponse:
        version, policy = form.version, form.policy
        title = _("Change %(version)s") if version else _("A new version of: %(policy)s")
        may_withdraw = version is not None and self.has_delete_permission(request, version)
        around = {"form": form, "policy": policy, "version": version, "may_withdraw": may_withdraw}
        return self.page(
            request, "policies/write", title % {"version": version, "policy": policy}, around | context, status=status
        )

    def _read(self, request: HttpRequest, version: PolicyVersion, *, status: int = 200) -> HttpResponse:
        now = timezone.now()
        counted = counting.counted(PolicyVersion.objects.filter(pk=version.pk).defer("text_zh", "text_en"), now=now)
        look = _look(version.policy, vars(version), version, now=now)
        numbers = {"version": version, "state": state_of(counted[0], now=now), "counted": counted[0]}
        return self.page(request, "policies/read", str(version), look | numbers, status=status)

    def _version(self, object_id: str) -> PolicyVersion:
        version = numbered(PolicyVersion.objects.select_related("policy"), object_id)
        if version is None:
            raise Http404
        return version


def state_of(version: Any, *, now: datetime) -> str:
    """In words, of a version as ``counting.counted`` gives it."""
    if not version.is_in_force(now):
        return _("not in force yet")
    return _("in force") if version.pk == version.current else _("another one has taken its place")


def _look(policy: Policy, values: dict[str, Any], version: PolicyVersion | None, *, now: datetime) -> dict[str, Any]:
    """What the version is, or would be: its texts as they are read, what changes, from when, and whom it concerns."""
    moment = values["in_force_from"] or now
    former = versions.before(policy, moment, but=version)
    return {
        "label": values["label"],
        "moment": values["in_force_from"],
        "former": former,
        "following": versions.after(policy, moment, but=version),
        "asked": counting.asked(policy, former),
        "texts": [
            {
                "lang": lang,
                "language": language,
                "title": getattr(policy, f"title_{code}"),
                "text": values[f"text_{code}"],
                "changes": differences.between(getattr(former, f"text_{code}"), values[f"text_{code}"]) if former else [],
            }
            for code, lang, language in (("zh", "zh-Hant", _("Chinese")), ("en", "en", _("English")))
        ],
    }


def _digest(form: VersionForm, stamp: str) -> str:
    """By it a form that was not changed since it was looked through is known."""
    return sha256(repr((sorted(form.cleaned_data.items()), stamp)).encode()).hexdigest()


def _may_still_change(version: Model | None) -> bool:
    return not isinstance(version, PolicyVersion) or not version.is_in_force(timezone.now())


def _outdated() -> str:
    return _(
        "Meanwhile a version of this policy was written, changed, withdrawn or came in force. Look again: nothing was saved."
    )
