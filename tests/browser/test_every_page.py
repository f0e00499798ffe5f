"""Every page of the portal, the demo campus and the demo county, in both languages, light and dark, wide and very narrow."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import SignedIn, Visit
from tests.browser.county_places import BY_COUNTY, COUNTY, NAMESAKE, TEACHER, take_name
from tests.browser.demo import ROOT, Demo, worker_stopped
from tests.browser.looking import english, faults
from tests.browser.places import NOBODY, Open, Place, in_the_database
from tests.browser.review_places import BY_REVIEWER
from tests.browser.walking import (
    MAIN_BUTTON,
    OTHER_PASSWORD,
    THREE_KINDS,
    agree_to_all,
    apply,
    choose_name,
    give_password,
    to_campus_link,
    wait_until_open,
)

# A name of sixty letters, the hardest for a layout: MX mailbox open, gapp application at the password.
OWNER = "z88005"
STUDENT = "9500013"  # has asked for another password, which is on its way
WAITING = "z88007"  # gapp applied for, not opened yet
GONE = "9700012"  # gapp cancelled while it was waited for
HELD = "z88004"  # no passport name, so with the helpdesk
LATE = "z88006"  # waiting for gapp for longer than was promised
SUSPENDED = "z99999"  # gapp open, then suspended
READER = "z88008"  # has not chosen a name for gapp
ON_LEAVE = "z88002"


def at_campus(path: str) -> Open:
    return lambda page, demo: page.goto(f"{demo.campus}{path}")


def failing(code: str) -> Open:
    def follow(page: Page, demo: Demo) -> None:
        to_campus_link(page, demo, ON_LEAVE)
        page.goto(f"{demo.campus}/failing/")
        page.locator(f"form[action='/failing/{code}/'] button").click()
        expect(page.locator("main .address").filter(has_text=code)).to_be_visible()

    return follow


def before_the_button(page: Page, demo: Demo) -> None:
    """The page that hands the token on, as it is while its script has not come yet."""
    to_campus_link(page, demo, ON_LEAVE)
    page.route("**/js/handoff*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(page.locator("#fresh a[href*=token]").first.get_attribute("href") or "")


def stale_link(page: Page, demo: Demo) -> None:
    page.clock.install()
    to_campus_link(page, demo, ON_LEAVE)
    page.clock.fast_forward("02:01")
    expect(page.locator("#stale")).to_be_visible()
    page.clock.resume()


def last_application(page: Page, demo: Demo) -> None:
    """By the way that Home shows to it."""
    page.goto(f"{demo.portal}/")
    page.locator("main a[href^='/applications/']").first.click()


def cancelled(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.portal}{PREPARED['cancelled']}")


def declined(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.portal}/mail/gapp/policies/network/")
    page.locator("button[value=disagree]").click()


def no_name_chosen(page: Page, demo: Demo) -> None:
    agree_to_all(page, demo, "gapp")
    page.locator(MAIN_BUTTON).click()
    expect(page.get_by_role("alert")).to_be_visible()


def refused_password(page: Page, demo: Demo) -> None:
    """As the server answers where no script has helped."""
    page.goto(f"{demo.portal}/mail/gapp/password/")
    page.locator("#id_password").fill("password")
    page.locator("#id_password_again").fill("passwort")
    page.locator("form[data-password-form]").evaluate("form => form.submit()")
    expect(page.get_by_role("alert")).to_be_visible()


def weak_password(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.portal}/mail/gapp/password/")
    page.locator("#id_password").fill("Wang1234")
    expect(page.locator(".meter")).to_contain_text("10")  # characters at least


def strong_password(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.portal}/mail/gapp/password/")
    page.locator("#id_password").fill(THREE_KINDS)
    expect(page.locator(".meter")).to_have_attribute("data-score", "4")
    page.locator("[data-new-password] button").click()


def forged(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.portal}/configure/")
    page.locator("main form input[name=csrfmiddlewaretoken]").evaluate("input => { input.value = 'x'; }")
    page.locator(MAIN_BUTTON).click()


def wrong_host(page: Page, demo: Demo) -> None:
    page.goto(demo.portal.replace("127.0.0.1", "elsewhere.localhost"))


def server_error(page: Page, demo: Demo) -> None:
    page.set_content((ROOT / "templates" / "500.html").read_text())


PLACES = {
    "home with a mailbox": Place(OWNER, "/"),
    "home while waiting": Place(WAITING, "/"),
    "home without a right": Place(ON_LEAVE, "/"),
    "policy": Place(OWNER, "/mail/gapp/policies/network/"),
    "policy on a page of its own": Place(NOBODY, "/policies/network/2026-08/"),
    "declined": Place(READER, declined),
    "names": Place(OWNER, "/mail/gapp/name/"),
    "no name chosen": Place(READER, no_name_chosen),
    "password": Place(OWNER, "/mail/gapp/password/"),
    "password that is too weak": Place(OWNER, weak_password),
    "password that is strong": Place(OWNER, strong_password),
    "password refused": Place(OWNER, refused_password),
    "progress": Place(WAITING, last_application),
    "progress that is late": Place(LATE, last_application),
    "ready": Place(OWNER, "/mail/mx/ready/"),
    "mailbox": Place(OWNER, "/mail/mx/"),
    "mailbox with a new password on its way": Place(STUDENT, "/mail/student/"),
    "mailbox suspended": Place(SUSPENDED, "/mail/gapp/"),
    "log-ins, which the embedded store does not tell": Place(OWNER, "/mail/mx/box/logins/"),
    "log": Place(OWNER, "/mail/mx/log/"),
    "log of letters sent": Place(OWNER, "/mail/mx/log/?kind=sent"),
    "somebody else was there": Place(OWNER, "/mail/mx/check-up/"),
    "capacity by itself": Place(OWNER, "/mail/mx/box/capacity/"),
    "folders by themselves": Place(OWNER, "/mail/mx/box/folders/"),
    "a folder to be emptied": Place(OWNER, "/mail/mx/folders/trash/empty/"),
    "the end of all sessions": Place(OWNER, "/mail/mx/sessions/end/"),
    "delegation where it cannot be": Place(OWNER, "/mail/mx/delegation/new/"),
    "switch off": Place(OWNER, "/mail/mx/off/"),
    "close for good": Place(OWNER, "/mail/mx/close/"),
    "reset, suspended": Place(SUSPENDED, "/mail/gapp/reset/"),
    "check-up, suspended": Place(SUSPENDED, "/mail/gapp/check-up/"),
    "contact addresses": Place(OWNER, "/configure/contacts/"),
    "mail programs": Place(OWNER, "/mail/mx/settings/"),
    "forwarding where it cannot be": Place(OWNER, "/mail/mx/forwarding/"),
    "automatic reply where it cannot be": Place(OWNER, "/mail/mx/vacation/"),
    "forward that is gone": Place(NOBODY, "/forward/"),
    "forward declined": Place(NOBODY, "/forward/declined/"),
    "profile expired": Place(NOBODY, "/mail/profile/old.mobileconfig"),
    "reset": Place(OWNER, "/mail/mx/reset/"),
    "cancel": Place(WAITING, "/mail/gapp/cancel/"),
    "too late to cancel": Place(OWNER, "/mail/mx/cancel/"),
    "cancelled": Place(GONE, cancelled),
    "not eligible": Place(ON_LEAVE, "/mail/mx/apply/"),
    "not eligible by category": Place(ON_LEAVE, "/mail/student/apply/"),
    "no name": Place(HELD, "/mail/mx/name/"),
    "held": Place(HELD, "/mail/mx/apply/", lands="/applications/"),
    "configure": Place(OWNER, "/configure/"),
    "switch user": Place(OWNER, "/switch-user/"),
    "help": Place(OWNER, "/help/"),
    "contact": Place(NOBODY, "/contact/"),
    "accessibility": Place(NOBODY, "/accessibility/"),
    "privacy": Place(NOBODY, "/privacy/"),
    "signed out": Place(NOBODY, "/signed-out/"),
    "session ended": Place(NOBODY, "/configure/", lands="/signed-out/"),
    "logged out": Place(NOBODY, "/logged-out/"),
    "administrators' sign-in": Place(NOBODY, "/staff/sign-in/"),
    "no sign-up": Place(NOBODY, "/staff/sign-up/"),
    "no such page": Place(OWNER, "/nowhere/"),
    "no such page, signed out": Place(NOBODY, "/nowhere/"),
    "forged form": Place(OWNER, forged),
    "wrong host": Place(NOBODY, wrong_host),
    "server error": Place(NOBODY, server_error),
    "hand-off before its button": Place(NOBODY, before_the_button),
    "hand-off without a token": Place(NOBODY, "/sso/handoff/"),
    "hand-off expired": Place(NOBODY, failing("expired")),
    "hand-off from elsewhere": Place(NOBODY, failing("ip-mismatch")),
    "hand-off damaged": Place(NOBODY, failing("bad-signature")),
    "hand-off used twice": Place(NOBODY, failing("replayed")),
    "hand-off for another site": Place(NOBODY, failing("wrong-audience")),
    "hand-off by an unknown key": Place(NOBODY, failing("unknown-key")),
    "hand-off used twice by who is in": Place(ON_LEAVE, failing("replayed")),
} | BY_COUNTY
PLACES |= BY_REVIEWER
CAMPUS = {
    "people": Place(NOBODY, at_campus("/")),
    "no such page": Place(NOBODY, at_campus("/nowhere/")),
    "home": Place(OWNER, at_campus("/")),
    "switch person": Place(OWNER, at_campus("/people/")),
    "link": Place(OWNER, at_campus("/services/network/")),
    "link that is stale": Place(OWNER, stale_link),
    "failing links": Place(OWNER, at_campus("/failing/")),
}
PREPARED: dict[str, str] = {}

MAKE_LATE = """
UPDATE mailboxes_job SET created_at = '2026-01-01 00:00:00' WHERE state = 'waiting' AND mailbox_id IN (
    SELECT box.id FROM mailboxes_mailbox box JOIN accounts_person person ON person.id = box.person_id WHERE person.number = ?
)"""
SUSPEND = """
UPDATE mailboxes_mailbox
SET state = 'suspended', hold = 'theft', cause = 'theft', reason = '來自遠方的登入。', held_at = '2026-11-01 00:00:00'
WHERE service_id = (SELECT id FROM mailboxes_mailservice WHERE slug = 'gapp')
    AND person_id = (SELECT id FROM accounts_person WHERE number = ?)"""


@pytest.fixture(scope="module", autouse=True)
def prepared(chromium: Browser, demo: Demo, signed_in: SignedIn) -> Iterator[None]:
    """The persons above, each where the comments say; then the worker stands still, so that they stay there."""

    def page_of(number: str) -> Page:
        return chromium.new_context(locale="en-US", storage_state=signed_in(number)).new_page()

    owner = page_of(OWNER)
    apply(owner, demo, "mx")
    wait_until_open(owner)
    agree_to_all(owner, demo, "gapp")
    choose_name(owner)
    namesake = page_of(NAMESAKE)
    take_name(namesake, demo)
    teacher = page_of(TEACHER)
    agree_to_all(teacher, demo, "edu")
    student = page_of(STUDENT)
    apply(student, demo, "student")
    wait_until_open(student)
    suspended = page_of(SUSPENDED)
    apply(suspended, demo, "gapp", THREE_KINDS)
    wait_until_open(suspended)
    held = page_of(HELD)
    agree_to_all(held, demo, "mx")
    held.locator(MAIN_BUTTON).click()
    with worker_stopped(demo):
        student.goto(f"{demo.portal}/mail/student/reset/")
        give_password(student, OTHER_PASSWORD)
        apply(page_of(WAITING), demo, "gapp", THREE_KINDS)
        apply(page_of(LATE), demo, "gapp", THREE_KINDS)
        in_the_database(demo, MAKE_LATE, LATE)
        in_the_database(demo, SUSPEND, SUSPENDED)
        gone = page_of(GONE)
        apply(gone, demo, "gapp", THREE_KINDS)
        gone.goto(f"{demo.portal}/mail/gapp/cancel/")
        gone.locator(".button.danger").click()
        expect(gone.locator("h1")).to_have_text("The application is cancelled")
        PREPARED["cancelled"] = gone.url.removeprefix(demo.portal)
        for page in (owner, namesake, teacher, student, suspended, held, gone):
            page.context.close()
        yield


def go(page: Page, demo: Demo, place: Place) -> None:
    if isinstance(place.how, str):
        page.goto(f"{demo.portal}{place.how}")
        assert (place.lands or place.how) in page.url
    else:
        place.how(page, demo)


@pytest.mark.parametrize("name", PLACES)
def test_a_page_of_the_portal_is_there_for_everybody(visit: Visit, demo: Demo, signed_in: SignedIn, name: str) -> None:
    place = PLACES[name]
    page = visit(storage_state=signed_in(place.who) if place.who else None)
    go(page, demo, place)
    assert faults(page) == []
    assert english(page) == []

    page.context.add_cookies([{"name": "django_language", "value": "en", "url": demo.portal}])
    go(page, demo, place)
    assert 'lang="en"' in page.content()
    assert faults(page, only="light") == []


OUTSIDE = {f"campus, {name}": place for name, place in CAMPUS.items()} | {
    f"county, {name}": place for name, place in COUNTY.items()
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_page_of_the_campus_or_the_county_is_there_for_everybody(
    visit: Visit, demo: Demo, signed_in: SignedIn, name: str
) -> None:
    place = OUTSIDE[name]
    page = visit(storage_state=signed_in(place.who) if place.who else None)
    go(page, demo, place)
    assert faults(page) == []
