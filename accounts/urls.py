from django.urls import path

from accounts import views
from accounts.counties import views as counties

urlpatterns = [
    path("signed-out/", views.signed_out, name="signed-out"),
    path("log-out/", views.log_out, name="log-out"),
    path("logged-out/", views.logged_out, name="logged-out"),
    path("switch-user/", views.switch_user, name="switch-user"),
    path("language/", views.language, name="language"),
    path("configure/", views.configure, name="configure"),
    path("configure/county/", counties.second_way, name="county-link"),
    path("configure/county/<int:pk>/", counties.remove_way, name="county-unlink"),
    path("counties/", counties.choose, name="counties"),
    path("counties/<slug:code>/", counties.start, name="county"),
    path("counties/<slug:code>/callback/", counties.callback, name="county-callback"),
    path("policies/<slug:policy>/<slug:label>/", views.policy_text, name="policy-text"),
    path("help/", views.page, {"template": "accounts/help.html"}, name="help"),
    path("contact/", views.page, {"template": "accounts/contact.html"}, name="contact"),
    path("accessibility/", views.page, {"template": "accounts/accessibility.html"}, name="accessibility"),
    path("privacy/", views.page, {"template": "accounts/privacy.html"}, name="privacy"),
]
