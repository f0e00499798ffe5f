"""登入資訊 and 使用者紀錄查詢: what the owner of a mailbox sees of sign-ins and of what happened to the account."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from mmdb_writer import MMDBWriter
from netaddr import IPSet
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts import audit
from accounts.exporting import as_csv
from accounts.models import Person
from mailboxes import states
from mailboxes.logins import countries
from mailboxes.models import Job, LoginRecord, Mailbox, MailService
from mailboxes.verbs import OF_A_MAILBOX
from tests.conftest import SUSPENDED, SignIn

KEY = "key-of-the-mail-server-0123456789"
BOX, LOG, FILE = "/mail/mx/box/logins/", "/mail/mx/log/", "/mail/mx/log.csv"
Told = Callable[..., LoginRecord]


@pytest.fixture
def mailbox(services: dict[str, MailService], wang: Person, settings: LazySettings) -> Mailbox:
    """Of 王小明, on a mail server that tells of sign-ins."""
    settings.MAIL_EVENTS_KEY = KEY
    MailService.objects.update(store="dovecot")
    return Mailbox.objects.create(
        service=services["mx"], person=wang, local_part="hmwang", domain="mx.nthu.edu.tw",
        stem="hmwang", stem_number=1, state="active", active_at=timezone.now(),
    )  # fmt: skip


@pytest.fixture
def told(mailbox: Mailbox) -> Told:
    def tell(*, ago: timedelta = timedelta(minutes=5), **fields: Any) -> LoginRecord:
        known = {"mailbox": mailbox, "succeeded": True, "protocol": "imap", "address": "203.0.113.7"}
        return LoginRecord.objects.create(**(known | {"happened_at": timezone.now() - ago} | fields))

    return tell


@pytest.fixture
def of_countries(tmp_path: Path, settings: LazySettings) -> Path:
    """A real database: one network of Taiwan, one of Japan, one of nobody."""
    writer = MMDBWriter(6, "Test-Country", languages=["en"], ipv4_compatible=True)
    for network, code in (("203.0.113.0/24", "TW"), ("2001:db8:9::/48", "JP")):
        writer.insert_network(IPSet([network]), {"country": {"iso_code": code}})
    writer.insert_network(IPSet(["198.51.100.0/24"]), {"continent": {"code": "EU"}})
    writer.to_db_file(str(tmp_path / "countries.mmdb"))
    settings.COUNTRY_DATABASE = tmp_path / "countries.mmdb"
    return tmp_path / "countries.mmdb"


# --- the box -----------------------------------------------------------------------------------------------------


def test_the_box_shows_the_last_five_of_each_kind(as_wang: Client, told: Told) -> None:
    for number in range(7):
        told(ago=timedelta(hours=number), address=f"203.0.113.{number}")
        told(ago=timedelta(hours=number), address=f"198.51.100.{number}", succeeded=False, protocol="smtp")
    page = as_wang.get(BOX)
    successes, _, failures = page.content.decode().partition("Last failed log-ins")
    assert [f"203.0.113.{number}<" in successes for number in range(7)] == [True] * 5 + [False] * 2
    assert [f"198.51.100.{number}<" in failures for number in range(7)] == [True] * 5 + [False] * 2
    assert (successes.count(">IMAP<"), failures.count(">SMTP<")) == (5, 5)
    assertContains(page, 'href="/mail/mx/check-up/"')


def test_the_box_says_that_there_are_none(as_wang: Client, mailbox: Mailbox) -> None:
    assertContains(as_wang.get(BOX), "None in the last 30 days.", count=2)


def test_a_right_password_of_a_suspended_owner_stands_among_the_failures(as_wang: Client, told: Told) -> None:
    told(succeeded=False, suspended=True)
    failures = as_wang.get(BOX).content.decode().partition("Last failed log-ins")[2]
    assert "203.0.113.7" in failures
    assert ">Suspended<" in failures
    assertContains(as_wang.get(LOG, {"kind": "failures"}), "IMAP: right password, but suspended")


@pytest.mark.parametrize("change", [{"MAIL_EVENTS_KEY": ""}, {"store": "maildir"}])
def test_it_says_so_where_the_mail_system_does_not_tell(
    as_wang: Client, told: Told, settings: LazySettings, change: dict[str, str], tmp_path: Path
) -> None:
    told()
    settings.MAIL_EVENTS_KEY, settings.MAILDIR_ROOT = change.get("MAIL_EVENTS_KEY", KEY), tmp_path
    MailService.objects.update(store=change.get("store", "dovecot"))
    for path, query in ((BOX, {}), (LOG, {"kind": "failures"}), (LOG, {"kind": "successes"})):
        page = as_wang.get(path, query)
        assertContains(page, "does not tell the portal of sign-ins")
        assertNotContains(page, "203.0.113.7")
    assert as_wang.get(FILE, {"kind": "successes"}).status_code == 404


def test_nobody_sees_the_log_ins_of_another(told: Told, professor: Person, sign_in: SignIn, mailbox: Mailbox) -> None:
    told()
    theirs = Mailbox.objects.create(
        service=mailbox.service, person=professor, local_part="sflin", domain="mx.nthu.edu.tw",
        stem="sflin", stem_number=1, state="active", active_at=timezone.now(),
    )  # fmt: skip
    audit.record("mailbox.password-asked", person=professor, actor=professor, mailbox=theirs.address)
    client = sign_in(professor)
    for path, query in ((BOX, {}), (LOG, {"kind": "successes"}), (FILE, {"kind": "successes"})):
        assert b"203.0.113.7" not in content(client.get(path, query))
    assertContains(client.get(LOG), "New password asked for", count=1)


def test_it_is_for_whoever_has_a_mailbox(as_wang: Client, client: Client) -> None:
    for path in (BOX, LOG, FILE, "/mail/mx/check-up/"):
        assertRedirects(as_wang.get(path), "/mail/mx/apply/", fetch_redirect_response=False)
        assert client.get(path).headers["Location"].startswith("/signed-out/")


def content(answer: Any) -> bytes:
    return answer.getvalue() if answer.streaming else answer.content


# --- countries ---------------------------------------------------------------------------------------------------


def test_the_country_is_named_in_the_language_of_the_reader(as_wang: Client, told: Told, of_countries: Path) -> None:
    told()
    told(address="2001:db8:9::1", ago=timedelta(hours=1))
    page = as_wang.get(BOX)
    assertContains(page, ">Taiwan<")
    assertContains(page, ">Japan<")
    as_wang.post("/language/", {"language": "zh-hant"})
    page = as_wang.get(BOX)
    assertContains(page, ">臺灣<")
    assertContains(page, ">日本<")


@pytest.mark.parametrize("address", [None, "127.0.0.1", "10.1.2.3", "198.51.100.1", "fe80::1"])
def test_an_address_of_no_country_has_none(of_countries: Path, address: str | None) -> None:
    assert countries.name(address) == ""


def test_a_database_that_is_gone_or_broken_leaves_the_country_out(of_countries: Path, as_wang: Client, told: Told) -> None:
    told()
    of_countries.write_bytes(b"no database")
    assertContains(as_wang.get(BOX), "203.0.113.7")
    of_countries.unlink()
    assertContains(as_wang.get(BOX), "203.0.113.7")


def test_every_country_has_a_name_in_both_languages() -> None:
    names = countries._names()
    assert len(names) == 250
    assert all(english and chinese and english.isprintable() for english, chinese in names.values())
    assert names["TW"] == ("Taiwan", "臺灣")


# --- the log -----------------------------------------------------------------------------------------------------


def test_account_management_is_told_in_words_with_time_and_address(as_wang: Client, wang: Person, mailbox: Mailbox) -> None:
    admin = Person.objects.create(source="local", subject="admin", username="local:admin")
    audit.record("mailbox.password-asked", person=wang, actor=wang, mailbox=mailbox.address, address="203.0.113.9")
    audit.record("mailbox.suspended", person=wang, actor=admin, mailbox=mailbox.address)
    audit.record("policy.agreed", person=wang, actor=wang, address="203.0.113.8")
    audit.record("mailbox.active", person=wang, mailbox="wang@elsewhere.example")
    audit.record("handoff.refused", person=wang, code="expired")
    page = as_wang.get(LOG)
    text = page.content.decode()
    order = [
        text.index(words) for words in ("Policy agreed to", "Mailbox suspended (by an administrator)", "New password asked")
    ]
    assert order == sorted(order)
    assertContains(page, "203.0.113.9")
    for absent in ("opened, or suspension lifted", "handoff", "expired"):
        assertNotContains(page, absent)


def test_every_state_of_a_mailbox_and_every_job_of_its_owner_has_words() -> None:
    reached = {to for targets in states.MAILBOX.values() for to in targets}
    verbs = {f"mailbox.{to}" for to in reached} | {
        f"mailbox.{kind}-done" for kind in Job.Kind.values if kind not in ("create", "share")
    }
    verbs |= {f"delegation.{to}" for targets in states.DELEGATION.values() for to in targets}
    verbs |= {f"application.{to}" for targets in states.APPLICATION.values() for to in targets if to != "draft"}
    assert verbs <= set(OF_A_MAILBOX)


def test_it_shows_thirty_days_and_no_more(as_wang: Client, wang: Person, told: Told, mailbox: Mailbox) -> None:
    told(ago=timedelta(days=29, hours=23))
    told(ago=timedelta(days=30, hours=1), address="198.51.100.1")
    with time_machine.travel(timezone.now() - timedelta(days=31)):
        audit.record("mailbox.password-asked", person=wang, actor=wang, mailbox=mailbox.address)
    page = as_wang.get(LOG, {"kind": "successes"})
    assertContains(page, "203.0.113.7")
    assertNotContains(page, "198.51.100.1")
    assertContains(as_wang.get(LOG), "Nothing of this kind is on record.")


def test_it_shows_one_day(as_wang: Client, told: Told) -> None:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    told(happened_at=midnight, address="203.0.113.1")
    told(happened_at=midnight + timedelta(hours=23, minutes=59, seconds=59), address="203.0.113.2")
    told(happened_at=midnight - timedelta(seconds=1), address="198.51.100.1")
    told(happened_at=midnight + timedelta(days=1), address="198.51.100.2")
    page = as_wang.get(LOG, {"kind": "successes", "day": midnight.strftime("%Y-%m-%d")})
    assertContains(page, "203.0.113.1")
    assertContains(page, "203.0.113.2")
    assertNotContains(page, "198.51.100.")
    assertContains(page, f"<option selected>{midnight:%Y-%m-%d}</option>", html=True)


@pytest.mark.parametrize(
    "query",
    [{"kind": "x"}, {"day": "yesterday"}, {"day": "9999-12-31"}, {"day": "0001-01-01"}, {"page": "-1"}, {"page": "x"}],
)
def test_what_cannot_be_meant_is_left_out(as_wang: Client, told: Told, wang: Person, query: dict[str, str]) -> None:
    audit.record("policy.agreed", person=wang, actor=wang)
    assertContains(as_wang.get(LOG, query), "Policy agreed to")


def test_it_has_pages_of_fifty(as_wang: Client, told: Told) -> None:
    for number in range(101):
        told(ago=timedelta(minutes=number))
    seen = []
    for number in (1, 2, 3):
        page = as_wang.get(LOG, {"kind": "successes", "page": str(number)})
        seen.append(page.content.decode().count("203.0.113.7"))
        assert (b'rel="next"' in page.content, b'rel="prev"' in page.content) == (number < 3, number > 1)
    assert seen == [50, 50, 1]
    assertContains(as_wang.get(LOG, {"kind": "successes"}), "?kind=successes&amp;page=2")
    assertContains(as_wang.get(LOG, {"kind": "successes", "page": "9999"}), "Nothing of this kind")


def test_it_says_that_nobody_tells_what_is_sent(as_wang: Client, mailbox: Mailbox) -> None:
    assertContains(as_wang.get(LOG, {"kind": "sent"}), "does not tell the portal what is sent")
    assert as_wang.get(FILE, {"kind": "sent"}).status_code == 404


# --- the file ----------------------------------------------------------------------------------------------------


def table(answer: HttpResponse) -> list[list[str]]:
    text = content(answer).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def test_the_file_holds_all_pages(as_wang: Client, told: Told, of_countries: Path) -> None:
    for number in range(120):
        told(ago=timedelta(minutes=number))
    answer = as_wang.get(FILE, {"kind": "successes"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="hmwang-successes.csv"'
    rows = table(answer)
    assert rows[0] == ["When", "Protocol", "From address", "Country"]
    assert len(rows) == 121
    newest = timezone.localtime(LoginRecord.objects.latest("happened_at").happened_at)
    assert rows[1] == [f"{newest:%Y-%m-%d %H:%M:%S}", "IMAP", "203.0.113.7", "Taiwan"]


def test_the_file_of_a_day_is_of_that_day(as_wang: Client, told: Told) -> None:
    told(ago=timedelta(days=3))
    record = told(ago=timedelta(days=5))
    day = timezone.localtime(record.happened_at).date().isoformat()
    answer = as_wang.get(FILE, {"kind": "successes", "day": day})
    assert answer.headers["Content-Disposition"].endswith(f'"hmwang-successes-{day}.csv"')
    assert len(table(answer)) == 2


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_taken_for_a_formula(cell: str) -> None:
    text = "".join(as_csv([cell, 'a "quoted", cell'], []))
    assert list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))) == [[f"'{cell}", 'a "quoted", cell']]


# --- this was not me ---------------------------------------------------------------------------------------------


def test_it_says_what_to_do_when_it_was_somebody_else(as_wang: Client, mailbox: Mailbox) -> None:
    page = as_wang.get("/mail/mx/check-up/")
    assertContains(page, "Set a new password")
    assertContains(page, 'href="/mail/mx/reset/"', count=2)  # the other one is in the menu
    assertContains(page, 'href="/configure/"', count=2)
    for words in ("thrown out", "a linked county account", 'href="/mail/mx/vacation/"', 'href="/contact/"'):
        assertContains(page, words)
    Mailbox.objects.update(**SUSPENDED)
    assertContains(as_wang.get("/mail/mx/check-up/"), "Suspended since")


def test_the_other_language_shows_the_same_part_of_the_log(as_wang: Client, mailbox: Mailbox) -> None:
    page = as_wang.get("/mail/mx/log/?kind=failures&page=2")
    assertContains(page, 'name="next" value="/mail/mx/log/?kind=failures&amp;page=2"')
