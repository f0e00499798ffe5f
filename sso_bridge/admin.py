from django.contrib import admin

from accounts.listing import ReadOnlyAdmin
from sso_bridge.models import Refusal, SpentToken


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
