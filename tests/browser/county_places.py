"""The pages that have to do with a county: the portal's, and those of the demo county itself."""

from playwright.sync_api import Page, expect

from tests.browser import county
from tests.browser.demo import Demo
from tests.browser.places import NOBODY, Open, Place
from tests.browser.walking import THREE_KINDS, agree_to_all, give_password, wait_until_open

PUPIL, TEACHER = "kl:bb5678", "kl:cc2468"  # the teacher has agreed to all, and taken no name
OTHER_TITLE, NAMELESS = "kl:ee8642", "kl:dd1357"
NAMESAKE, TAKEN = "hc:jj1470", "yichun.chen"  # has that name
CAMPUS_STAFF = "z88002"


def refused_at_county(page: Page, demo: Demo) -> None:
    county.to_consent(page, demo, PUPIL)
    page.locator(county.REFUSE).click()
    expect(page.locator("main .address").filter(has_text="access-denied")).to_be_visible()


def without_a_name(page: Page, demo: Demo) -> None:
    county.sign_in(page, demo, NAMELESS)
    expect(page.locator("main .address").filter(has_text="no-name")).to_be_visible()


def to_link(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.portal}/configure/county/")
    page.locator("[data-counties] button").first.click()
    expect(page.locator("main a.button")).to_be_visible()


def somebody_elses_account(page: Page, demo: Demo) -> None:
    to_link(page, demo)
    page.locator("main a.button").click()
    if page.locator(county.SIGN_IN).is_visible():
        county.give(page, TEACHER)
    page.locator(county.AGREE).click()
    expect(page.locator("main .address").filter(has_text="taken")).to_be_visible()


def own_name(name: str) -> Open:
    """Typed, and looked up by the script."""

    def type_it(page: Page, demo: Demo) -> None:
        page.goto(f"{demo.portal}/mail/edu/name/")
        page.locator("details.card summary").click()
        page.locator("#id_name").fill(name)
        expect(page.locator("#id_name_error")).not_to_be_empty()

    return type_it


def take_name(page: Page, demo: Demo) -> None:
    """An account of that name, so that nobody else can have it."""
    agree_to_all(page, demo, "edu")
    own_name(TAKEN)(page, demo)
    page.locator("form[data-name-check] .button:not(.quiet)").click()
    page.wait_for_url("**/password/")
    give_password(page, THREE_KINDS)
    wait_until_open(page)


def own_name_refused(page: Page, demo: Demo) -> None:
    """As the server answers where no script has helped."""
    page.goto(f"{demo.portal}/mail/edu/name/")
    page.locator("details.card summary").click()
    page.locator("#id_name").fill("postmaster")
    page.locator("form[data-name-check]").evaluate("form => form.submit()")
    expect(page.get_by_role("alert")).to_be_visible()


def at_county(path: str) -> Open:
    return lambda page, demo: page.goto(f"{demo.county}{path}")


def wrong_code(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.county}/sign-in/")
    page.locator("#account").fill("aa1234")
    page.locator("#password").fill("wrong")
    page.locator("#code").fill("wrong")
    page.locator(county.SIGN_IN).click()
    expect(page.get_by_role("alert")).to_be_visible()


def question_in_words(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.county}/sign-in/")
    page.locator(county.IN_WORDS).click()
    expect(page.locator("img[src$='picture.svg']")).to_have_count(0)


def consent(page: Page, demo: Demo) -> None:
    county.to_consent(page, demo, PUPIL)


BY_COUNTY = {
    "counties": Place(NOBODY, "/counties/"),
    "county refused": Place(NOBODY, refused_at_county),
    "county without a name": Place(NOBODY, without_a_name),
    "county's answer lost": Place(NOBODY, "/counties/kl/callback/?state=old&code=old"),
    "county that is off": Place(NOBODY, "/counties/tp/"),
    "county account to link": Place(CAMPUS_STAFF, "/configure/county/"),
    "county account on its way": Place(CAMPUS_STAFF, to_link),
    "county account of somebody else": Place(CAMPUS_STAFF, somebody_elses_account),
    "home by a county": Place(TEACHER, "/"),
    "home by a county without a right": Place(OTHER_TITLE, "/"),
    "not eligible by a county": Place(OTHER_TITLE, "/mail/edu/apply/"),
    "typed name": Place(TEACHER, "/mail/edu/name/"),
    "typed name that is free": Place(TEACHER, own_name("free.for.me")),
    "typed name of an office": Place(TEACHER, own_name("library")),
    "typed name against the rules": Place(TEACHER, own_name("1.")),
    "typed name with others near": Place(TEACHER, own_name(TAKEN)),
    "typed name refused": Place(TEACHER, own_name_refused),
}
COUNTY = {
    "accounts": Place(NOBODY, at_county("/")),
    "accounts, signed in": Place(PUPIL, at_county("/")),
    "sign-in": Place(NOBODY, at_county("/sign-in/")),
    "sign-in with a wrong code": Place(NOBODY, wrong_code),
    "sign-in by a question in words": Place(NOBODY, question_in_words),
    "consent": Place(NOBODY, consent),
    "forgotten account": Place(NOBODY, at_county("/forgotten/account/")),
    "forgotten password": Place(NOBODY, at_county("/forgotten/password/")),
    "request that is not right": Place(PUPIL, at_county("/identity/o/authorize?client_id=nobody")),
    "no such page": Place(NOBODY, at_county("/nowhere/")),
}
