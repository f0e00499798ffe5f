import json
import re
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from accounts import strength
from accounts.password_form import NewPasswordForm

GOOD = "copper-kettle-ninety-seals"
MX = strength.PasswordRule(least_score=3, least_length=10)
EDU = strength.PasswordRule(least_score=2, least_length=8, kinds=("digit", "upper", "lower"))
WANG = strength.inputs_for(name="王小明", passport_name="WANG,HSIAO-MING", number="z99999", local_part="hsiaoming")


def form(password: str | None = None, again: str | None = None, rule: strength.PasswordRule = MX) -> NewPasswordForm:
    data = {"password": password, "password_again": again}
    sent = {name: value for name, value in data.items() if value is not None}
    return NewPasswordForm(sent if sent else None, rule=rule, inputs=WANG)


def shown(bound: NewPasswordForm) -> str:
    with override("en"):
        return render_to_string("components/new_password.html", {"form": bound})


def for_script(page: str) -> dict[str, Any]:
    found = re.findall(r'<script id="password-(\w+)" type="application/json">(.*?)</script>', page)
    return {name: json.loads(text) for name, text in found}


def test_a_good_password_typed_twice_is_handed_on_once() -> None:
    bound = form(GOOD, GOOD)
    assert bound.is_valid()
    assert bound.cleaned_data == {"password": GOOD}


def test_spaces_at_the_ends_belong_to_the_password() -> None:
    bound = form(f" {GOOD} ", f" {GOOD} ")
    assert bound.is_valid()
    assert bound.cleaned_data["password"] == f" {GOOD} "
    assert not form(GOOD, f"{GOOD} ").is_valid()


@pytest.mark.parametrize(
    ("password", "again", "field", "message"),
    [
        (GOOD, "copper-kettle-ninety-seal", "password_again", "The two passwords are not the same."),
        (GOOD, "", "password_again", "Type the new password a second time."),
        ("", "", "password", "Type a new password."),
        ("hsiaoming1999", "hsiaoming1999", "password", "too easy to guess"),
        ("hsiaoming1999", "other", "password", "too easy to guess"),
        ("kettle7", "kettle7", "password", "Too short"),
        ("x" * 129, "x" * 129, "password", "Too long: use at most 128 characters."),
        ("密碼密碼密碼密碼密碼", "密碼密碼密碼密碼密碼", "password", "fail on a phone"),
    ],
)
def test_it_explains_what_is_wrong_beside_the_field(password: str, again: str, field: str, message: str) -> None:
    bound = form(password, again)
    with override("en"):
        assert not bound.is_valid()
        assert message in str(bound.errors[field])
    page = shown(bound)
    name = f"id_{field}"
    assert re.search(rf'<div class="message" id="{name}_error">.*{re.escape(message)}', page)
    (tag,) = re.findall(rf"<input [^>]*{name}\b[^>]*>", page)
    assert 'aria-invalid="true"' in tag
    assert f"{name}_error" in tag
    if len(password) > 1:
        assert password not in page
        assert "value=" not in tag


def test_a_refused_password_is_not_handed_on_at_all() -> None:
    bound = form("hsiaoming1999", "hsiaoming1999")
    assert not bound.is_valid()
    assert bound.cleaned_data == {}


def test_the_fields_say_what_they_want_before_anybody_types() -> None:
    page = shown(form(rule=EDU))
    for sentence in (
        "At least 8 characters; the strength must be Fair or better.",
        "It must have: a digit, an upper-case letter, a lower-case letter.",
        "A few unrelated words in a row are safer than one that is hard to remember.",
    ):
        assert sentence in page
    assert 'aria-describedby="id_password_hint id_password_error"' in page
    assert page.count('autocomplete="new-password"') == page.count('spellcheck="false"') == 2
    # A browser would cut a pasted password there, silently, or say things in its own words.
    assert "maxlength" not in page
    assert not re.search(r"<input[^>]* required", page)


def test_without_script_nothing_shows_that_needs_it() -> None:
    page = shown(form())
    assert re.search(r'<button [^>]*type="button"[^>]* hidden>Show</button>', page)
    assert '<div class="meter" hidden>' in page


def test_the_address_is_there_for_password_managers() -> None:
    bound = form()
    bound.address = "hsiaoming@mx.campus.example"  # type: ignore[attr-defined]
    assert '<input type="text" value="hsiaoming@mx.campus.example" autocomplete="username" readonly hidden>' in shown(bound)
    assert "username" not in shown(form())


def test_the_script_gets_the_rule_the_addresses_and_every_sentence() -> None:
    given = for_script(shown(form(rule=EDU)))
    assert given["words"]["worker"] == "/static/js/strength-worker.js"
    assert given["settings"] == strength.worker_settings(EDU, WANG) | {
        "library": "/static/vendor/zxcvbn-4.4.2.js",
        "rule": {"least_score": 2, "least_length": 8, "kinds": ["digit", "upper", "lower"]},
        "lookalikes": list(strength.worker_settings(EDU, WANG)["lookalikes"]),
    }
    assert given["words"]["levels"] == ["Too weak", "Weak", "Fair", "GOOD", "STRONG"]
    refusals = {"not-ascii", "too-long", "too-short", "missing-digit", "missing-upper", "missing-lower", "too-weak"}
    assert set(given["words"]["problems"]) == refusals | {"required", "required-again", "unequal"}


def test_a_name_with_a_tag_in_it_cannot_leave_the_data_for_the_script() -> None:
    hostile = NewPasswordForm(rule=MX, inputs=["</script><script>alert(1)</script>"])
    page = shown(hostile)
    assert "<script>alert" not in page
    assert for_script(page)["settings"]["inputs"][0].startswith("</script>")
