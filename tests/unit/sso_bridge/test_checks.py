from pathlib import Path

import pytest
from django.core.checks import run_checks
from pytest_django import Settings

from tests.unit.sso_bridge.campus import PAIRS, key_set


def messages(**options: object) -> list[tuple[str | None, str, str | None]]:
    found = run_checks(**options)  # type: ignore[arg-type]
    return [(message.id, message.msg, message.hint) for message in found if (message.id or "").startswith("sso_bridge")]


def test_a_good_installation_has_nothing_to_say(keys_file: Path) -> None:
    assert messages() == []


def test_it_names_the_missing_file_and_the_command_that_makes_a_key(settings: Settings, tmp_path: Path) -> None:
    settings.HANDOFF_KEYS_FILE = tmp_path / "keys.json"
    ((number, text, hint),) = messages()
    assert (number, text) == (
        "sso_bridge.E001",
        f"The key file {tmp_path}/keys.json cannot be read: No such file or directory.",
    )
    assert "manage.py handoff new-key" in (hint or "")


@pytest.mark.parametrize(
    ("octets", "number", "text"),
    [
        (b"[]", "sso_bridge.E002", "not a JWK Set"),
        (key_set("campus-ed", "campus-ed"), "sso_bridge.E003", "'campus-ed'"),
        (key_set("campus-hs", k="c2hvcnQ"), "sso_bridge.E004", "'campus-hs' has a secret of 5 bytes"),
        (key_set("campus-ed", d=PAIRS["campus-ed"][0]["d"]), "sso_bridge.E005", "'campus-ed' is a private key"),
        (key_set("campus-es", alg="ES384"), "sso_bridge.E006", "'campus-es' has the alg 'ES384'"),
        (key_set("campus-es", portal_iss=""), "sso_bridge.E007", "'campus-es' has no usable portal_iss"),
    ],
)
def test_each_fault_of_the_key_file_is_an_error_that_names_the_key(
    octets: bytes, number: str, text: str, keys_file: Path
) -> None:
    keys_file.write_bytes(octets)
    ((found, said, hint),) = messages()
    assert found == number
    assert text in said
    assert hint
    assert PAIRS["campus-ed"][0]["d"] not in said + hint


def test_a_private_key_may_stand_there_while_debugging(keys_file: Path, settings: Settings) -> None:
    keys_file.write_bytes(key_set("campus-ed", d=PAIRS["campus-ed"][0]["d"]))
    settings.DEBUG = True
    assert messages() == []


def test_it_names_a_trusted_proxy_that_is_no_address(keys_file: Path, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1", "10.0.0.0/8", "::1", "unix", "localhost", "10.0.0.1:80"]
    assert [(number, text.partition(",")[0]) for number, text, _ in messages()] == [
        ("sso_bridge.E008", "TRUSTED_PROXIES holds 'localhost'"),
        ("sso_bridge.E008", "TRUSTED_PROXIES holds '10.0.0.1:80'"),
    ]


@pytest.mark.django_db
def test_a_command_that_only_prepares_the_database_is_warned(settings: Settings, tmp_path: Path) -> None:
    settings.HANDOFF_KEYS_FILE = tmp_path / "keys.json"
    assert [number for number, _, _ in messages(databases=["default"])] == ["sso_bridge.W001"]
