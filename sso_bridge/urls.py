from django.urls import path

from sso_bridge import views

urlpatterns = [
    path("handoff/", views.handoff, name="handoff"),
]
