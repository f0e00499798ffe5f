"""Sign-ins at a real Dovecot, as the owner of the mailbox sees them: the box, the log, and what to do."""

import csv
import hashlib
import imaplib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit
from tests.browser.demo import Demo, running
from tests.browser.looking import english, faults
from tests.browser.walking import PASSWORD, apply, sign_in, wait_until_open
from tests.mailserver import missing_packages
from tests.servers import free_port

PORTS = ("IMAP_PORT", "POP3_PORT", "SMTP_PORT", "SUBMISSION_PORT")
NUMBER, BOX = "z88005", "/mail/mx/box/logins/"
imap_port = free_port()


@pytest.fixture(scope="module")
def demo(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """In place of the demo of the other tests: with a mail server, and a database in which this machine is in Taiwan."""
    if packages := missing_packages():
        pytest.skip(f"packages missing: {packages}")
    folder = tmp_path_factory.mktemp("dovecot-demo")
    countries = folder / "countries.mmdb"
    writer = MMDBWriter(4, "Test-Country", languages=["en"])
    writer.insert_network(IPSet(["127.0.0.0/8"]), {"country": {"iso_code": "TW"}})
    writer.to_db_file(str(countries))
    var = folder / "var"
    ports = dict(zip(PORTS, map(str, (imap_port, free_port(), free_port(), free_port())), strict=True))
    try:
        with running(var, "--dovecot", COUNTRY_DATABASE=str(countries), **ports) as demo:
            yield demo
    finally:  # root's letters lie outside
        shutil.rmtree(Path(f"/var/lib/portal-demo-{hashlib.sha256(bytes(var)).hexdigest()[:8]}"), ignore_errors=True)


def sign_in_by_imap(address: str, password: str) -> bool:
    client = imaplib.IMAP4("127.0.0.1", imap_port)
    try:
        client.login(address, password)
    except imaplib.IMAP4.error:
        return False
    finally:
        client.shutdown()
    return True


@pytest.fixture(scope="module")
def address(demo: Demo, chromium: Browser) -> str:
    """Of a mailbox to which its owner has signed in once, and somebody has tried to twice."""
    page = chromium.new_context(locale="zh-TW").new_page()
    sign_in(page, demo, NUMBER)
    apply(page, demo, "mx", PASSWORD)
    address = wait_until_open(page)
    page.context.close()
    assert [sign_in_by_imap(address, password) for password in (PASSWORD, "wrong", "wrong again")] == [True, False, False]
    return address


def with_failures(page: Page, demo: Demo) -> None:
    """The box on a page of its own, once Dovecot's reports are written."""
    sign_in(page, demo, NUMBER)
    for _ in range(60):
        page.goto(f"{demo.portal}{BOX}")
        if page.locator("main tbody tr").count() >= 3:
            return
        page.wait_for_timeout(250)
    raise AssertionError("Nobody has told of the sign-ins.")


@pytest.mark.parametrize(
    ("locale", "country", "kind"), [("zh-TW", "臺灣", "登入失敗"), ("en-US", "Taiwan", "Failed log-ins")]
)
def test_an_owner_sees_who_signed_in_and_what_to_do(
    visit: Visit, demo: Demo, address: str, locale: str, country: str, kind: str, tmp_path: Path
) -> None:
    page = visit(locale)
    with_failures(page, demo)
    if locale == "en-US":
        page.context.add_cookies([{"name": "django_language", "value": "en", "url": demo.portal}])
    page.goto(f"{demo.portal}/mail/mx/")
    box = page.locator(".box-logins")
    expect(box.locator("table").nth(0).locator("tbody tr")).to_have_count(1)
    expect(box.locator("table").nth(1).locator("tbody tr")).to_have_count(2)
    expect(box.locator("tbody tr").first).to_contain_text("IMAP")
    expect(box.locator("tbody tr").first).to_contain_text(country)

    page.goto(f"{demo.portal}/mail/mx/log/")
    page.locator("#kind").select_option("failures")
    page.locator("main form button").click()
    expect(page.locator("#found")).to_have_text(kind)
    expect(page.locator("main tbody tr")).to_have_count(2)
    with page.expect_download() as downloading:
        page.locator("main a[href*='log.csv']").click()
    downloading.value.save_as(tmp_path / "log.csv")
    rows = list(csv.reader((tmp_path / "log.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [row[1:] for row in rows[1:]] == [["IMAP", "127.0.0.1", country]] * 2

    page.locator("main a[href='/mail/mx/check-up/']").click()
    expect(page.locator("main ol li").first).to_be_visible()
    page.locator("main a[href='/mail/mx/reset/']").click()
    expect(page.locator("#id_password")).to_be_visible()


@pytest.mark.parametrize("path", [BOX, "/mail/mx/log/?kind=failures", "/mail/mx/log/", "/mail/mx/check-up/"])
def test_these_pages_are_there_for_everybody(visit: Visit, demo: Demo, address: str, path: str) -> None:
    page = visit()
    with_failures(page, demo)
    page.goto(f"{demo.portal}{path}")
    assert faults(page) == []
    assert english(page) == []


def test_without_script_all_of_it_works(visit: Visit, demo: Demo, address: str) -> None:
    page = visit()
    with_failures(page, demo)
    plain = visit(storage_state=page.context.storage_state(), java_script_enabled=False)
    plain.goto(f"{demo.portal}/mail/mx/")
    plain.locator(f"main a[href='{BOX}']").click()
    expect(plain.locator("main tbody tr")).to_have_count(3)
    plain.goto(f"{demo.portal}/mail/mx/log/?kind=successes")
    expect(plain.locator("main tbody tr")).to_have_count(1)
