from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from sso_bridge.models import Refusal, SpentToken


class ReadOnlyAdmin(admin.ModelAdmin[models.Model]):
    """To look things up: what these tables say is evidence."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


@admin.register(Refusal)
class RefusalAdmin(ReadOnlyAdmin):
    list_display = ("reference", "code", "subject", "address", "issuer", "happened_at")
    list_filter = ("code", "issuer")
    search_fields = ("reference", "subject", "address")
    date_hierarchy = "happened_at"


@admin.register(SpentToken)
class SpentTokenAdmin(ReadOnlyAdmin):
    list_display = ("jti", "issuer", "expires_at")
    list_filter = ("issuer",)
    search_fields = ("jti",)
