from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import ManyToManyField, Model, QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin import ConditionFilter
from accounts.listing import ListAdmin, ReadOnlyAdmin
from mailboxes.models import (
    Application,
    CautionName,
    Delegation,
    Figure,
    Finding,
    Forward,
    ForwardRefusal,
    HelpdeskCase,
    Job,
    Mailbox,
    MailService,
    Notice,
    ReasonTemplate,
    Remark,
    ReservedName,
    ReviewCase,
)
from mailboxes.reviewing.cases import ReviewCaseAdmin
from mailboxes.reviewing.figures.admin import FigureAdmin
from mailboxes.reviewing.findings import FindingAdmin
from mailboxes.reviewing.helpdesk.cases import HelpdeskCaseAdmin
from mailboxes.reviewing.life.admin import MailboxAdmin

admin.site.register(ReviewCase, ReviewCaseAdmin)
admin.site.register(Figure, FigureAdmin)
admin.site.register(Finding, FindingAdmin)
admin.site.register(HelpdeskCase, HelpdeskCaseAdmin)
admin.site.register(Mailbox, MailboxAdmin)


@admin.register(MailService)
class MailServiceAdmin(ListAdmin):
    list_display = ("name_zh", "name_en", "domain", "names", "store", "is_open")
    list_filter = ("is_open", "names", "password_sign_in")
    formfield_overrides: ClassVar = {ManyToManyField: {"widget": CheckboxSelectMultiple}}

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Notice)
class NoticeAdmin(ListAdmin):
    list_display = ("title_zh", "title_en", "service", "shown_from", "shown_until")
    list_filter = ("service",)
    search_fields = ("title_zh", "title_en", "text_zh", "text_en")
    list_select_related = ("service",)


@admin.register(ReservedName)
class ReservedNameAdmin(ListAdmin):
    list_display = ("word", "reason")
    search_fields = ("word", "reason")


@admin.register(CautionName)
class CautionNameAdmin(ListAdmin):
    list_display = ("name", "why")
    search_fields = ("name", "why")


@admin.register(ReasonTemplate)
class ReasonTemplateAdmin(ListAdmin):
    list_display = ("title_zh", "title_en", "position")


@admin.register(Remark)
class RemarkAdmin(ReadOnlyAdmin):
    list_display = ("application", "kind", "author", "text", "written_at")
    list_filter = ("kind",)
    search_fields = ("application__reference", "text")
    list_select_related = ("application", "author")


class ApplicantFilter(ConditionFilter):
    """By the condition of whoever applies."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(person__condition=self.value()) if self.value() else queryset


@admin.register(Application)
class ApplicationAdmin(ReadOnlyAdmin):
    list_display = ("reference", "person", "service", "mailbox", "state", "created_at", "submitted_at", "finished_at")
    list_filter = ("state", "service", "person__category", ApplicantFilter)
    search_fields = ("reference", "person__number", "person__name", "person__passport_name", "mailbox__local_part")
    search_help_text = _("Application number, number, name, passport name or account name")
    list_select_related = ("person", "service", "mailbox")
    exclude = ("password_hash",)
    date_hierarchy = "created_at"


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "address", "state", "attempts", "due_at", "last_error", "created_at", "finished_at")
    list_filter = ("state", "kind")
    search_fields = ("address", "mailbox__person__number", "last_error")
    list_select_related = ("mailbox",)
    exclude = ("password_hash",)


@admin.register(Delegation)
class DelegationAdmin(ReadOnlyAdmin):
    list_display = ("mailbox", "delegate", "state", "rights", "starts_at", "ends_at", "given_at", "last_used_at")
    list_filter = ("state", "rights", "mailbox__service")
    search_fields = ("mailbox__local_part", "delegate__local_part", "mailbox__person__number", "delegate__person__number")
    list_select_related = ("mailbox", "delegate")


@admin.register(Forward)
class ForwardAdmin(ReadOnlyAdmin):
    list_display = ("mailbox", "target", "asked_at", "confirmed_at")
    search_fields = ("target", "mailbox__local_part", "mailbox__person__number")
    list_select_related = ("mailbox",)


@admin.register(ForwardRefusal)
class ForwardRefusalAdmin(ReadOnlyAdmin):
    """To be taken back here when whoever reads the address asks for that: they may then be asked again."""

    list_display = ("mailbox", "target", "refused_at")
    search_fields = ("target", "mailbox__local_part", "mailbox__person__number")
    list_select_related = ("mailbox",)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm("mailboxes.delete_forwardrefusal")
