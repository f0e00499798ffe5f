from django.urls import path

from demo import drive, views

urlpatterns = [
    path("", views.home, name="home"),
    path("people/", views.people, name="people"),
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("services/network/", views.online_services, name="online-services"),
    path("letters/", views.letters, name="letters"),
    path("staff/", views.staff_page, name="staff"),
    path("drive/", drive.usage, name="drive"),
    path("failing/", views.failing_links, name="failing"),
    path("failing/<slug:code>/", views.fail, name="fail"),
]
