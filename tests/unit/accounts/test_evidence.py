"""The evidence of what one person agreed to: a page, a file, and an event that says who took it."""

import json
from hashlib import sha256

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from accounts import policies
from accounts.models import AuditEvent, Person, PolicyVersion
from mailboxes.models import MailService
from tests.conftest import SignIn
from tests.unit.accounts.policies import version_of

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]


@pytest.fixture
def clerk(services: dict[str, MailService]) -> Person:
    """Somebody with the right to see consents, and no other."""
    clerk = Person.objects.create(source="local", subject="clerk", username="clerk", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename="view_consent"))
    return clerk


@pytest.fixture
def agreed(services: dict[str, MailService], wang: Person) -> Person:
    """王小明, who agreed to one version in the morning and to the next one in the afternoon."""
    with time_machine.travel("2026-11-22T01:02:03+00:00", tick=False):
        old = PolicyVersion.objects.get(policy__slug="network")
        policies.agree(wang, old, address="192.0.2.7", now=timezone.now())
    with time_machine.travel("2026-11-22T07:08:09+00:00", tick=False):
        new = version_of("network", "2026-11", timezone.now(), text_en="<b>No</b> games.")
        policies.agree(wang, new, address="2001:db8::7", now=timezone.now())
    return wang


def path(person: Person) -> str:
    return f"/admin/accounts/consent/evidence/{person.pk}/"


def test_the_page_shows_every_consent_with_its_text_and_proof(clerk: Person, sign_in: SignIn, agreed: Person) -> None:
    page = sign_in(clerk).get(path(agreed))
    for words in (
        "王小明",
        "campus: z99999",
        "22 November 2026, 09:02",
        "2026-11-22T15:08:09+08:00",
        "192.0.2.7",
        "2001:db8::7",
        "1. The campus network is there for teaching",
        "&lt;b&gt;No&lt;/b&gt; games.",
        sha256(b"<b>No</b> games.").hexdigest(),
    ):
        assertContains(page, words)
    assert "no-store" in page["Cache-Control"]


def test_the_file_holds_the_texts_to_the_letter(clerk: Person, sign_in: SignIn, agreed: Person) -> None:
    with time_machine.travel("2026-11-22T16:30:00+00:00", tick=False):
        response = sign_in(clerk).post(path(agreed))
    assert response["Content-Disposition"] == f'attachment; filename="evidence-{agreed.pk}-2026-11-23.json"'
    document = json.loads(response.content)
    assert document["person"] == {
        "source": "campus", "subject": "z99999", "number": "z99999", "name": "王小明", "passport_name": "WANG,HSIAO-MING",
    }  # fmt: skip
    assert (document["made_at"], document["made_by"]) == ("2026-11-23T00:30:00+08:00", "clerk (local)")
    assert [one["version"] for one in document["consents"]] == ["2026-08", "2026-11"]
    last = document["consents"][-1]
    assert (last["agreed_at"], last["from_address"]) == ("2026-11-22T15:08:09+08:00", "2001:db8::7")
    assert last["in_force_from"] == "2026-11-22T15:08:09+08:00"
    for language in ("zh", "en"):
        assert sha256(last[f"text_{language}"].encode()).hexdigest() == last[f"sha256_{language}"]


def test_the_event_of_the_consent_holds_the_same_proof(agreed: Person) -> None:
    event = AuditEvent.objects.filter(verb="policy.agreed").latest("pk")
    assert event.details["sha256_en"] == sha256(b"<b>No</b> games.").hexdigest()


@pytest.mark.parametrize(("method", "kind"), [("get", "page"), ("post", "json")])
def test_who_takes_it_is_written_down(clerk: Person, sign_in: SignIn, agreed: Person, method: str, kind: str) -> None:
    getattr(sign_in(clerk), method)(path(agreed), REMOTE_ADDR="198.51.100.4")
    event = AuditEvent.objects.get(verb="evidence.exported")
    assert (event.person, event.actor, event.address) == (agreed, clerk, "198.51.100.4")
    consents = list(agreed.consents.order_by("pk").values_list("pk", flat=True))
    assert event.details == {"format": kind, "consents": consents}


def test_nobody_without_the_right_gets_it(clerk: Person, sign_in: SignIn, agreed: Person) -> None:
    clerk.user_permissions.set(Permission.objects.filter(codename="view_person"))
    browser = sign_in(clerk)
    assert browser.get(path(agreed)).status_code == browser.post(path(agreed)).status_code == 403
    assertNotContains(browser.get(f"/admin/accounts/person/{agreed.pk}/change/"), "Evidence of consents")
    assert sign_in(agreed).get(path(agreed)).status_code == 302
    assert not AuditEvent.objects.filter(verb="evidence.exported").exists()


def test_it_is_reached_from_the_person_and_from_the_list(clerk: Person, sign_in: SignIn, agreed: Person) -> None:
    clerk.user_permissions.set(Permission.objects.filter(codename__in=["view_person", "view_consent"]))
    browser = sign_in(clerk)
    for place in (f"/admin/accounts/person/{agreed.pk}/change/", "/admin/accounts/consent/"):
        assertContains(browser.get(place), f'href="{path(agreed)}"')


def test_of_somebody_who_agreed_to_nothing_it_says_so(clerk: Person, sign_in: SignIn, stranger: Person) -> None:
    assertContains(sign_in(clerk).get(path(stranger)), "This person has agreed to no policy.")
    assert json.loads(sign_in(clerk).post(path(stranger)).content)["consents"] == []


def test_there_is_none_of_nobody(clerk: Person, sign_in: SignIn) -> None:
    assert sign_in(clerk).get("/admin/accounts/consent/evidence/99999999/").status_code == 404
    assert sign_in(clerk).get("/admin/accounts/consent/evidence/" + "9" * 25 + "/").status_code == 404


def test_the_list_of_consents_is_exported_with_names_and_not_with_links(
    clerk: Person, sign_in: SignIn, agreed: Person
) -> None:
    response: Client = sign_in(clerk)
    lines = b"".join(response.post("/admin/accounts/consent/export/", {"format": "csv"})).decode()
    assert "王小明 (z99999)" in lines
    assert "<a" not in lines
