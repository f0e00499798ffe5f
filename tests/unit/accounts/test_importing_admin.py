"""The administration's page of imports: upload, check by the worker, the button, and what came of it."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.importing import tasks, uploads
from accounts.models import AuditEvent, PeopleImport, Person
from portal.tasks import housekeeping
from tests.conftest import MakePerson, SignIn

ADD = "/admin/accounts/peopleimport/add/"
HEAD = "編號,姓名,護照姓名,類別,狀態\n"
WANG = 'z99999,王小明,"WANG,HSIAO-MING",教職員工,一般\n'
ANSWER = "asks again every two seconds"

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]


@pytest.fixture
def admin(db: None) -> Person:
    return Person.objects.create_superuser("admin", "a-long-enough-passphrase", name="陳管理")


@pytest.fixture
def browser(admin: Person, sign_in: SignIn) -> Client:
    return sign_in(admin)


def upload(browser: Client, content: bytes, name: str = "people.csv") -> HttpResponse:
    return browser.post(ADD, {"file": SimpleUploadedFile(name, content)}, follow=True)  # type: ignore[return-value]


def page_of(made: PeopleImport) -> str:
    return f"/admin/accounts/peopleimport/{made.pk}/change/"


def test_the_page_says_which_columns_there_are(browser: Client) -> None:
    page = browser.get(ADD)
    assertContains(page, "number, 編號, sub")
    assertContains(page, "SURNAME,GIVEN-NAMES in quotation marks")


def test_from_the_file_to_the_people(browser: Client, admin: Person) -> None:
    assertContains(upload(browser, (HEAD + WANG).encode("cp950")), "The file is being checked")
    made = PeopleImport.objects.get()
    assertContains(browser.get(page_of(made)), 'http-equiv="refresh"')

    tasks.run()
    page = browser.get(page_of(made))
    assertContains(page, "The file has no problems. Nobody has been imported yet.")
    assertContains(page, "<td>Big5</td>")
    assertNotContains(page, 'http-equiv="refresh"')
    assert not Person.objects.filter(number="z99999").exists()

    assertContains(browser.post(page_of(made), {"import": "yes"}, follow=True), "The people are being imported")
    tasks.run()
    assertContains(browser.get(page_of(made)), "All of them are imported.")
    assert Person.objects.get(number="z99999").name == "王小明"
    made.refresh_from_db()
    assert (made.state, bytes(made.content), made.new) == ("done", b"", 1)
    event = AuditEvent.objects.get(verb="people.imported")
    assert (event.actor, event.address) == (admin, "127.0.0.1")
    assert (event.details["file"], event.details["sha256"], event.details["new"]) == ("people.csv", made.sha256, 1)


def test_a_file_with_problems_imports_nobody_and_shows_each_in_both_languages(browser: Client) -> None:
    upload(browser, (HEAD + WANG + WANG + "z1,<b>=</b>,,guest,一般\n").encode())
    tasks.run()
    made = PeopleImport.objects.get()
    page = browser.get(page_of(made))
    assertContains(page, "Nobody was imported. Mend what stands below in the file")
    assertContains(page, "<tr><td>3</td><td>編號</td><td>The number z99999 is on line 2 already.")
    assertContains(page, "<tr><td>4</td><td>類別</td><td>Write staff or student")
    assert (made.state, bytes(made.content), made.problem_count) == ("refused", b"", 2)
    browser.post(page_of(made), {"import": "yes"})
    tasks.run()
    assert not Person.objects.filter(number="z99999").exists()


def test_of_very_many_problems_the_first_thousand_are_shown_and_the_rest_counted(browser: Client) -> None:
    upload(browser, (HEAD + "x\n" * 1200).encode())
    tasks.run()
    page = browser.get(page_of(PeopleImport.objects.get()))
    assertContains(page, "The line has 1 cells", count=1000)
    assertContains(page, "There are 200 more.")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04rubbish", "This is an archive or a workbook"),
        (b"x" * 21 * 1024 * 1024, "The file has 21.0 MB; 20 MB is the most."),
    ],
    ids=["nothing", "zip", "21 MB"],
)
def test_what_is_no_file_of_people_is_said_at_once(browser: Client, content: bytes, sentence: str) -> None:
    assertContains(upload(browser, content), sentence)
    assert not PeopleImport.objects.exists()


def test_no_file_at_all_is_said_so(browser: Client) -> None:
    assertContains(browser.post(ADD), "Choose the file to import.")


def test_a_name_of_a_file_is_shown_as_text_and_never_too_long(browser: Client) -> None:
    page = upload(browser, (HEAD + WANG).encode(), "<script>" + "x" * 300 + ".csv")
    assert len(PeopleImport.objects.get().file_name) <= 200
    assertNotContains(page, "<script>x")


# --- who may -------------------------------------------------------------------------------------------------------


@pytest.fixture
def clerk(make_person: MakePerson) -> Person:
    clerk = make_person("clerk", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_peopleimport"))
    return clerk


def test_whoever_may_only_look_sees_no_button_and_cannot_press_it(browser: Client, clerk: Person, sign_in: SignIn) -> None:
    upload(browser, (HEAD + WANG).encode())
    tasks.run()
    made = PeopleImport.objects.get()
    looking = sign_in(clerk)
    assertNotContains(looking.get(page_of(made)), "Import all of them")
    assert looking.post(page_of(made), {"import": "yes"}).status_code == 403
    assert looking.get(ADD).status_code == 403
    assert looking.post(ADD, {"file": SimpleUploadedFile("x.csv", b"x")}).status_code == 403
    made.refresh_from_db()
    assert made.state == "ready"


def test_a_right_taken_away_between_page_and_click_is_gone(clerk: Person, sign_in: SignIn) -> None:
    right = Permission.objects.get(codename="add_peopleimport")
    clerk.user_permissions.add(right)
    browser = sign_in(clerk)
    upload(browser, (HEAD + WANG).encode())
    tasks.run()
    made = PeopleImport.objects.get()
    assertContains(browser.get(page_of(made)), "Import all of them")
    clerk.user_permissions.remove(right)
    assert browser.post(page_of(made), {"import": "yes"}).status_code == 403


@pytest.mark.parametrize("path", [ADD, "/admin/accounts/peopleimport/", "/admin/accounts/peopleimport/1/change/"])
def test_nobody_else_sees_anything(path: str, wang: Person, sign_in: SignIn, client: Client) -> None:
    assertRedirects(client.get(path), f"/signed-out/?next={path}", fetch_redirect_response=False)
    assertRedirects(sign_in(wang).get(path), f"/admin/login/?next={path}", fetch_redirect_response=False)


def test_an_import_that_is_not_there_is_not_found(browser: Client) -> None:
    assert browser.get("/admin/accounts/peopleimport/99/change/").status_code == 404


# --- twice, never, and broken off ------------------------------------------------------------------------------------


@pytest.fixture
def ready(browser: Client) -> PeopleImport:
    upload(browser, (HEAD + WANG).encode())
    tasks.run()
    return PeopleImport.objects.get(state="ready")


def test_the_second_of_two_clicks_is_told_so_and_does_nothing(browser: Client, ready: PeopleImport) -> None:
    browser.post(page_of(ready), {"import": "yes"})
    assertContains(browser.post(page_of(ready), {"import": "yes"}, follow=True), "This was decided already")
    tasks.run()
    assertContains(browser.post(page_of(ready), {"drop": "yes"}, follow=True), "This was decided already")
    assert AuditEvent.objects.filter(verb="people.imported").count() == 1


def test_a_file_that_is_forgotten_is_gone(browser: Client, ready: PeopleImport) -> None:
    page = browser.post(page_of(ready), {"drop": "yes"}, follow=True)
    assertContains(page, "Nobody was imported, and the file is no longer kept.")
    ready.refresh_from_db()
    assert (ready.state, bytes(ready.content)) == ("dropped", b"")


def test_a_file_that_nobody_confirms_is_gone_after_a_day(ready: PeopleImport) -> None:
    housekeeping()
    ready.refresh_from_db()
    assert ready.state == "ready"
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        housekeeping()
    ready.refresh_from_db()
    assert (ready.state, bytes(ready.content)) == ("dropped", b"")


def test_the_database_keeps_no_file_of_an_import_that_is_over(ready: PeopleImport) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        PeopleImport.objects.filter(pk=ready.pk).update(state="done")
    with pytest.raises(IntegrityError), transaction.atomic():
        PeopleImport.objects.filter(pk=ready.pk).update(state="lost")


def test_two_workers_do_not_take_the_same_import_nor_two_imports_at_once(browser: Client) -> None:
    upload(browser, (HEAD + WANG).encode())
    upload(browser, (HEAD + WANG).encode())
    now = timezone.now()
    first = uploads.claim(now=now)
    assert first is not None
    assert uploads.claim(now=now) is None
    uploads.work(first, now=now)
    second = uploads.claim(now=now)
    assert second is not None
    assert second.pk != first.pk


def test_what_a_dead_worker_left_is_done_by_the_next_one_and_the_dead_one_writes_no_more(
    browser: Client, ready: PeopleImport
) -> None:
    browser.post(page_of(ready), {"import": "yes"})
    now = timezone.now()
    frozen = uploads.claim(now=now)
    later = uploads.claim(now=now + uploads.LEASE + timedelta(seconds=1))
    assert frozen is not None
    assert later is not None
    uploads.work(frozen, now=now)
    assert not Person.objects.filter(number="z99999").exists()
    uploads.work(later, now=now)
    assert Person.objects.filter(number="z99999").exists()


def test_an_import_that_breaks_off_three_times_is_given_up_with_a_sentence(
    browser: Client, ready: PeopleImport, make_person: MakePerson
) -> None:
    make_person("other", username="campus:z99999")
    browser.post(page_of(ready), {"import": "yes"})
    now = timezone.now()
    for attempt in range(3):
        claimed = uploads.claim(now=now + attempt * 2 * uploads.LEASE)
        assert claimed is not None
        with pytest.raises(DatabaseError), transaction.atomic():
            uploads.work(claimed, now=now)
    assert uploads.claim(now=now + 6 * uploads.LEASE) is None
    assertContains(browser.get(page_of(ready)), "Three attempts were broken off, and nobody was imported.")
    assert not AuditEvent.objects.filter(verb="people.imported").exists()


def test_how_far_it_is_can_be_watched(browser: Client) -> None:
    upload(browser, (HEAD + WANG).encode())
    made = PeopleImport.objects.get()
    cache.clear()
    assert uploads.lines_done(made) == 0
    tasks.run()
    assert uploads.lines_done(made) == 2
    assert made.lines == 2


def test_the_list_shows_every_import_and_the_way_to_a_new_one(browser: Client, ready: PeopleImport) -> None:
    assertContains(browser.get("/admin/accounts/peopleimport/"), "people.csv")
    assertContains(browser.get("/admin/accounts/peopleimport/"), "Add import of people")
