from django.urls import path

from mailboxes.owning import views

urlpatterns = [
    path("mail/config-v1.1.xml", views.autoconfig, name="autoconfig"),
    path(".well-known/autoconfig/mail/config-v1.1.xml", views.autoconfig),
    path("mail/profile/<str:token>.mobileconfig", views.profile, name="mail-profile"),
    path("mail/<slug:service>/", views.mailbox, name="mailbox"),
    path("mail/<slug:service>/ready/", views.ready, name="mailbox-ready"),
    path("mail/<slug:service>/settings/", views.mail_settings, name="mail-settings"),
    path("mail/<slug:service>/settings/code.svg", views.profile_code, name="mail-profile-code"),
]
