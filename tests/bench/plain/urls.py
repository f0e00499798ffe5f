from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path


def page(request: HttpRequest) -> HttpResponse:
    """The session and, by one query, the person that it belongs to."""
    return render(request, "page.html")


urlpatterns = [path("", page)]
