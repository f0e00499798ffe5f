"""Administrators write, change and withdraw versions of one policy at once: one of them does, the others are told."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.agreements import versions
from accounts.models import AuditEvent, Person, Policy, PolicyVersion
from mailboxes.models import MailService

ROUNDS = 5
TEXTS = {"text_zh": "第一條", "text_en": "1."}


def outcome(do: Callable[[], Any], together: Barrier) -> str:
    try:
        together.wait(timeout=60)
        do()
    except versions.Outdated:
        return "too late"
    else:
        return "done"
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", range(ROUNDS))
def test_one_of_them_stands(services: dict[str, MailService], wang: Person, number: int) -> None:
    now, policy = timezone.now(), Policy.objects.get(slug="network")
    later = {**TEXTS, "in_force_from": now + timedelta(days=1)}
    draft = PolicyVersion.objects.create(policy=policy, label="draft", **later)
    seen = {"stamp": versions.stamp_of(policy, now=now), "actor": wang, "address": None, "now": now}
    again = PolicyVersion.objects.select_related("policy").get(pk=draft.pk)
    deeds: list[Callable[[], Any]] = [
        lambda: versions.write(policy, {"label": "one", **TEXTS, "in_force_from": None}, **seen),
        lambda: versions.write(policy, {"label": "two", **TEXTS, "in_force_from": None}, **seen),
        lambda: versions.change(draft, {"label": "three", **later}, **seen),
        lambda: versions.withdraw(again, **seen),
    ]
    together = Barrier(len(deeds))
    with ThreadPoolExecutor(len(deeds)) as threads:
        outcomes = Counter(threads.map(lambda do: outcome(do, together), deeds))
    assert outcomes == {"done": 1, "too late": 3}
    assert AuditEvent.objects.count() == 1
    labels = sorted(PolicyVersion.objects.filter(policy=policy).values_list("label", flat=True))
    assert labels in (["2026-08", "draft", "one"], ["2026-08", "draft", "two"], ["2026-08", "three"], ["2026-08"])
