"""Imports 100,000 people into an empty database as manage.py import_people does, and then once more with nothing changed."""

import io
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from django.core.management import call_command

from accounts.models import Person
from tests.bench import processes

PEOPLE = 100_000
HEAD = "編號,姓名,護照姓名,類別,狀態,單位,入學年,語言\r\n"


def measure() -> dict[str, Any]:
    call_command("migrate", verbosity=0)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "people.csv"
        with file.open("w", encoding="utf-8-sig", newline="") as lines:
            lines.write(HEAD)
            lines.writelines(
                f's{number},王小明,"WANG,HSIAO-MING",學生,校,資訊工程學系,{number % 100 + 1},\r\n'
                for number in range(PEOPLE)
            )
        first, again = _seconds(file), _seconds(file)
    assert Person.objects.count() == PEOPLE, Person.objects.count()
    peak = processes.megabytes(os.getpid(), "VmHWM") if processes.READABLE else None
    return {"people": PEOPLE, "first": first, "again": again, "peak": peak}


def _seconds(file: Path) -> float:
    """From the start of the check to the end of the transaction."""
    started = time.perf_counter()
    call_command("import_people", str(file), stdout=io.StringIO())
    return time.perf_counter() - started
