"""Importing people by the command: all of a file or nothing, and what becomes of who is there already."""

import getpass
import io
from hashlib import sha256
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts import people
from accounts.importing import services
from accounts.importing.problems import Problem
from accounts.models import AuditEvent, Person
from accounts.people import PersonData
from mailboxes import shelf
from mailboxes.models import MailService
from tests.conftest import MakePerson

HEAD = "編號,姓名,護照姓名,類別,狀態,單位,語言\n"
WANG = 'z99999,王小明,"WANG,HSIAO-MING",教職員工,一般,資訊系統所,en\n'
LIN = 'r10001,林淑芬,"LIN,SHU-FEN",教職員工,退休,,\n'

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(HEAD + WANG + LIN)
    return path


def run(file: Path, *, dry_run: bool = False) -> str:
    said = io.StringIO()
    call_command("import_people", str(file), dry_run=dry_run, stdout=said)
    return said.getvalue()


def from_campus(condition: str, name: str = "王小明") -> Person:
    """As the hand-off brings them."""
    return people.bring_up_to_date(
        PersonData(
            source="campus", subject="z99999", number="z99999", name=name, passport_name="WANG,HSIAO-MING",
            category="staff", condition=condition, unit="資訊系統所", language="zh-hant",
        )
    )  # fmt: skip


@time_machine.travel("2026-11-22 10:00+08:00", tick=False)
def test_everybody_in_the_file_becomes_a_person_and_one_event_says_so(file: Path) -> None:
    assert run(file).splitlines() == [
        "Recognised as UTF-8.",
        "To import: 2 people, 2 new, 0 changed, 0 the same.",
        "Imported: 2 people, 2 new, 0 changed, 0 the same.",
    ]
    wang = Person.objects.get(source="campus", subject="z99999")
    assert (wang.username, wang.number, wang.name) == ("campus:z99999", "z99999", "王小明")
    assert (wang.passport_name, wang.category, wang.condition) == ("WANG,HSIAO-MING", "staff", "一般")
    assert (wang.unit, wang.entry_year, wang.language) == ("資訊系統所", None, "en")
    assert not wang.has_usable_password()
    assert wang.imported_at is not None
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor, event.person) == ("people.imported", None, None)
    assert event.details == {
        "file": "people.csv",
        "sha256": sha256(file.read_bytes()).hexdigest(),
        "encoding": "UTF-8",
        "new": 2,
        "changed": 0,
        "same": 0,
        "by": getpass.getuser(),
    }


def test_a_dry_run_says_what_would_happen_and_changes_nothing(file: Path, make_person: MakePerson) -> None:
    make_person("z99999", name="王大明")
    before = list(Person.objects.values())
    assert "To import: 2 people, 1 new, 1 changed, 0 the same." in run(file, dry_run=True)
    assert list(Person.objects.values()) == before
    assert not AuditEvent.objects.exists()


def test_a_second_import_changes_nobody(file: Path) -> None:
    run(file)
    before = list(Person.objects.values())
    assert "Imported: 2 people, 0 new, 0 changed, 2 the same." in run(file)
    assert list(Person.objects.values()) == before


def test_one_problem_keeps_everybody_out_and_every_problem_is_told(file: Path) -> None:
    file.write_text(HEAD + WANG + "z 1,,,staff,一般,,\n" + LIN + WANG)
    said = io.StringIO()
    with pytest.raises(CommandError, match=r"Problems: 3\. Nobody was imported"):
        call_command("import_people", str(file), stdout=said)
    assert said.getvalue().splitlines() == [
        "line 3, column 編號: A number is 1 to 32 characters of A–Z, a–z, 0–9, “_” and “-”. Write it as the campus does.",
        "line 3, column 姓名: The cell is empty. Fill it in.",
        "line 5, column 編號: The number z99999 is on line 2 already. Delete one of the two lines.",
        "Recognised as UTF-8.",
    ]
    assert not Person.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "The file is empty."), (b"PK\x03\x04", "an archive or a workbook"), (b"x" * 21 * 1024 * 1024, "has 21.0 MB")],
    ids=["nothing", "zip", "21 MB"],
)
def test_what_is_no_file_of_people_is_refused_in_a_sentence(file: Path, content: bytes, sentence: str) -> None:
    file.write_bytes(content)
    with pytest.raises(CommandError, match=rf"{sentence}.* Nobody was imported\."):
        run(file)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"missing\.csv cannot be read: No such file or directory\."):
        run(tmp_path / "missing.csv")


