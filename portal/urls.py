from django.contrib import admin
from django.urls import include, path

from portal import health

urlpatterns = [
    path("", include("mailboxes.urls")),
    path("", include("accounts.urls")),
    path("sso/", include("sso_bridge.urls")),
    path("staff/", include("accounts.staff.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
]
