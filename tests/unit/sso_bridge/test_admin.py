import pytest
from django.test import Client

from accounts.models import Person
from sso_bridge.models import Refusal, SpentToken
from tests.conftest import SignIn
from tests.unit.sso_bridge.campus import ADDRESS

pytestmark = pytest.mark.django_db


@pytest.fixture
def helpdesk(sign_in: SignIn) -> Client:
    return sign_in(Person.objects.create_superuser("helpdesk", "not-a-real-password"))


@pytest.fixture
def refusal() -> Refusal:
    Refusal.objects.create(reference="H-00000000", code="malformed")
    return Refusal.objects.create(
        reference="H-7QK2MX4T", code="ip-mismatch", subject="z99999", address=ADDRESS, issuer="https://ais.test"
    )


@pytest.mark.parametrize("asked", ["H-7QK2MX4T", "h-7qk2", "z99999", ADDRESS])
def test_helpdesk_finds_a_refusal_by_reference_number_or_address(asked: str, helpdesk: Client, refusal: Refusal) -> None:
    page = helpdesk.get("/admin/sso_bridge/refusal/", {"q": asked}).text
    assert "H-7QK2MX4T" in page
    assert "H-00000000" not in page


@pytest.mark.parametrize("table", ["refusal", "spenttoken"])
def test_nobody_adds_changes_or_deletes_what_is_evidence(table: str, helpdesk: Client, refusal: Refusal) -> None:
    SpentToken.objects.create(issuer="https://ais.test", jti="a" * 16, expires_at=refusal.happened_at)
    row = refusal.pk if table == "refusal" else SpentToken.objects.get().pk
    place = f"/admin/sso_bridge/{table}/"
    assert helpdesk.get(place).status_code == 200
    assert helpdesk.get(f"{place}{row}/change/").status_code == 200
    assert helpdesk.get(f"{place}add/").status_code == 403
    assert helpdesk.post(f"{place}{row}/change/", {"code": "x"}).status_code == 403
    assert helpdesk.post(f"{place}{row}/delete/", {"post": "yes"}).status_code == 403
    assert (Refusal.objects.count(), SpentToken.objects.count()) == (2, 1)
