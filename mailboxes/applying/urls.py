from django.urls import path

from mailboxes.applying.views import application, home, naming, reset, wizard

urlpatterns = [
    path("", home.home, name="home"),
    path("mail/<slug:service>/apply/", wizard.apply, name="apply"),
    path("mail/<slug:service>/policies/<slug:policy>/", wizard.policy, name="policy"),
    path("mail/<slug:service>/name/", naming.choose_name, name="choose-name"),
    path("mail/<slug:service>/name/check/", naming.check_name, name="check-name"),
    path("mail/<slug:service>/password/", wizard.set_password, name="set-password"),
    path("mail/<slug:service>/hold/", wizard.hold, name="hold"),
    path("mail/<slug:service>/cancel/", wizard.cancel, name="cancel"),
    path("mail/<slug:service>/reset/", reset.reset_password, name="reset-password"),
    path("applications/<slug:reference>/", application.application, name="application"),
    path("applications/<slug:reference>/answer/", application.answer, name="application-answer"),
]
