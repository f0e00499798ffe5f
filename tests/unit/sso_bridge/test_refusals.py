"""Each refusal: its page, its status, what is kept of it, and what never is."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.utils import translation

from accounts.models import AuditEvent, Person
from sso_bridge import refusals
from sso_bridge.handoff import Code, Refused
from sso_bridge.models import Refusal, SpentToken
from tests.conftest import MakePerson
from tests.unit.sso_bridge import campus
from tests.unit.sso_bridge.campus import ADDRESS, HEADER, NOW, WANG, sign, token

HANDOFF = "/sso/handoff/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys_file", "while_fresh")]


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "en"}, REMOTE_ADDR=ADDRESS)


def come(client: Client, octets: bytes, **extra: Any) -> HttpResponse:
    return client.post(HANDOFF, {"token": octets.decode()}, **extra)  # type: ignore[return-value]


BAD: list[tuple[str, bytes, str, str]] = [
    ("malformed", b"abcde", "This link is damaged", ""),
    ("malformed", token(name=""), "This link is damaged", "z99999"),
    ("unknown-key", sign(WANG, HEADER | {"kid": "nobody"}, campus.STRANGER), "This link cannot be checked", ""),
    ("bad-signature", sign(WANG, HEADER, campus.STRANGER), "This link has been changed", ""),
    ("wrong-audience", token(aud="elsewhere.test"), "This link is for another site", "z99999"),
    ("not-yet-valid", token(iat=NOW + 60), "This link is dated in the future", "z99999"),
    ("lifetime", token(exp=NOW + 121), "This link would be good for too long", "z99999"),
    ("expired", token(iat=NOW - 120, exp=NOW - 60), "The link has expired", "z99999"),
    ("ip-mismatch", token(ip="198.51.100.7"), "Your network address has changed", "z99999"),
]


@pytest.mark.parametrize(("code", "octets", "heading", "subject"), BAD)
def test_each_refusal_says_what_happened_what_to_do_the_code_and_a_reference(
    code: str, octets: bytes, heading: str, subject: str, client: Client
) -> None:
    page = come(client, octets)
    kept = Refusal.objects.get()
    assert page.status_code == (400 if code == "malformed" else 403)
    for words in (
        f"<h1>{heading}</h1>",
        "What to do",
        'href="http://127.0.0.1:8001/"',
        "03-000-0000",
        "helpdesk@campus.example",
    ):
        assert words in page.text
    assert f'<span class="address">{code}</span>' in page.text
    assert f'<span class="address">{kept.reference}</span>' in page.text
    assert kept.reference.startswith("H-")
    assert len(kept.reference) == 10
    assert (kept.code, kept.address, kept.subject) == (code, ADDRESS, subject)
    assert kept.issuer == (campus.ISSUER if subject else "")
    assert page["Cache-Control"] == "no-store"
    assert not SpentToken.objects.exists()
    assert not Person.objects.exists()
    assert "sessionid" not in client.cookies


IN_CHINESE = {
    "malformed": "這個連結不完整",
    "unknown-key": "無法驗證這個連結",
    "bad-signature": "這個連結的內容被更動過",
    "wrong-audience": "這個連結是給其他網站用的",
    "not-yet-valid": "這個連結的時間在未來",
    "lifetime": "這個連結的有效時間過長",
    "expired": "連結已失效",
    "ip-mismatch": "網路位址不同",
    "replayed": "這個連結已經用過了",
    "account-closed": "您在本系統的帳號已關閉",
}


@pytest.mark.parametrize(("code", "octets"), [(code, octets) for code, octets, _, _ in BAD])
def test_each_refusal_is_told_in_chinese_too(code: str, octets: bytes) -> None:
    page = come(Client(headers={"accept-language": "zh-TW"}, REMOTE_ADDR=ADDRESS), octets)
    for words in (
        f"<h1>{IN_CHINESE[code]}</h1>",
        "請這樣做",
        "回到校務資訊系統",
        f'代碼 <span class="address">{code}</span>',
    ):
        assert words in page.text


def test_every_code_has_its_words_in_both_languages() -> None:
    with translation.override("zh-hant"):
        assert {code.value: str(heading) for code, (heading, _) in refusals.WORDS.items()} == IN_CHINESE


def test_the_expired_page_tells_how_to_get_a_new_link(client: Client) -> None:
    page = come(client, token(iat=NOW - 120, exp=NOW - 60))
    assert "good for two minutes and for one sign-in" in page.text
    assert "Go back to the left menu of the campus information system." in page.text
    assert "Choose 網路系統組線上服務 (Online services) again." in page.text


def test_the_mismatch_page_shows_the_address_that_the_portal_sees_and_not_the_tokens(client: Client) -> None:
    page = come(client, token(ip=["198.51.100.7", "2001:db8::99"]), REMOTE_ADDR="::ffff:203.0.113.5")
    assert '<strong class="address">203.0.113.5</strong>' in page.text
    assert "VPN" in page.text
    assert "Wi-Fi" in page.text
    assert "198.51.100.7" not in page.text
    assert "2001:db8::99" not in page.text


def test_a_visitor_whose_address_is_unknown_is_told_so_without_a_blank(client: Client) -> None:
    page = come(client, token(), REMOTE_ADDR="")
    assert "Your network address has changed" in page.text
    assert "The portal sees you" not in page.text
    assert Refusal.objects.get().address is None


def test_a_second_use_is_refused(client: Client) -> None:
    come(client, token())
    page = come(Client(headers={"accept-language": "en"}, REMOTE_ADDR=ADDRESS), token())
    assert page.status_code == 403
    assert "<h1>This link has been used already</h1>" in page.text
    assert "Was it you who used it" in page.text
    assert "You are signed in" not in page.text
    assert Refusal.objects.get().code == "replayed"


def test_whoever_presses_twice_is_told_that_they_are_in(client: Client) -> None:
    come(client, token())
    key = client.session.session_key
    page = come(client, token())
    assert page.status_code == 403
    assert "You are signed in as 王小明 (z99999): there is nothing else to do." in page.text
    assert '<a class="button" href="/">Go to the home page</a>' in page.text
    assert client.session.session_key == key


def test_a_link_used_by_somebody_else_does_not_tell_me_that_i_am_they(client: Client) -> None:
    come(Client(REMOTE_ADDR=ADDRESS), token())
    come(client, token(jti="b" * 16, sub="z11111", name="李大同"))
    page = come(client, token())
    assert "<h1>This link has been used already</h1>" in page.text
    assert "You are signed in as" not in page.text


def test_a_closed_account_stays_outside_and_its_data_as_they_were(client: Client, make_person: MakePerson) -> None:
    make_person("z99999", is_active=False, condition="離職")
    page = come(client, token())
    assert page.status_code == 403
    assert "<h1>Your account here is closed</h1>" in page.text
    assert '<span class="address">account-closed</span>' in page.text
    assert "A new link does not help." in page.text
    assert Person.objects.get().condition == "離職"
    assert "sessionid" not in client.cookies


def test_a_refusal_of_somebody_known_is_in_their_history(client: Client, make_person: MakePerson) -> None:
    wang = make_person("z99999")
    come(client, token(ip="198.51.100.7"))
    event = AuditEvent.objects.get()
    reference = Refusal.objects.get().reference
    assert (event.verb, event.person, event.address) == ("handoff.refused", wang, ADDRESS)
    assert event.details == {"code": "ip-mismatch", "reference": reference, "number": "z99999"}


def test_somebody_unknown_is_named_in_the_event_by_the_number_that_the_signature_vouches_for(client: Client) -> None:
    come(client, token(ip="198.51.100.7"))
    event = AuditEvent.objects.get()
    assert (event.person, event.details["number"]) == (None, "z99999")


def test_strangers_write_no_audit_event(client: Client) -> None:
    come(client, sign(WANG, HEADER, campus.STRANGER))
    assert not AuditEvent.objects.exists()


def test_one_visitor_fills_no_table_and_always_gets_a_page_with_a_reference_that_exists(client: Client) -> None:
    pages = [come(client, f"junk{number}".encode()).text for number in range(25)]
    references = set(Refusal.objects.values_list("reference", flat=True))
    assert len(references) == refusals.KEPT_A_VISITOR
    assert all(any(reference in page for reference in references) for page in pages)
    # Nobody else, and no other failure, has to suffer for it.
    come(client, token(), REMOTE_ADDR="198.51.100.7")
    come(client, b"junk", REMOTE_ADDR="198.51.100.7")
    assert Refusal.objects.count() == refusals.KEPT_A_VISITOR + 2
    with time_machine.travel(NOW + 3700, tick=False):
        come(client, b"junk")
    assert Refusal.objects.count() == refusals.KEPT_A_VISITOR + 3


def test_strangers_from_everywhere_fill_no_table_either(client: Client) -> None:
    now = datetime.fromtimestamp(NOW + 1, UTC)
    for number in range(refusals.KEPT_OF_STRANGERS + 5):
        refusals.record(Refused(Code.MALFORMED), f"2001:db8::{number:x}", now)
    assert Refusal.objects.count() == refusals.KEPT_OF_STRANGERS
    page = come(client, b"junk")
    assert "<h1>This link is damaged</h1>" in page.text
    assert "Reference" not in page.text
    # Somebody with a good signature is still kept, and an hour later everybody is.
    come(client, token(), REMOTE_ADDR="198.51.100.7")
    assert Refusal.objects.filter(code="ip-mismatch").count() == 1
    assert refusals.record(Refused(Code.MALFORMED), ADDRESS, now + timedelta(hours=2)).startswith("H-")


def test_the_token_reaches_no_log(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for octets in (token(), token(), *(octets for _, octets, _, _ in BAD)):
        client.get(HANDOFF, {"token": octets.decode()})
        come(client, octets)
    client.put(f"{HANDOFF}?token={token().decode()}")
    ours = [record for record in caplog.records if not record.name.startswith("django.db")]
    assert {"django.request", "sso_bridge.views"} <= {record.name for record in ours}
    for record in ours:
        assert token().decode()[:20] not in record.getMessage()
