from django.urls import include, path

urlpatterns = [
    path("", include("mailboxes.entering.urls")),
    path("", include("mailboxes.owning.urls")),
    path("", include("mailboxes.applying.urls")),
]
