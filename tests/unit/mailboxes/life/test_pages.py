"""What owners read and press in each state, and what an administrator does on the page of a mailbox and from the list."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import AuditEvent, Letter, Person
from accounts.signing_in import WAY
from mailboxes.models import Job, Mailbox
from mailboxes.provisioning.life import following, services
from tests.conftest import GOOD_PASSWORD, MakePerson, SignIn
from tests.unit.mailboxes.life.conftest import MakeOpen, again

pytestmark = pytest.mark.thorough

BOX = "/mail/mx/"
ADDRESS = "hmwang@mx.nthu.edu.tw"
REASON = "Log-ins from <b>far</b> away."
EVERY_PAGE = (
    "", "log/", "check-up/", "settings/", "forwarding/", "vacation/", "sessions/end/", "off/", "close/", "ready/", "reset/",
    "folders/trash/empty/", "delegation/new/", "box/capacity/", "box/folders/", "box/forwarding/", "apply/", "cancel/",
)  # fmt: skip


@pytest.fixture
def owner(box: Mailbox, sign_in: SignIn) -> Client:
    return sign_in(box.person)


@pytest.fixture
def admin(administrator: Person, sign_in: SignIn) -> Client:
    return sign_in(administrator)


def page_of(box: Mailbox) -> str:
    return f"/admin/mailboxes/mailbox/{box.pk}/change/"


def decide(client: Client, box: Mailbox, deed: str, **fields: str) -> int:
    stamp = client.get(page_of(box)).context["stamp"]
    return client.post(page_of(box), {"deed": deed, "stamp": stamp} | fields).status_code


# --- owners ---------------------------------------------------------------------------------------------------------------


def test_an_owner_switches_off_after_a_question_and_on_again(owner: Client, box: Mailbox) -> None:
    assertContains(owner.get(BOX), f"{BOX}off/")
    assertContains(owner.get(f"{BOX}off/"), "Yes, switch it off now")
    assert again(box).state == "active"  # a GET changes nothing
    assertContains(owner.post(f"{BOX}off/", follow=True), "You switched it off.")
    assertContains(owner.get("/"), "Its owner wanted it")
    owner.post(f"{BOX}on/")
    assert again(box).state == "active"


def test_an_owner_closes_by_typing_the_address_and_takes_it_back(owner: Client, box: Mailbox) -> None:
    close = f"{BOX}close/"
    assertContains(owner.get(close), "Nobody ever gets this address again")
    assertContains(owner.post(close, {"typed": ""}), "Type the address of the mailbox.", status_code=422)
    assertContains(owner.post(close, {"typed": "yes"}), "This is another address.", status_code=422)
    assert again(box).state == "active"
    assertContains(owner.post(close, {"typed": ADDRESS.upper()}, follow=True), "Take it back: keep the mailbox")
    assert again(box).state == "leaving"
    assertContains(owner.get("/"), "Closed for good on")
    assert owner.get(close).status_code == 302  # not twice
    owner.post(f"{BOX}close/take-back/")
    assert again(box).state == "active"


@pytest.mark.parametrize(
    ("cause", "words"),
    [("theft", "set a new password, one that you use nowhere else"), ("rule", "contact us if you think that this is wrong")],
)
def test_a_suspended_owner_reads_why_and_what_to_do(
    owner: Client, box: Mailbox, administrator: Person, cause: str, words: str
) -> None:
    services.suspend(again(box), cause=cause, reason=REASON, actor=administrator, now=timezone.now())
    for path in (BOX, f"{BOX}check-up/"):
        page = owner.get(path)
        assertContains(page, "Log-ins from &lt;b&gt;far&lt;/b&gt; away.")
        assertContains(page, words)
    assertNotContains(owner.get(BOX), f"{BOX}close/")
    owner.post(f"{BOX}close/", {"typed": ADDRESS})
    owner.post(f"{BOX}on/")
    assert again(box).state == "suspended"
    assertContains(owner.get(f"{BOX}reset/"), "it opens nothing before the suspension is lifted")
    good = {"password": GOOD_PASSWORD, "password_again": GOOD_PASSWORD}
    assert owner.post(f"{BOX}reset/", good).status_code == 302
    assert list(Job.objects.order_by("pk").values_list("kind", flat=True)) == ["suspend", "password"]


def test_somebody_who_leaves_reads_until_when(owner: Client, box: Mailbox) -> None:
    Person.objects.filter(pk=box.person_id).update(condition="離職")
    following.follow_conditions(box.service, after=0, now=timezone.now())
    page = owner.get(BOX)
    assertContains(page, "You can use this mailbox until")
    assertContains(page, "離職")
    assertContains(page, "Reset the password")
    assertContains(owner.get("/"), "In use until")
    following.do_due(timezone.now() + timedelta(days=31))
    assertContains(owner.get(BOX), "the days of grace are over")
    owner.post(f"{BOX}on/")
    assert again(box).state == "suspended"


def test_of_a_closed_mailbox_every_page_says_so(owner: Client, box: Mailbox, administrator: Person) -> None:
    services.close_now(again(box), reason=REASON, actor=administrator, now=timezone.now())
    for path in EVERY_PAGE:
        page = owner.get(f"{BOX}{path}", follow=True)
        if path != "cancel/":
            assertContains(page, "This mailbox is closed", msg_prefix=path)
    assertContains(owner.get(BOX), "Log-ins from &lt;b&gt;far&lt;/b&gt; away.")
    assertContains(owner.get("/"), "Why, and what you can do")
    assertNotContains(owner.get("/"), "Reset the password")
    assert owner.post(f"{BOX}off/").status_code == 409
    assert owner.post(f"{BOX}name/", {"name": "wanghm"}, follow=True).redirect_chain[-1][0] == BOX
    assert Mailbox.objects.count() == 1


@pytest.mark.parametrize("state", ["suspended", "leaving"])
def test_every_page_is_there_in_every_other_state(owner: Client, box: Mailbox, state: str) -> None:
    if state == "suspended":
        services.switch_off(again(box), now=timezone.now(), address="")
    else:
        services.ask_to_close(again(box), now=timezone.now(), address="")
    for path in EVERY_PAGE:
        assert owner.get(f"{BOX}{path}", follow=True).status_code in (200, 409), path


def test_the_log_says_what_happened_and_who_did_it(owner: Client, box: Mailbox, administrator: Person) -> None:
    services.suspend(again(box), cause="rule", reason=REASON, actor=administrator, now=timezone.now())
    services.lift(again(box), actor=administrator, now=timezone.now())
    services.ask_to_close(again(box), now=timezone.now(), address="192.0.2.7")
    page = owner.get(f"{BOX}log/")
    for words in ("Mailbox suspended (by an administrator)", "Suspension lifted (by", "Closing of the mailbox asked for"):
        assertContains(page, words)


def test_who_came_in_by_the_mailbox_is_out_with_it(owner: Client, box: Mailbox, administrator: Person) -> None:
    """A stolen password must not open the portal for as long as a session lasts."""
    session = owner.session
    session[WAY] = f"mailbox:{ADDRESS}"
    session.save()
    assert owner.get(BOX).status_code == 200
    services.suspend(again(box), cause="theft", reason=REASON, actor=administrator, now=timezone.now())
    good = {"password": GOOD_PASSWORD, "password_again": GOOD_PASSWORD}
    assert owner.post(f"{BOX}reset/", good).headers["Location"].startswith("/signed-out/")
    assert not Job.objects.filter(kind="password").exists()
    assert owner.get("/contact/").status_code == 200


# --- administrators -------------------------------------------------------------------------------------------------------


def test_an_administrator_suspends_and_lifts(admin: Client, box: Mailbox, administrator: Person) -> None:
    assertContains(admin.get(page_of(box)), "Suspend it now")
    assert decide(admin, box, "suspend", cause="rule") == 422  # without a reason
    assert decide(admin, box, "suspend", cause="rule", reason=REASON) == 302
    assert (again(box).state, again(box).reason) == ("suspended", REASON)
    assertContains(admin.get(page_of(box)), "Log-ins from &lt;b&gt;far&lt;/b&gt; away.")
    assert decide(admin, box, "lift") == 302
    assert again(box).state == "active"
    assert set(AuditEvent.objects.filter(verb__startswith="mailbox.").values_list("actor", flat=True)) == {administrator.pk}


def test_after_theft_the_page_says_plainly_that_there_is_no_new_password(admin: Client, box: Mailbox) -> None:
    decide(admin, box, "suspend", cause="theft", reason=REASON)
    assertContains(admin.get(page_of(box)), "None: whoever knew the old one would be in again.")
    assert decide(admin, box, "lift") == 422
    assert again(box).state == "suspended"
    assert decide(admin, box, "lift", anyway="on") == 302
    assert again(box).state == "active"


def test_the_second_administrator_is_told_who_was_first(
    admin: Client, box: Mailbox, make_person: MakePerson, sign_in: SignIn
) -> None:
    other = make_person("z30004", name="另一位", is_staff=True)
    other.user_permissions.set(Permission.objects.filter(codename__in=["view_mailbox", "suspend_mailbox"]))
    stamp = admin.get(page_of(box)).context["stamp"]
    decide(sign_in(other), box, "suspend", cause="rule", reason="First.")
    late = {"deed": "suspend", "stamp": stamp, "cause": "theft", "reason": "Second."}
    assertContains(admin.post(page_of(box), late), "另一位 was first", status_code=409)
    assert again(box).reason == "First."


def test_a_right_that_was_taken_away_between_page_and_click(admin: Client, box: Mailbox, administrator: Person) -> None:
    stamp = admin.get(page_of(box)).context["stamp"]
    administrator.user_permissions.set(Permission.objects.filter(codename="view_mailbox"))
    data = {"deed": "suspend", "stamp": stamp, "cause": "rule", "reason": "x"}
    assert admin.post(page_of(box), data).status_code == 403
    assertNotContains(admin.get(page_of(box)), "Suspend it now")
    ids = {"action": "suspend", "ids": str(box.pk), "cause": "rule", "reason_zh": "x", "reason_en": "x"}
    assert admin.post("/admin/mailboxes/mailbox/decide/", ids).status_code == 403
    assert again(box).state == "active"


def test_nobody_decides_about_their_own_on_the_page(admin: Client, administrator: Person, make_open: MakeOpen) -> None:
    own = make_open(administrator, "admin.own")
    page = admin.get(page_of(own))
    assertContains(page, "This is your own mailbox")
    data = {"deed": "close", "stamp": page.context["stamp"], "reason": "x"}
    assert admin.post(page_of(own), data).status_code == 403


def test_closing_reopening_and_letting_stay(admin: Client, box: Mailbox) -> None:
    assert decide(admin, box, "close", reason="Gone.") == 302
    assert again(box).state == "closed"
    assert decide(admin, box, "suspend", cause="rule", reason="x") == 409
    assert decide(admin, box, "reopen") == 302
    Person.objects.filter(pk=box.person_id).update(condition="離職")
    following.follow_conditions(again(box).service, after=0, now=timezone.now())
    assertContains(admin.get(page_of(box)), "It does not allow this service.")
    assert decide(admin, box, "keep") == 302
    assert again(box).state == "active"


def test_many_at_once_after_a_list_of_what_would_happen(
    admin: Client, box: Mailbox, professor: Person, administrator: Person, make_open: MakeOpen
) -> None:
    held = make_open(professor, "sflin")
    services.suspend(again(held), cause="rule", reason="Before.", actor=administrator, now=timezone.now())
    Letter.objects.all().delete()
    chosen = {"action": "suspend_selected", "_selected_action": [box.pk, held.pk]}
    page = admin.post("/admin/mailboxes/mailbox/", chosen)
    assertContains(page, "Something would happen to 1 of them. Nothing has happened yet.")
    assert again(box).state == "active"
    ids = {"action": "suspend", "ids": page.context["ids"], "cause": "theft"}
    assert admin.post("/admin/mailboxes/mailbox/decide/", ids).status_code == 422
    ids |= {"reason_zh": "有人盜用。", "reason_en": "Stolen."}
    assertContains(admin.post("/admin/mailboxes/mailbox/decide/", ids, follow=True), "Done: 1. Left as they are: 1.")
    assert (again(box).reason, again(held).reason) == ("Stolen.", "Before.")
    lift = {"action": "lift_selected", "_selected_action": [box.pk, held.pk]}
    assertContains(admin.post("/admin/mailboxes/mailbox/", lift), "has set no new password since somebody else used it")


def test_more_than_can_go_at_once_are_refused_as_a_whole(
    admin: Client, box: Mailbox, make_person: MakePerson, make_open: MakeOpen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailboxes.reviewing.life.bulk.MOST", 1)
    make_open(make_person("z50001"), "another")
    everything = {"action": "suspend_selected", "_selected_action": [box.pk], "select_across": "1"}
    page = admin.post("/admin/mailboxes/mailbox/", everything, follow=True)
    assertContains(page, "At most 1 mailboxes go at once. Nothing was changed.")


def test_the_list_is_found_by_state_and_cause(admin: Client, box: Mailbox) -> None:
    decide(admin, box, "suspend", cause="theft", reason="x")
    assertContains(admin.get("/admin/mailboxes/mailbox/?state__exact=suspended&cause__exact=theft"), ADDRESS)
    assertNotContains(admin.get("/admin/mailboxes/mailbox/?cause__exact=rule"), ADDRESS)


def test_who_only_looks_after_something_else_sees_nothing(box: Mailbox, make_person: MakePerson, sign_in: SignIn) -> None:
    staff = sign_in(make_person("z30009", is_staff=True))
    assert staff.get(page_of(box)).status_code == 403
