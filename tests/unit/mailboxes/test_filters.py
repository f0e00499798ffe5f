"""The Sieve that the portal writes, to the letter; and the redirects that it finds in somebody's own script."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction

from mailboxes.models import Forward, Forwarding, Job, Mailbox, Vacation
from mailboxes.provisioning import filters, outbox, tasks
from mailboxes.provisioning.filters.writing import quoted
from mailboxes.provisioning.stores.dovecot import accounts, schema
from mailboxes.provisioning.stores.dovecot.deadline import Deadline
from tests.unit.mailboxes.conftest import MakeMailbox

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture
def box(make_mailbox: MakeMailbox) -> Mailbox:
    return make_mailbox("hmwang")


def forward(box: Mailbox, *targets: str, mode: str = "copy") -> None:
    Forwarding.objects.update_or_create(mailbox=box, defaults={"mode": mode})
    for place, target in enumerate(targets, 1):
        Forward.objects.create(mailbox=box, place=place, target=target, asked_at=NOW, confirmed_at=NOW)


def answer(box: Mailbox, **fields: object) -> None:
    wanted = {"is_on": True, "subject": "Away", "text": "Back soon."}
    days = {"first_day": date(2026, 12, 24), "last_day": date(2027, 1, 3)}
    Vacation.objects.create(mailbox=box, **wanted | days | fields)


# --- written ----------------------------------------------------------------------------------------------------------


def test_nothing_asked_for_is_no_script(box: Mailbox) -> None:
    assert filters.script_of(box) == ""
    forward(box, "hm@example.com", mode="off")
    answer(box, is_on=False)
    assert filters.script_of(box) == ""


def test_a_copy_stays_unless_it_is_not_wanted(box: Mailbox) -> None:
    forward(box, "hm@example.com", "o'wang+x@example.org")
    assert filters.script_of(box) == (
        'require ["copy"];\nredirect :copy "hm@example.com";\nredirect :copy "o\'wang+x@example.org";\n'
    )
    forward(box, mode="move")
    assert filters.script_of(box) == (
        'redirect "hm@example.com";\nredirect "o\'wang+x@example.org";\n'
        'if address :is "from" "helpdesk@campus.example" { keep; }\n'
    )


def test_what_is_not_confirmed_gets_nothing(box: Mailbox) -> None:
    forward(box, "hm@example.com", mode="move")
    Forward.objects.update(confirmed_at=None)
    assert filters.script_of(box) == ""


def test_the_reply_is_sent_on_its_days_in_taiwan(box: Mailbox) -> None:
    answer(box)
    assert filters.script_of(box) == (
        'require ["date", "relational", "vacation"];\n'
        'if allof (currentdate :zone "+0800" :value "ge" "date" "2026-12-24",\n'
        '          currentdate :zone "+0800" :value "le" "date" "2027-01-03") {\n'
        '    vacation :days 7 :handle "portal-2026-12-24" :addresses "hmwang@mx.nthu.edu.tw"\n'
        '        :subject "Away" "Back soon.";\n'
        "}\n"
    )


def test_what_is_written_in_the_reply_stays_text(box: Mailbox) -> None:
    answer(box, subject='"; stop; #', text='quote " backslash \\ 中文\n.\n..\n${x}"; redirect "x@example.com";')
    script = filters.script_of(box)
    assert ':subject "\\"; stop; #"' in script
    assert '"quote \\" backslash \\\\ 中文\n.\n..\n${x}\\"; redirect \\"x@example.com\\";"' in script
    assert filters.redirects(script) == []


def test_a_string_of_sieve_cannot_hold_nul() -> None:
    with pytest.raises(ValueError, match="NUL"):
        quoted("a\0b")


# --- read -------------------------------------------------------------------------------------------------------------

OWN = """require ["copy", "fileinto", "variables"];
# redirect "comment@example.com";
/* redirect "comment2@example.com"; */
if header :contains "subject" "redirect \\"in-a-string@example.com\\";" { Redirect :copy "first@example.com" ; }
set "redirect" text: # redirect "after-text@example.com";
redirect "in-a-text@example.com";
..
.
;
redirect :notify "SUCCESS,FAILURE" :ret "HDRS" "second@example.com"; redirect text:
third@example.com
.
;
redirect "first@example.com";
fileinto "redirect"; keep; redirect"fourth@example.com"
"""


def test_the_redirects_of_a_script_are_found_and_nothing_that_only_looks_like_one() -> None:
    found = ["first@example.com", "second@example.com", "third@example.com", "fourth@example.com"]
    assert filters.redirects(OWN) == found
    assert filters.redirects(OWN.replace("\n", "\r\n")) == found


@pytest.mark.parametrize(
    "script",
    [
        "",
        "redirect",
        "redirect;",
        "redirect {",
        'redirect "',
        "redirect text:",
        "redirect text:\n",
        "/* redirect",
        "# redirect",
    ],
)
def test_a_script_that_is_broken_off_is_no_trouble(script: str) -> None:
    assert filters.redirects(script) == []


@pytest.mark.parametrize(
    "sign", ['"', "\\", "/*", "text:\n", "redirect ", "a;", "\0", ":", '"\\', 'redirect "a@example.com";']
)
@pytest.mark.thorough
def test_a_megabyte_of_anything_is_read_once_and_shown_short(sign: str) -> None:
    found = filters.redirects("redirect " + sign * (1024 * 1024 // len(sign)))
    assert len(found) <= 20
    assert all(len(target) <= 254 for target in found)


# --- the job ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def mail_database(settings: LazySettings, tmp_path: Path, box: Mailbox) -> str:
    """The mail system's own database, with that mailbox in it; neither Dovecot nor Postfix is needed for a script."""
    url = settings.MAIL_DATABASE_URL = f"sqlite:///{tmp_path / 'mail.sqlite3'}"
    schema.make(url)
    with accounts.opened(url, Deadline(5)) as rows:
        rows.put(box.address, password_hash="{ARGON2ID}x", quota=1, letter_id="", revision=0)
    return url


