"""A visit to a running demo, by HTTP alone."""

import http.client
import re
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.services.demo_county import answer_sign_in
from tests.services.running_demo import PATIENCE, UP, Browser, Demo, copy_of_checkout, started


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of_checkout(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def running(checkout: Path) -> Iterator[Demo]:
    with started(checkout) as demo:
        demo.read_until(UP)
        yield demo


@pytest.fixture
def as_wang(running: Demo) -> Browser:
    browser = Browser()
    browser.open(running.campus)
    browser.press("/sign-in/", number="z99999")
    return browser


def test_a_person_comes_from_the_campus_to_the_portals_home(running: Demo, as_wang: Browser) -> None:
    as_wang.open("/services/network/")
    as_wang.press(f"{running.portal}sso/handoff/")
    assert (as_wang.status, as_wang.address) == (200, running.portal)
    assert "王小明" in as_wang.page
    assert "WANG,HSIAO-MING" in as_wang.page
    as_wang.open(running.campus)
    assert "王小明，您好" in as_wang.page


def test_the_link_works_too_and_a_person_goes_where_their_language_is(running: Demo) -> None:
    browser = Browser()
    browser.open(running.campus)
    browser.press("/sign-in/", number="z88010")
    browser.open("/services/network/")
    link = re.search(r'href="([^"]+\?token=[^"]+)"', browser.page)
    assert link
    browser.open(link[1])
    browser.press("/sso/handoff/")
    assert browser.address == running.portal
    assert "OKAFOR,AMARA" in browser.page
    assert '<html lang="en"' in browser.page


def test_a_person_comes_by_their_county_to_the_portals_home(running: Demo) -> None:
    browser = Browser()
    browser.open(f"{running.portal}counties/kl/")
    assert browser.address.startswith(running.county)
    answer_sign_in(browser, account="aa1234", password="harbour-teacher")
    assert "檢視您的個人資料交換內容" in browser.page
    browser.press("/identity/o/authorize", action="grant")
    assert (browser.status, browser.address) == (200, running.portal)
    assert "周雅婷" in browser.page
    assert "173601" in browser.page


def test_what_the_county_keeps_is_ours_alone_and_not_in_the_logs(running: Demo) -> None:
    folder = running.checkout / "var" / "demo" / "county"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    secrets = [folder / name for name in ("signing-key.pem", "secret-key", "secret-kl", "secret-hc")]
    assert {stat.S_IMODE(path.stat().st_mode) for path in secrets} == {0o600}
    said = "".join(log.read_text() for log in (running.checkout / "var" / "log").iterdir())
    assert not [path for path in secrets if path.read_text().strip() in said]
    assert "code=" not in said


@pytest.mark.parametrize("code", ["expired", "ip-mismatch", "bad-signature", "replayed", "wrong-audience", "unknown-key"])
def test_each_link_that_fails_on_purpose_shows_its_page(as_wang: Browser, code: str) -> None:
    as_wang.open("/failing/")
    as_wang.press(f"/failing/{code}/")
    as_wang.press("/sso/handoff/")
    assert as_wang.status == 403
    assert re.search(rf">{code}<", as_wang.page)
    as_wang.open("/")
    assert "王小明" not in as_wang.page


@pytest.mark.parametrize("name", ["admin", "reviewer", "helpdesk", "auditor"])
def test_the_staff_get_in_with_the_password_and_the_code_that_the_campus_shows(name: str, running: Demo) -> None:
    password, key = (running.checkout / "var" / "demo" / file for file in ("admin-password.txt", "admin-key.txt"))
    for secret in (password, key):
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
        assert secret.read_text().strip() not in running.said
    browser = Browser()
    browser.open(f"{running.campus}staff/")
    shown, code = (re.findall(rf'id="{what}">([^<]+)<', browser.page)[0] for what in ("password", "code"))
    assert shown == password.read_text().strip()
    browser.open(f"{running.portal}admin/")
    browser.press("", login=name, password=shown)
    browser.press("/staff/sign-in/second-step/", code=code)
    assert browser.status == 200
    assert urlsplit(browser.address).path == "/admin/"
    assert 'action="/admin/logout/"' in browser.page


def test_no_token_stays_anywhere_on_the_disk(running: Demo, as_wang: Browser) -> None:
    as_wang.open("/services/network/")
    as_wang.press(f"{running.portal}sso/handoff/")
    as_wang.open(f"{running.campus}failing/")
    as_wang.press("/failing/bad-signature/")
    token = next(iter(as_wang.tokens))
    # A link without its end, one with a stray byte and one with a space in it: gunicorn would quote each of them.
    for target in (
        f"/sso/handoff/?token={token}",
        f"/sso/handoff/?token={token}\xff HTTP/1.1",
        f"/?token=x {token} HTTP/1.1",
    ):
        with socket.create_connection(("127.0.0.1", running.port)) as connection:
            connection.sendall(f"GET {target}\r\nHost: 127.0.0.1\r\n\r\n".encode("latin-1"))
            assert connection.recv(100).startswith(b"HTTP/1.1 400")
    assert len(as_wang.tokens) == 2
    files = [path for path in (running.checkout / "var").rglob("*") if path.is_file()]
    log = (running.checkout / "var" / "log" / "portal.log").read_bytes()
    assert log.count(b"GET /sso/handoff/ HTTP") >= 1
    assert log.count(b"Invalid request from ip=127.0.0.1: Invalid HTTP ") == 3
    for token in as_wang.tokens:
        signature = token.rpartition(".")[2].encode()
        assert [path for path in files if signature in path.read_bytes()] == []


def test_the_longest_link_that_the_contract_allows_reaches_the_portal(running: Demo) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=PATIENCE)
    connection.request("GET", f"/sso/handoff/?token={'x' * 4096}")
    assert connection.getresponse().status == 200
    connection.close()


def test_a_second_one_in_the_same_checkout_says_who_has_it(running: Demo, checkout: Path) -> None:
    with started(checkout) as second:
        assert second.end() == 1
    assert f"(process {running.process.pid})" in second.said
    assert len(second.said.splitlines()) == 1
    assert running.process.poll() is None
