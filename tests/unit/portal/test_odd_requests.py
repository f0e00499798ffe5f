"""What no browser sends of itself is refused with a page, and never an error of ours."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django.asserts import assertContains

from tests.conftest import SignIn

pytestmark = pytest.mark.django_db
BOUNDARY = "b"
ODD = ["unicode_escape", "rot13", "hex", "idna", "utf-16", "big5"]


def post(client: Client, path: str, charset: str, value: str) -> Any:
    body = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="token"\r\n\r\n{value}\r\n--{BOUNDARY}--\r\n'
    kind = f"multipart/form-data; boundary={BOUNDARY}; charset={charset}"
    return client.generic("POST", path, body.encode(), content_type=kind)  # post() would encode it itself


@pytest.mark.parametrize("charset", ODD)
@pytest.mark.parametrize("path", ["/sso/handoff/", "/language/", "/mail/mx/name/"])
def test_a_form_in_another_encoding_has_its_page(path: str, charset: str, client: Client) -> None:
    client.raise_request_exception = False
    assertContains(post(client, path, charset, "\\ud800"), '<span class="address">400</span>', status_code=400)


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", "no-such"])
def test_one_in_utf_8_is_read(charset: str, client: Client) -> None:
    assert post(client, "/language/", charset, "x").status_code == 302


@pytest.mark.parametrize("reference", ["%00", "a%00b", "%EF%BF%BD", "a%0Ab"])
def test_a_reference_that_can_be_none_is_not_found(reference: str, as_wang: Client) -> None:
    assert as_wang.get(f"/applications/{reference}/").status_code == 404


@pytest.mark.parametrize("cookie", ["abcdefgh\0abc", '"abcdefgh\\000abc"', "abcdefgh-xyz"])
@pytest.mark.parametrize("path", ["/", "/help/", "/signed-out/", "/sso/handoff/"])
def test_a_cookie_that_is_none_of_ours_is_as_none(path: str, cookie: str, client: Client) -> None:
    client.cookies["sessionid"] = cookie
    assert client.get(path).status_code in (200, 302, 400)
    assert not Session.objects.exists()


def test_no_store_is_asked_for_such_a_key(client: Client, django_assert_num_queries: Any) -> None:
    client.cookies["sessionid"] = "abcdefgh\0abc"
    with django_assert_num_queries(0):
        assert client.get("/")["Location"].startswith("/signed-out/")


def test_ones_own_session_is_read(as_wang: Client, sign_in: SignIn) -> None:
    assert as_wang.get("/configure/").status_code == 200
