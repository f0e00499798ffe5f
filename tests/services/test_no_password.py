"""After a run in which people chose, mistyped and reset passwords and servers failed, no password is anywhere.

Everything says as much as it can: DEBUG logs, every statement, every command to Redis, Celery's events.
"""

import re
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from _support import Parts, lock

from tests import mailserver, servers
from tests.faults import mail
from tests.production import PYTHON, Production
from tests.services import leaks
from tests.visits import journey
from tests.visits.browser import Browser, Page

pytestmark = pytest.mark.skipif(
    servers.postgres_programs() is None or shutil.which("redis-server") is None or bool(mailserver.missing_packages()),
    reason="What a run leaves behind was not searched for passwords: PostgreSQL, Redis or Dovecot is not installed.",
)

PATIENCE = 120.0  # seconds
PASSWORD, RESET = "/mail/mx/password/", "/mail/mx/reset/"
RESETS = ["a<b>&%41+ lamp\\post#drift", "~tulip; DROP'' $1 {0} %s ladder", '  two spaces, then?x=y&z "quoted"  ']
APPLIED = "copper kettle \"ninety' seals"
REFUSED = ["銅壺九十隻海豹在游泳", "copper😀kettle𠮷ninety", "letmeinletmein", "null\0octet kettle seals", "too-long-" * 40]
MISTYPED = ("velvet anchor ~morning 7", "velvet anchor ~mornign 7")
WITHOUT_FORM, SIGNED_OUT, DATABASE_DOWN = "orchid-brick*forged form", "pewter-lantern*signed out", "walnut-river*no database"
TOO_MUCH, OTHER_PERSONS = "saffron-ladder*too large a form", "harbour-violin*of nobody"
STAFF, STAFF_WRONG, STAFF_AS_NAME = "granite-willow*Staff-41", "granite-willow*Staff-14", "typed-as*the user name 3"
DOOR_WRONG, DOOR_UNKNOWN, DOOR_DOWN = "lantern-basket*not mine", "meadow-chisel*nobody's", "pepper-anvil*no database"
EVERY = [
    APPLIED, *RESETS, *REFUSED, *MISTYPED, WITHOUT_FORM, SIGNED_OUT, DATABASE_DOWN, TOO_MUCH, OTHER_PERSONS,
    STAFF, STAFF_WRONG, STAFF_AS_NAME, DOOR_WRONG, DOOR_UNKNOWN, DOOR_DOWN,
]  # fmt: skip


@dataclass(frozen=True)
class Run:
    site: Production
    address: str
    statuses: dict[str, int]  # of the answer to each password


@pytest.fixture(scope="module")
def site() -> Iterator[Production]:
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    folder = Path(tempfile.mkdtemp(prefix="leaks-", dir="/tmp"))
    parts = Parts(lock(folder / "lock"))
    for number, handler in kept.items():
        signal.signal(number, handler)
    try:
        with ExitStack() as stack:
            production = Production(parts, stack, folder, web="portal.wsgi", celery="portal", logs="DEBUG")
            production.start()
            leaks.record_redis(production, production.logs / "redis-commands.log")
            production.start_also("events", PYTHON, "-m", "celery", "-A", "portal", "events", "--dump")
            yield production
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def run(site: Production) -> Run:
    """Two people and an administrator, with everything that can go wrong on the way."""
    site.manage("createsuperuser", "--noinput", DJANGO_SUPERUSER_USERNAME="admin", DJANGO_SUPERUSER_PASSWORD=STAFF)
    site.kill_part("Dovecot")
    browser, page = journey.to_password(site.port, site.campus.token())
    statuses = {secret: _send(browser, page, secret).status for secret in REFUSED}
    statuses[MISTYPED[0]] = _send(browser, page, *MISTYPED).status
    statuses[WITHOUT_FORM] = _send(browser, page, WITHOUT_FORM, csrfmiddlewaretoken="x" * 64).status
    statuses[TOO_MUCH] = _send(browser, page, TOO_MUCH, more="x" * 300_000).status
    statuses[SIGNED_OUT] = _send(Browser(site.port), page, SIGNED_OUT).status
    statuses[OTHER_PERSONS] = browser.post(page, path="/mail/gapp/reset/", follow=False, password=OTHER_PERSONS).status
    site.query("UPDATE mailboxes_mailservice SET password_sign_in = TRUE WHERE slug = 'mx' RETURNING 1")
    stranger = Browser(site.port)
    door = stranger.get("/sign-in/")
    site.postgres.stop()
    statuses[DOOR_DOWN] = stranger.post(door, follow=False, address="a@mx.nthu.edu.tw", password=DOOR_DOWN).status
    statuses[DATABASE_DOWN] = _send(browser, page, DATABASE_DOWN).status
    site.postgres.start()
    site.query("SELECT 1")  # it listens before it is ready
    applied = _send(browser, page, APPLIED)
    statuses[APPLIED] = applied.status
    _until(lambda: "store-unavailable" in str(site.query("SELECT last_error FROM mailboxes_job")))
    site.start_part("Dovecot")
    address = re.search(r'big" translate="no">([^"]+)</span>', journey.wait_until_open(browser, applied.text).text)
    assert address
    for secret in RESETS:
        statuses[secret] = _send(browser, browser.get(RESET), secret).status
    _staff(site, statuses)
    _until(lambda: site.query("SELECT count(*) FROM mailboxes_job WHERE state = 'waiting'") == [(0,)])
    mailbox = re.sub("<[^>]*>", "", address[1])
    _mailbox_door(site, mailbox, statuses)
    return Run(site, mailbox, statuses)


