from django.urls import path

from mailboxes.entering import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="mailbox-sign-in"),
]
