from allauth.account.views import login, logout, signup
from django.contrib import admin
from django.urls import include, path

from accounts.views import admin_sign_in
from portal import health

admin.site.login = admin_sign_in  # type: ignore[method-assign, assignment]  # one rate-limited way in

urlpatterns = [
    path("", include("mailboxes.urls")),
    path("", include("accounts.urls")),
    path("sso/", include("sso_bridge.urls")),
    path("staff/sign-in/", login, name="account_login"),
    path("staff/sign-out/", logout, name="account_logout"),
    path("staff/sign-up/", signup, name="account_signup"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
]
