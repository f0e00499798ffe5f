"""The export, checked as docs/audit.md tells an auditor to: by its own few lines of Python, outside of the portal."""

import json
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEvent, Retention
from tests.unit.accounts.auditing.by_hand import execute
from tests.unit.accounts.auditing.conftest import Happened, anchor, seal
from tests.unit.accounts.auditing.test_pruning import prune

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
DOCS = Path(__file__).resolve().parents[4] / "docs" / "audit.md"


def export(first: str = "2026-01-01", last: str = "2026-12-31") -> str:
    said = StringIO()
    call_command("audit", "export", "--from", first, "--until", last, stdout=said)
    return said.getvalue()


def recipe(lines: str) -> list[str]:
    """What the program in the docs says of them."""
    [program] = re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL)
    done = subprocess.run([sys.executable, "-c", program], input=lines, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_an_auditor_checks_it_by_the_program_in_the_docs(sealed: list[AuditEvent]) -> None:
    lines = export()
    assert recipe(lines) == [f"ends at {anchor()}"]
    head, *links = map(json.loads, lines.splitlines())
    assert head == {"before": "0" * 64, "links": 7}
    assert links[2]["event"]["details"] == {"姓名": "王小明", "number": 2, "before": {"b": None, "a": [1.5, True]}}
    assert links[2]["event"]["address"] == "2001:db8::7"
    event = AuditEvent.objects.get(verb="audit.exported")
    assert event.details == {"since": "2026-01-01", "until": "2026-12-31"}


def test_what_was_changed_after_the_export_or_before_it_is_seen(sealed: list[AuditEvent]) -> None:
    lines = export()
    assert recipe(lines.replace('"number":3,"姓名"', '"number":4,"姓名"')) == [
        f"changed: event {sealed[3].pk}",
        f"ends at {anchor()}",
    ]
    without = "".join(line for line in lines.splitlines(keepends=True) if json.loads(line).get("number") != 4)
    assert recipe(without) == ["changed: link 5", f"ends at {anchor()}"]
    execute("UPDATE accounts_auditevent SET mailbox = '' WHERE id = %s", sealed[5].pk)
    assert recipe(export()) == [f"changed: event {sealed[5].pk}", f"ends at {anchor()}"]


def test_some_days_stand_on_what_came_before(sealed: list[AuditEvent]) -> None:
    lines = export("2026-11-16", "2026-11-18")
    assert len(recipe(lines)) == 1
    head, *links = map(json.loads, lines.splitlines())
    assert [link["number"] for link in links] == [3, 4, 5]
    assert head["before"] != "0" * 64
    assert export("2020-01-01", "2020-12-31") == ""


def test_an_event_that_has_had_its_time_leaves_its_link(happened: Happened) -> None:
    for days in (60, 50, 40, 8, 7, 6, 5):
        happened(days=days)
    Retention.objects.create(verb="application.pending", days=30)
    seal()
    prune()
    lines = export()
    assert [json.loads(line)["event"] is None for line in lines.splitlines()[1:8]] == [True] * 3 + [False] * 4
    assert recipe(lines)[-1] == f"ends at {anchor()}"


@pytest.mark.parametrize("options", [["--from", "2026-02-30", "--until", "2026-12-31"], ["--from", "x", "--until", "x"]])
def test_a_day_that_is_none_is_refused(options: list[str], db: None) -> None:
    with pytest.raises(CommandError, match="write a day as 2026-01-31"):
        call_command("audit", "export", *options)


@pytest.mark.parametrize("text", ["12", "12:zz", "x:" + "0" * 64, "12:" + "0" * 63])
def test_an_anchor_that_is_none_is_refused(text: str, db: None) -> None:
    with pytest.raises(CommandError, match="as “audit anchor” printed it"):
        call_command("audit", "verify", "--anchor", text)
