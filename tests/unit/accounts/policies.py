"""Policies of tests: a version in few words, and the form of the administration as a browser sends it."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import Policy, PolicyVersion

ADD = "/admin/accounts/policyversion/add/"
TEXTS = {"text_zh": "第一條　新的文字。", "text_en": "1. The new text."}


def version_of(slug: str, label: str, moment: datetime, **texts: str) -> PolicyVersion:
    policy = Policy.objects.get(slug=slug)
    return PolicyVersion.objects.create(policy=policy, label=label, in_force_from=moment, **(TEXTS | texts))


def page_of(version: PolicyVersion) -> str:
    return f"/admin/accounts/policyversion/{version.pk}/change/"


def adding(slug: str) -> str:
    return f"{ADD}?policy={Policy.objects.get(slug=slug).pk}"


def look(browser: Client, path: str, **values: Any) -> HttpResponse:
    """Send the form as it is on the page, but for these values."""
    page = browser.get(path)
    form = page.context["form"]
    sent = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    if isinstance(sent["in_force_from"], datetime):
        sent["in_force_from"] = timezone.localtime(sent["in_force_from"]).strftime("%Y-%m-%dT%H:%M")
    sent = {name: "" if value is None else value for name, value in sent.items()} | {"stamp": page.context["stamp"]}
    return browser.post(path, sent | values)


def save(browser: Client, path: str, seen: HttpResponse, **values: Any) -> Any:
    """Press the button of the page that tells what would happen."""
    kept = {name: seen.context[name] for name in ("stamp", "seen")}
    return browser.post(path, {**seen.context["form"].data.dict(), **kept, **values})


def write(browser: Client, slug: str, **values: Any) -> Any:
    path = adding(slug)
    return save(browser, path, look(browser, path, **values))
