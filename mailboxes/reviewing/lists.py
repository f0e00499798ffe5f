"""The lists of the administration that belong to the desk of the reviewers."""

from django.contrib import admin

from accounts.listing import ListAdmin, ReadOnlyAdmin
from mailboxes.models import CautionName, ReasonTemplate, Remark, ReviewCase
from mailboxes.reviewing.cases import ReviewCaseAdmin

admin.site.register(ReviewCase, ReviewCaseAdmin)


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
