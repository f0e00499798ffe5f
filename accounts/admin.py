from collections import Counter
from typing import Any

from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import conditions, letters, searching
from accounts.agreements.admin import PolicyAdmin, PolicyVersionAdmin
from accounts.agreements.consents import ConsentAdmin
from accounts.auditing.admin import AuditEventAdmin, RetentionAdmin
from accounts.http import SignedInRequest
from accounts.importing.admin import PeopleImportAdmin
from accounts.letters import rendering
from accounts.listing import ReadOnlyAdmin
from accounts.models import ContactAddress, Letter, Person
from accounts.staff.admin import StaffAdmin

__all__ = [
    "AuditEventAdmin",
    "ConsentAdmin",
    "PeopleImportAdmin",
    "PolicyAdmin",
    "PolicyVersionAdmin",
    "ReadOnlyAdmin",
    "RetentionAdmin",
    "StaffAdmin",
]


MOST_AGAIN = 500  # letters
MOST_FOUND = 200  # two pages, more than anybody reads


class ConditionFilter(admin.SimpleListFilter):
    """The known conditions: to ask for those that occur would read all the people."""

    title = _("condition")
    parameter_name = "condition"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [(word, f"{word} ({meaning})") for word, meaning in conditions.WORDS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(condition=self.value()) if self.value() else queryset


class SourceFilter(admin.SimpleListFilter):
    """The kinds of sources."""

    title = _("source")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("campus", str(_("the campus"))), ("county", str(_("a county"))), ("local", str(_("the administration")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> QuerySet[Person]:
        if self.value() == "county":
            return queryset.filter(source__startswith="county:")
        return queryset.filter(source=self.value()) if self.value() else queryset


@admin.register(Person)
class PersonAdmin(ReadOnlyAdmin):
    list_display = ("number", "name", "passport_name", "category", "condition", "unit", "last_login")
    list_filter = ("category", ConditionFilter, SourceFilter, "is_staff")
    search_fields = ("number", "name", "passport_name", "username", "guid", "mailboxes__local_part")
    search_help_text = _("Part of a number, name or passport name (two letters at least), or a whole GUID or account name")
    show_full_result_count = False
    fields = (
        "source",
        "subject",
        "number",
        "name",
        "passport_name",
        "category",
        "condition",
        "unit",
        "entry_year",
        "guid",
        "school_code",
        "roles",
        "language",
        "is_active",
        "is_staff",
        "imported_at",
        "created_at",
        "updated_at",
        "last_login",
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Person], search_term: str
    ) -> tuple[QuerySet[Person], bool]:
        """At most ``MOST_FOUND``: a list of all the people with a common syllable is read by nobody."""
        words = search_term.strip()
        if not words:
            return queryset, False
        found = searching.known_as(words, most=MOST_FOUND)
        people = searching.people(words, most=MOST_FOUND)
        if len(people) == MOST_FOUND:
            text = _(
                "At least %(most)s people are found, and no more than these are shown. Write more of the name or number."
            )
            self.message_user(request, text % {"most": MOST_FOUND}, messages.WARNING)
        return queryset.filter(pk__in=found.union(people)), False


# allauth's own pages would let an administrator write what only a county may vouch for.
admin.site.unregister([SocialAccount, SocialApp, SocialToken])


@admin.register(SocialAccount)
class CountyAccountAdmin(ReadOnlyAdmin):
    """Second ways in: which county account opens whose mailboxes."""

    list_display = ("user", "provider", "uid", "date_joined")
    list_filter = ("provider",)
    search_fields = ("uid", "user__number", "user__name")
    list_select_related = ("user",)


@admin.register(ContactAddress)
class ContactAddressAdmin(ReadOnlyAdmin):
    list_display = ("address", "person", "added_at", "verified_at", "removed_at")
    search_fields = ("address", "person__number", "person__name")
    list_select_related = ("person",)


class KindFilter(admin.SimpleListFilter):
    """The kinds that there are: to ask for those that occur would read all the letters."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [(kind, kind) for kind in rendering.kinds()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Letter]) -> QuerySet[Letter]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Letter)
class LetterAdmin(ReadOnlyAdmin):
    list_display = ("id", "about", "kind", "to", "person", "state", "attempts", "last_error", "created_at", "sent_at")
    list_filter = ("state", KindFilter)
    search_fields = ("to", "person__number", "person__name", "last_error")
    search_help_text = _("Address, number, name or words of the mail server")
    list_select_related = ("person",)
    show_full_result_count = False
    date_hierarchy = "created_at"
    actions = ("send_again",)

    def has_view_permission(self, request: HttpRequest, obj: Letter | None = None) -> bool:
        """Django would let in whoever may change one: the helpdesk, past its masks, its limit and the audit log."""
        return request.user.has_perm("accounts.view_letter")

    @admin.display(description=pgettext_lazy("letter", "subject"))
    def about(self, letter: Letter) -> str:
        return rendering.subject(letter)

    @admin.action(description=_("Send again"), permissions=["resend"])
    def send_again(self, request: SignedInRequest, chosen: QuerySet[Letter]) -> None:
        if chosen.count() > MOST_AGAIN:
            text = _("No more than %(most)s letters are sent again at once. Nothing was sent.")
            self.message_user(request, text % {"most": MOST_AGAIN}, messages.WARNING)
            return
        left: Counter[str] = Counter()
        again = 0
        for letter in chosen:
            try:
                letters.send_again(letter, actor=request.user)
                again += 1
            except letters.NotAgain as refused:
                left[str(refused.sentence)] += 1
        self.message_user(
            request, _("Sent again: %(again)s.") % {"again": again}, messages.SUCCESS if again else messages.WARNING
        )
        for sentence, count in left.items():
            text = _("Left as they are: %(count)s. %(sentence)s")
            self.message_user(request, text % {"count": count, "sentence": sentence}, messages.WARNING)

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.change_letter")