def seen_by_dovecot(url: str) -> list[tuple[str, ...]]:
    with accounts.connected(url, Deadline(5)) as run:
        return run("SELECT address, name, script FROM dovecot_filters")


def put(box: Mailbox) -> Job:
    with transaction.atomic():
        return outbox.put(box, Job.Kind.FILTER, now=NOW)


def test_the_worker_writes_what_the_rows_say_when_it_comes_to_it(box: Mailbox, mail_database: str) -> None:
    job = put(box)
    forward(box, "hm@example.com")
    tasks.run(job.pk)
    job.refresh_from_db()
    assert job.state == "done"
    script = 'require ["copy"];\nredirect :copy "hm@example.com";\n'
    assert seen_by_dovecot(mail_database) == [(box.address, "portal", script)]
    Forward.objects.all().delete()
    tasks.run(put(box).pk)
    assert seen_by_dovecot(mail_database) == []


def test_a_newer_change_replaces_one_that_still_waits(box: Mailbox, mail_database: str) -> None:
    first, second = put(box), put(box)
    first.refresh_from_db()
    assert first.state == "dropped"
    assert outbox.claim(second.pk, now=NOW) is not None


def test_a_worker_that_wakes_up_late_changes_nothing(box: Mailbox, mail_database: str) -> None:
    with accounts.opened(mail_database, Deadline(5)) as rows:
        assert rows.set_filter(box.address, "newer", 9)
        assert not rows.set_filter(box.address, "older", 8)
    assert seen_by_dovecot(mail_database) == [(box.address, "portal", "newer")]


def test_of_a_suspended_mailbox_another_script_is_seen_at_once(box: Mailbox, mail_database: str) -> None:
    with accounts.opened(mail_database, Deadline(5)) as rows:
        rows.set_filter(box.address, 'redirect "hm@example.com";', 1)
        rows.suspend(box.address, 2)
        keeps_all = 'require "fileinto"; fileinto "INBOX";'
        assert seen_by_dovecot(mail_database) == [(box.address, "portal", keeps_all)]
        rows.resume(box.address, 3)
    assert seen_by_dovecot(mail_database) == [(box.address, "portal", 'redirect "hm@example.com";')]


def test_tables_of_an_earlier_version_get_the_column(settings: LazySettings, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.sqlite3'}"
    schema.make_sqlite_file(url)
    with accounts.connected(url, Deadline(5)) as run:
        run(schema.TABLE)
        run("INSERT INTO portal_accounts (address, domain, revision) VALUES ('a@b.tw', 'b.tw', 1)")
    for _time in range(2):
        schema.make(url)
    with accounts.connected(url, Deadline(5)) as run:
        assert run("SELECT filter FROM portal_accounts") == [("",)]


def test_the_database_itself_keeps_the_fourth_address_out(box: Mailbox) -> None:
    forward(box, "a@example.com", "b@example.com", "c@example.com")
    for place, target in ((4, "d@example.com"), (3, "d@example.com"), (2, "A@example.com")):
        with pytest.raises(IntegrityError), transaction.atomic():
            Forward.objects.create(mailbox=box, place=place, target=target, asked_at=NOW)
