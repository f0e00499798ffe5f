"""Every page of the administration, found by its own links: in both languages, wide and narrow, light and dark."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.administering import beyond, lists
from tests.browser.conftest import SignedIn, Visit
from tests.browser.demo import Demo
from tests.browser.looking import ENGLISH_SENTENCE, faults
from tests.browser.staff import administrator
from tests.browser.test_importing import HEAD, TAKES, upload
from tests.browser.test_review import QUEUE, reviewed
from tests.browser.walking import THREE_KINDS, agree_to_all, choose_name, give_password

APPLICANT = "z88012"  # of whom no other test wants gapp
# What cannot be mended from here: by the rule of axe and where it is, with the reason.
NOT_OURS = {
    "aria-prohibited-attr at span[aria-label=": "help of the two lists of a group's rights, by Django's SelectFilter2.js",
    'aria-prohibited-attr at label[for="id_permissions_input"]': "the same",
    'aria-prohibited-attr at label[for="id_permissions_selected_input"]': "the same",
}
# Words of the page, not of its rows: those may be English by right.
LABELS = """() => [...document.querySelectorAll(
  "h1, h2, h3, th[scope=col], label, button, caption, legend, summary, .help, .breadcrumbs, .messagelist, input[type=submit]"
)].filter((e) => !e.closest("[lang=en]")).map((e) => e.value || e.textContent)"""


def ours(found: list[str]) -> list[str]:
    return [fault for fault in found if not any(known in fault for known in NOT_OURS)]


def waits(page: Page, demo: Demo) -> None:
    """Somebody applies and waits, and gives a contact address, to which a letter goes."""
    agree_to_all(page, demo, "gapp")
    choose_name(page)
    give_password(page, THREE_KINDS)
    page.wait_for_url("**/applications/**")
    page.goto(f"{demo.portal}/configure/contacts/")
    page.locator("#id_address").fill("chiu@example.org")
    page.locator("main form .button").last.click()
    expect(page.locator("main")).to_contain_text("chiu@example.org")


def look(admin: Page, where: str, *, chinese: bool) -> list[str]:
    """What is wrong with the page as it stands."""
    said = " ".join(admin.evaluate(LABELS))
    found = ours(faults(admin, only=None if chinese else "light"))
    found += [f"in English: {sentence}" for sentence in ENGLISH_SENTENCE.findall(said) if chinese]
    return [f"{where}, {fault}" for fault in found]


def at(admin: Page, demo: Demo, path: str, *, chinese: bool) -> list[str]:
    answer = admin.goto(f"{demo.portal}{path}")
    assert answer and answer.ok, path
    return look(admin, path, chinese=chinese)


def look_at_many(admin: Page, demo: Demo, *, chinese: bool) -> list[str]:
    """The pages of one decision about many: what would happen, and a reason that is missing."""
    found = []
    for action in ("approve", "reject"):
        admin.goto(f"{demo.portal}{QUEUE}?q={APPLICANT}")
        admin.locator("table.queue input[type=checkbox]").first.check()
        admin.locator(f"button[value={action}]").click()
        expect(admin.locator("button[name=confirmed]")).to_be_visible()
        found += look(admin, action, chinese=chinese)
    admin.locator("button[name=confirmed]").click()
    expect(admin.locator(".errornote").first).to_be_visible()
    return found + look(admin, "reject without a reason", chinese=chinese)


@pytest.mark.parametrize("locale", ["zh-TW", "en-US"])
def test_every_page_of_the_administration_is_there_for_everybody(
    visit: Visit, demo: Demo, signed_in: SignedIn, locale: str, tmp_path: Path
) -> None:
    admin = administrator(visit, signed_in, demo, locale)
    chinese = locale == "zh-TW"
    line = "looked-at,王匯入,,教職員工,一般\r\n"
    (tmp_path / "wrong.csv").write_text(HEAD + line + line)
    upload(admin, demo, tmp_path / "wrong.csv")
    expect(admin.locator(".errornote")).to_be_visible(timeout=TAKES)
    found, seen = look(admin, "import", chinese=chinese), 0
    with reviewed(admin, demo, "always", service="gapp"):
        page = visit(storage_state=signed_in(APPLICANT))
        if chinese:
            waits(page, demo)
        found += at(admin, demo, "/admin/", chinese=chinese)
        for path in lists(admin):
            found += at(admin, demo, path, chinese=chinese)
            further = beyond(admin)
            for path in further:
                found += at(admin, demo, path, chinese=chinese)
            seen += 1 + len(further)
        found += look_at_many(admin, demo, chinese=chinese)
        if not chinese:
            page.goto(f"{demo.portal}/mail/gapp/cancel/")
            page.locator(".button.danger").click()
    assert found == [], "\n".join(found)
    assert seen > 40  # the links of the index have been found
