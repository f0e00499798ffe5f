from django.urls import include, path

from demo.county import views

urlpatterns = [
    path("", views.home, name="home"),
    # allauth's own name for it: its page of consent sends strangers there.
    path("sign-in/", views.sign_in, name="account_login"),
    path("sign-in/picture.svg", views.picture, name="picture"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("forgotten/<slug:what>/", views.forgotten, name="forgotten"),
    path("cncresource/api/v1/eduinfo", views.eduinfo, name="eduinfo"),
    path("", include("allauth.idp.urls")),
]