def test_how_far_it_is_stands_on_standard_error(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(file)
    assert capsys.readouterr().err == "3 lines checked\n3 lines imported\n"


# --- who is there already ------------------------------------------------------------------------------------------


def test_somebody_who_came_by_the_campus_is_brought_up_to_date_and_not_doubled(file: Path) -> None:
    known = from_campus("一般", name="王大明")
    run(file)
    wang = Person.objects.get(number="z99999")
    assert (wang.pk, wang.name, wang.imported_at) == (known.pk, "王小明", None)
    assert wang.language == "zh-hant", "their own choice, or the campus's first guess, stays"


def test_a_column_that_is_not_there_changes_nothing(file: Path) -> None:
    from_campus("一般")
    file.write_text("number,name,name_en,category,condition\nz99999,王小明,,staff,退休\n")
    assert "1 changed" in run(file)
    wang = Person.objects.get(number="z99999")
    assert (wang.unit, wang.passport_name, wang.condition) == ("資訊系統所", "", "退休")


def test_a_closed_account_stays_closed(file: Path) -> None:
    Person.objects.filter(pk=from_campus("一般").pk).update(is_active=False)
    run(file)
    assert not Person.objects.get(number="z99999").is_active


def test_people_of_a_county_and_local_administrators_are_never_meant(file: Path, teacher: Person) -> None:
    admin = Person.objects.create_superuser("z99999", "a-long-enough-passphrase")
    before = list(Person.objects.filter(pk__in=[teacher.pk, admin.pk]).order_by("pk").values())
    file.write_text(HEAD + WANG + WANG.replace("z99999", "aa1234"))
    assert "2 new" in run(file)
    assert list(Person.objects.filter(pk__in=[teacher.pk, admin.pk]).order_by("pk").values()) == before


def test_whoever_left_between_import_and_sign_in_is_judged_by_the_campus(
    file: Path, services: dict[str, MailService]
) -> None:
    run(file)
    imported = Person.objects.get(number="z99999")
    assert next(slot for slot in shelf.of(imported) if slot.service.slug == "mx").eligible
    came = from_campus("離職")
    assert came.pk == imported.pk
    assert not next(slot for slot in shelf.of(came) if slot.service.slug == "mx").eligible
    assert Person.objects.filter(number="z99999").count() == 1


def test_an_imported_person_has_no_way_in_but_the_campus(file: Path, client: Client) -> None:
    run(file)
    client.post("/staff/sign-in/", {"login": "campus:z99999", "password": "!"})
    assert "_auth_user_id" not in client.session


# --- all or nothing ------------------------------------------------------------------------------------------------


def content_of(count: int) -> bytes:
    lines = "".join(f"n{number},王小明,,staff,一般,,\n" for number in range(count))
    return (HEAD + lines).encode()


def write(content: bytes) -> services.Report:

    return services.write(content, actor=None, address=None, file_name="x", now=timezone.now(), progress=lambda lines: None)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_refuses_the_last_person_has_none_of_them(file: Path, make_person: MakePerson) -> None:
    """Somebody else has the sign-in name of the last one, whom no check can see coming."""
    make_person("other", username="campus:n1500")
    file.write_bytes(content_of(1501))
    with pytest.raises(CommandError, match=r"The database refuses somebody in the file: .*username.* Nobody was imported\."):
        run(file)
    assert [person.subject for person in Person.objects.all()] == ["other"]
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_file_with_a_problem_at_its_end_cannot_be_written_even_unchecked() -> None:
    with pytest.raises(ValueError, match="Line 1502: cells"):
        write(content_of(1500) + b"x\n")
    assert not Person.objects.exists()


def test_many_people_are_counted_right() -> None:
    assert write(content_of(2500)).counts() == {"new": 2500, "changed": 0, "same": 0}
    told: list[Problem] = []
    steps: list[int] = []
    changed = content_of(2600).replace(b"n7,\xe7", b"n7,\xe6\x9d\x8e\xe7")
    report = services.check(changed, tell=told.append, progress=steps.append)
    assert (report.counts(), told) == ({"new": 100, "changed": 1, "same": 2499}, [])
    assert steps == [1001, 2001, 2601]
    assert write(changed).counts() == {"new": 100, "changed": 1, "same": 2499}
    assert Person.objects.count() == 2600
