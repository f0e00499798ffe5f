from django.urls import path

from accounts import views
from accounts.contacts import views as contacts
from accounts.counties import views as counties

urlpatterns = [
    path("signed-out/", views.signed_out, name="signed-out"),
    path("log-out/", views.log_out, name="log-out"),
    path("logged-out/", views.logged_out, name="logged-out"),
    path("switch-user/", views.switch_user, name="switch-user"),
    path("language/", views.language, name="language"),
    path("configure/", views.configure, name="configure"),
    path("configure/helpdesk-code/", views.caller_code, name="caller-code"),
    path("configure/county/", counties.second_way, name="county-link"),
    path("configure/county/<int:pk>/", counties.remove_way, name="county-unlink"),
    path("configure/contacts/", contacts.contacts, name="contacts"),
    path("configure/contacts/<int:contact>/again/", contacts.ask_again, name="contact-again"),
    path("configure/contacts/<int:contact>/remove/", contacts.remove, name="contact-remove"),
    path("configure/contacts/confirm/", contacts.confirm, name="contact-confirm"),
    path("configure/contacts/undo-added/", contacts.undo, {"purpose": "contact-undo-added"}, name="contact-undo-added"),
    path(
        "configure/contacts/undo-removed/",
        contacts.undo,
        {"purpose": "contact-undo-removed"},
        name="contact-undo-removed",
    ),
    path("counties/", counties.choose, name="counties"),
    path("counties/<slug:code>/", counties.start, name="county"),
    path("counties/<slug:code>/callback/", counties.callback, name="county-callback"),
    path("policies/<slug:policy>/<slug:label>/", views.policy_text, name="policy-text"),
    path("help/", views.page, {"template": "accounts/help.html"}, name="help"),
    path("contact/", views.page, {"template": "accounts/contact.html"}, name="contact"),
    path("accessibility/", views.page, {"template": "accounts/accessibility.html"}, name="accessibility"),
    path("privacy/", views.page, {"template": "accounts/privacy.html"}, name="privacy"),
]
