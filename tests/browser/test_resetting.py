from playwright.sync_api import expect

from tests.browser.conftest import SignedIn, Visit
from tests.browser.demo import Demo, worker_stopped
from tests.browser.walking import OPENS_WITHIN, OTHER_PASSWORD, PASSWORD, apply, hash_of, lets_in, wait_until_open


def test_a_new_password_comes_into_force_and_my_mailbox_says_since_when(
    visit: Visit, demo: Demo, signed_in: SignedIn
) -> None:
    page = visit("en-US", storage_state=signed_in("z88010"))
    apply(page, demo, "mx")
    address = wait_until_open(page)
    before = hash_of(demo, address)
    page.goto(f"{demo.portal}/mail/mx/")
    page.get_by_role("link", name="Reset the password", exact=True).click()

    page.get_by_label("New mailbox password").fill(OTHER_PASSWORD)
    expect(page.locator(".meter")).to_contain_text("STRONG")
    page.get_by_label("New password again").fill(OTHER_PASSWORD)
    with worker_stopped(demo):
        page.get_by_role("button", name="Set the new password").click()
        expect(page.locator("main")).to_contain_text("Your new password is on its way to the mail server.")
        expect(page.locator("main")).to_contain_text("Until it is there, the old one holds.")
        assert lets_in(demo, address, PASSWORD)

    expect(page.locator(".notice.good")).to_contain_text("The password in force was set on", timeout=OPENS_WITHIN)
    assert hash_of(demo, address) != before
    assert lets_in(demo, address, OTHER_PASSWORD)
    assert not lets_in(demo, address, PASSWORD)
