from django.urls import path

from mailboxes.owning.views import (
    confirming,
    delegation,
    folders,
    forwarding,
    home,
    log,
    programs,
    sessions,
    vacation,
)

urlpatterns = [
    path("mail/config-v1.1.xml", programs.autoconfig, name="autoconfig"),
    path(".well-known/autoconfig/mail/config-v1.1.xml", programs.autoconfig),
    path("mail/profile/<str:token>.mobileconfig", programs.profile, name="mail-profile"),
    path("mail/<slug:service>/", home.mailbox, name="mailbox"),
    path("mail/<slug:service>/box/<slug:name>/", home.box, name="mailbox-box"),
    path("mail/<slug:service>/log/", log.log, name="mailbox-log"),
    path("mail/<slug:service>/log.csv", log.as_file, name="mailbox-log-file"),
    path("mail/<slug:service>/check-up/", log.check_up, name="check-up"),
    path("mail/<slug:service>/folders/<slug:folder>/empty/", folders.empty, name="empty-folder"),
    path("mail/<slug:service>/sessions/end/", sessions.end, name="end-sessions"),
    path("mail/<slug:service>/delegation/new/", delegation.offer, name="delegation-offer"),
    path("mail/<slug:service>/delegation/<int:pk>/", delegation.one, name="delegation"),
    path("mail/<slug:service>/ready/", home.ready, name="mailbox-ready"),
    path("mail/<slug:service>/settings/", programs.mail_settings, name="mail-settings"),
    path("mail/<slug:service>/settings/code.svg", programs.profile_code, name="mail-profile-code"),
    path("mail/<slug:service>/forwarding/", forwarding.forwarding, name="forwarding"),
    path("mail/<slug:service>/forwarding/add/", forwarding.add, name="forward-add"),
    path("mail/<slug:service>/forwarding/<int:forward>/again/", forwarding.ask_again, name="forward-again"),
    path("mail/<slug:service>/forwarding/<int:forward>/remove/", forwarding.remove, name="forward-remove"),
    path("mail/<slug:service>/vacation/", vacation.vacation, name="vacation"),
    path("forward/", confirming.confirm, name="forward-confirm"),
    path("forward/declined/", confirming.declined, name="forward-declined"),
]
