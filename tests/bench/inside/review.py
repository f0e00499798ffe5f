"""Times the page of the review queue with 10,000 and with 1,000,000 applications that wait, and then a search among the
people who wait, in a database of its own on PostgreSQL.

Each page is asked for as a reviewer's browser does, but without a server between; its queries are counted.
"""

import time
from statistics import median
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.models import Max
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Person
from mailboxes.models import Application, Mailbox, MailService
from tests.bench.inside.copies import copy_rows
from tests.conftest import Browser

FEW, MANY = 10_000, 1_000_000
TIMES = 40
QUEUE, PEOPLE = "/admin/mailboxes/reviewcase/", "/admin/accounts/person/"
SURNAMES = "陳林黃張李王吳劉蔡楊許鄭謝洪郭邱曾廖賴徐"
GIVEN = "家怡雅淑志俊明建美華文宏信玉玲婷豪傑偉芳惠宗佳慧君英欣宜庭軒"
SYLLABLES = ["CHIA", "YI", "YA", "SHU", "CHIH", "CHUN", "MING", "CHIEN", "MEI", "HUA", "WEN", "HSIN", "YU", "LING", "TING"]
FAMILIES = ["CHEN", "LIN", "HUANG", "CHANG", "LI", "WANG", "WU", "LIU", "TSAI", "YANG", "HSU", "CHENG", "HSIEH", "KUO"]
WORDS = ("王", "志明", "怡君", "王志明", "wang", "chih-ming", "lin shu", "12345", "100777", "m4242", "nobody")
# Half of those who wait have a warning; what is rare is so as often among few as among many, and at the end of the queue.
FILTERS = (
    "",
    "state=all",
    "state=asked",
    "service=%(service)s",
    "warning=caution",
    "warning=second",
    "condition=%(rare)s",
    "unit=%(unit)s",
    "unit=Unit 7",
    "after=%(middle)s",
)
UNITS = 500
RARE, RARE_CONDITION, RARE_UNIT = 60, "退休", "Institute of rare things"


def measure() -> dict[str, Any]:
    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("migrate", verbosity=0)
    call_command("seed", "demo/portal-seed.json", verbosity=0)
    MailService.objects.filter(slug="mx").update(review="always")
    client = Browser()
    client.force_login(Person.objects.create_superuser("reviewer"))
    _wait(_first(), FEW)
    few = _pages(client)
    _wait(Application.objects.latest("pk"), MANY - FEW)
    many = _pages(client)
    return {
        "few": few,
        "many": many,
        "queries": max(_queries(client, path) for path in _paths()),
        "counts": any("COUNT(" in query for path in _paths() for query in _asked(client, path)),
        "search": {word: median(_times(client, f"{PEOPLE}?q={word}")) for word in WORDS},
        "search in the queue": {word: median(_times(client, f"{QUEUE}?q={word}")) for word in WORDS},
    }


def _first() -> Application:
    service, now = MailService.objects.get(slug="mx"), timezone.now()
    person = Person.objects.create(
        source="campus", subject="m0", username="campus:m0", number="m0", name="林美華", category="staff", condition="一般"
    )
    who = {"service": service, "person": person}
    box = Mailbox.objects.create(**who, local_part="q0q", domain=service.domain, stem="q0q", stem_number=1)
    return Application.objects.create(
        **who, mailbox=box, state="review", submitted_at=now, queued_at=now, password_hash="x", warnings="caution"
    )


def _wait(like: Application, count: int) -> None:
    """``count`` more people who wait, one after the other, each with a name of their own, half of them with a warning."""
    people, boxes = (model._default_manager.aggregate(last=Max("pk"))["last"] for model in (Person, Mailbox))
    number = f"({people} + i)"
    name = f"{_sign(SURNAMES, number, 1)} || {_sign(GIVEN, number, 20)} || {_sign(GIVEN, number, 600)}"
    passport = (
        f"{_word(FAMILIES, number, 1)} || ',' || {_word(SYLLABLES, number, 20)} || '-' || {_word(SYLLABLES, number, 400)}"
    )
    subject = f"'m' || {number}"
    copy_rows(
        Person, like.person, count,
        subject=subject, username=f"'campus:' || {subject}", number=subject, name=name, passport_name=passport,
    )  # fmt: skip
    box = {"local_part": f"'q' || {number} || 'q'", "stem": f"'q' || {number} || 'q'", "person_id": number}
    assert like.mailbox is not None
    copy_rows(Mailbox, like.mailbox, count, **box)
    waits = {
        "reference": f"'B-' || {number}",
        "person_id": number,
        "mailbox_id": f"{boxes} + i",
        "queued_at": "queued_at + i * interval '1 second'",
        "warnings": "CASE WHEN i % 2 = 0 THEN 'caution' ELSE '' END",
        "queued_unit": f"'Unit ' || i % {UNITS}",
    }
    copy_rows(Application, like, count, **waits)
    _to_the_end()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as PostgreSQL does by itself after a while


def _to_the_end() -> None:
    """The rare ones, always the same."""
    everybody = list(Application.objects.order_by("pk").values_list("pk", flat=True)[1 : 1 + 2 * RARE])
    asked, others = everybody[:RARE], everybody[RARE:]
    last = Application.objects.aggregate(last=Max("queued_at"))["last"]
    Application.objects.filter(pk__in=asked).update(state="asked", queued_at=last)
    rare = {"warnings": "caution second", "queued_condition": RARE_CONDITION, "queued_unit": RARE_UNIT}
    Application.objects.filter(pk__in=others).update(queued_at=last, **rare)


def _sign(signs: str, number: str, step: int) -> str:
    return f"substr('{signs}', 1 + ({number} / {step}) % {len(signs)}, 1)"


def _word(words: list[str], number: str, step: int) -> str:
    return f"(ARRAY{words})[1 + ({number} / {step}) % {len(words)}]"


def _paths() -> list[str]:
    middle = Application.objects.order_by("pk")[Application.objects.count() // 2]
    facts = {
        "service": MailService.objects.get(slug="mx").pk,
        "rare": RARE_CONDITION,
        "unit": RARE_UNIT,
        "middle": f"{middle.queued_at:%Y-%m-%dT%H:%M:%S.%fZ}~{middle.pk}",
    }
    return [f"{QUEUE}?{each % facts}" for each in FILTERS]


def _pages(client: Client) -> dict[str, float]:
    """The best of many, for the machine has other work too."""
    return {name: min(_times(client, path)) for name, path in zip(FILTERS, _paths(), strict=True)}


def _times(client: Client, path: str) -> list[float]:
    """Of some answers, each in milliseconds."""
    taken = []
    for _ in range(TIMES):
        started = time.perf_counter()
        assert client.get(path).status_code == 200, path
        taken.append(1000 * (time.perf_counter() - started))
    return taken


def _asked(client: Client, path: str) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
    return [query["sql"] for query in asked.captured_queries]


def _queries(client: Client, path: str) -> int:
    return len(_asked(client, path))
