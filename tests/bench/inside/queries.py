"""Counts the SQL statements of each request of a journey, through the whole middleware, in the portal's own process."""

import re
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mailboxes.models import Application
from mailboxes.provisioning import tasks
from tests.visits.campus import PASSWORD, Campus

AROUND = ("BEGIN", "COMMIT", "ROLLBACK")


def measure() -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    visit = Visit(counts)
    campus = Campus(Path(settings.HANDOFF_KEYS_FILE))
    visit.hand_over("hand-off, first visit", campus.token(90_001))
    visit.hand_over("hand-off, from an open session", campus.token(90_001))
    visit.get("home", "/")
    place = visit.get("apply (the door)", "/mail/mx/apply/")["Location"]
    while "/policies/" in place:
        page = visit.get("policy", place)
        place = visit.post("policy, agreed", place, version=field(page, "version"), decision="agree")["Location"]
    names = visit.get("name", place)
    place = visit.post("name, chosen", place, name=field(names, "name"))["Location"]
    visit.get("password", place)
    place = visit.post("Apply", place, password=PASSWORD, password_again=PASSWORD)["Location"]
    visit.get("progress", place)
    mailbox = Application.objects.get(reference=place.split("/")[2]).mailbox
    assert mailbox is not None
    for job in mailbox.jobs.all():
        tasks.run(job.pk)
    for name, path in (("ready", "ready/"), ("my mailbox", ""), ("reset", "reset/"), ("mail settings", "settings/")):
        visit.get(name, f"/mail/mx/{path}")
    visit.post("reset, done", "/mail/mx/reset/", password=f"{PASSWORD}-2", password_again=f"{PASSWORD}-2")
    return counts


class Visit:
    """A browser that writes down what each of its requests asked of the database; of several alike the most."""

    def __init__(self, counts: dict[str, dict[str, int]]) -> None:
        self.client = Client(headers={"accept-language": "zh-TW"}, SERVER_NAME="127.0.0.1")
        self.counts = counts

    def get(self, step: str, path: str) -> HttpResponse:
        return self._counted(step, "get", path, {})

    def post(self, step: str, path: str, **fields: str) -> HttpResponse:
        answer = self._counted(step, "post", path, fields)
        assert answer.status_code == 302, (step, answer.content.decode())
        return answer

    def hand_over(self, step: str, token: str) -> None:
        assert self._counted(step, "post", "/sso/handoff/", {"token": token}).status_code == 303

    def _counted(self, step: str, method: str, path: str, fields: dict[str, str]) -> HttpResponse:
        with CaptureQueriesContext(connection) as asked:
            answer: HttpResponse = getattr(self.client, method)(path, fields)
        assert answer.status_code < 400, (step, answer.status_code, answer.content.decode())
        around = sum(query["sql"].startswith(AROUND) for query in asked.captured_queries)
        count = {"statements": len(asked) - around, "around": around}
        self.counts[step] = max(count, self.counts.get(step, count), key=lambda each: each["statements"])
        # Into the log of the run, for whoever asks what they are.
        print("".join(f"{step}: {query['sql']}\n" for query in asked.captured_queries))
        return answer


def field(page: HttpResponse, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())
    assert found is not None, (name, page.content.decode())
    return found[1]