def _mailbox_door(site: Production, address: str, statuses: dict[str, int]) -> None:
    """The owner signs in with the newest password, after others have tried."""
    browser = Browser(site.port)
    for tried, secret in ((address, DOOR_WRONG), (f"no.{address}", DOOR_UNKNOWN), (address, RESETS[-1])):
        page = browser.get("/sign-in/")
        statuses[secret] = browser.post(page, follow=False, address=tried, password=secret).status


def _staff(site: Production, statuses: dict[str, int]) -> None:
    browser = Browser(site.port)
    for login, secret in (("admin", STAFF_WRONG), (STAFF_AS_NAME, "x"), ("admin", STAFF)):
        page = browser.get("/staff/sign-in/")
        statuses[secret] = browser.post(page, follow=False, login=login, password=secret).status


def _send(browser: Browser, page: Page, password: str, again: str | None = None, **more: str) -> Page:
    again = password if again is None else again
    return browser.post(page, follow=False, password=password, password_again=again, **more)


def _until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_the_run_was_what_it_was_meant_to_be(run: Run) -> None:
    assert {run.statuses[secret] for secret in (*REFUSED, MISTYPED[0])} == {422}
    assert (run.statuses[WITHOUT_FORM], run.statuses[TOO_MUCH]) == (403, 400)
    assert (run.statuses[SIGNED_OUT], run.statuses[OTHER_PERSONS], run.statuses[DATABASE_DOWN]) == (403, 302, 500)
    assert {run.statuses[secret] for secret in (APPLIED, *RESETS, STAFF)} == {302}
    assert [run.statuses[secret] for secret in (DOOR_DOWN, DOOR_WRONG, DOOR_UNKNOWN)] == [500, 422, 422]
    assert run.site.query("SELECT count(*) FROM accounts_auditevent WHERE verb = 'mailbox.signed-in'") == [(1,)]
    assert run.statuses[STAFF_WRONG] == 200
    server = mail.of(run.site)
    assert [server.opens(run.address, secret) for secret in (APPLIED, *RESETS)] == [False, False, False, True]
    said = {path.stem: path.read_text(errors="replace") for path in run.site.logs.iterdir()}
    assert "POST /mail/mx/password/" in said["web"]
    assert "OperationalError" in said["web"]
    assert "mailboxes.provisioning.tasks.run" in said["redis-commands"]
    assert "task-succeeded" in said["events"] or "task succeeded" in said["events"]
    assert "DEBUG" in said["first"] + said["second"]
    assert 'UPDATE "mailboxes_job"' in (run.site.postgres.folder / "log").read_text(errors="replace")


def test_no_password_is_anywhere(run: Run) -> None:
    found = {(place, secret) for place, secret, _form in leaks.Search(EVERY).found(leaks.everywhere(run.site))}
    # Typed in place of a user name, it is looked for in the database, whose log has every statement here.
    assert found == {(f"{run.site.postgres.folder.name}/log", STAFF_AS_NAME)}


def test_the_portals_own_database_holds_no_hash_of_a_mailbox(run: Run) -> None:
    dump = leaks.dump(run.site.postgres.url)
    assert run.address.encode() in dump or run.address.split("@")[0].encode() in dump
    assert b"{ARGON2ID}" not in dump
    assert run.site.query("SELECT count(*), max(password_hash) FROM mailboxes_job") == [(len(RESETS) + 1, "")]


def test_the_search_finds_every_password_in_every_form_and_in_every_kind_of_place(run: Run) -> None:
    site, client, search = run.site, run.site.redis_client(3), leaks.Search(EVERY)
    file = site.folder / "tmp" / "planted"
    try:
        file.write_bytes(b"\n--\n".join(octets for secret in EVERY for octets in leaks.forms(secret).values()))
        for secret in EVERY:
            client.set(f"{secret} as a key", "")
            client.set("string", secret)
            client.rpush("list", "x", secret)
            client.hset("hash", "x", secret)
            client.xadd("stream", {"x": secret})
        found = search.found(leaks.everywhere(site))
    finally:
        file.unlink()
        client.flushdb()
    in_file = {(secret, form) for place, secret, form in found if place.endswith(f"{file.parent.name}/{file.name}")}
    assert in_file == search.can_find()
    kinds = {place.rpartition(" ")[2] for place, _secret, _form in found if place.startswith("Redis 3 ")}
    assert kinds >= {"b'string'", "b'list'", "b'hash'", "b'stream'"}
    for place in ("redis-commands", "appendonly"):
        assert {secret for where, secret, _form in found if place in where} == set(EVERY), place


def test_the_search_looks_into_rows_statements_and_processes(run: Run) -> None:
    site = run.site
    secret = "planted-in*a row"
    site.start_also("sleeper", "sleep", "60", PLANTED=secret)
    try:
        site.query(f"UPDATE mailboxes_application SET chosen_name = '{secret}' RETURNING 1")  # noqa: S608
        found = {place for place, _secret, _form in leaks.Search([secret]).found(leaks.everywhere(site))}
    finally:
        site.query("UPDATE mailboxes_application SET chosen_name = '' RETURNING 1")
        pid = site.pid("sleeper")
        site.kill_part("sleeper")
    assert found >= {"the database dump", f"/proc/{pid}/environ", f"{site.postgres.folder.name}/log"}
