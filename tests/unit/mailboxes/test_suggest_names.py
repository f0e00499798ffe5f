import io
import json
import sys
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command

from mailboxes import names
from mailboxes.models import MailService
from tests.conftest import MakePerson

Suggest = Callable[..., list[dict[str, str]]]


@pytest.fixture
def suggest(services: dict[str, MailService], monkeypatch: pytest.MonkeyPatch) -> Suggest:
    """What the command prints, line by line, with ``typed`` on its standard input."""

    def suggested(name: str, service: str = "mx", typed: str = "") -> list[dict[str, str]]:
        printed = io.StringIO()
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        call_command("suggest_names", name, service=service, stdout=printed)
        return [json.loads(line) for line in printed.getvalue().splitlines()]

    return suggested


def test_it_prints_each_name_and_why_in_the_order_offered(suggest: Suggest) -> None:
    assert suggest("WANG,HSIAO-MING") == [
        {"name": "hsiaoming", "why": "given name"},
        {"name": "hmwang", "why": "initials and surname"},
        {"name": "wanghm", "why": "surname and initials"},
        {"name": "hsiaomingwang", "why": "given name and surname"},
        {"name": "wanghsiaoming", "why": "surname and given name"},
        {"name": "hsiaoming.wang", "why": "given name.surname"},
        {"name": "hsiao-ming", "why": "given name with hyphens"},
        {"name": "wang.hsiaoming", "why": "surname.given name"},
    ]


def test_it_offers_what_the_page_offers(suggest: Suggest, services: dict[str, MailService], make_person: MakePerson) -> None:
    person = make_person("z1", passport_name="LI,E")
    assert [line["name"] for line in suggest("LI,E")] == [offer.name for offer in names.offered(services["mx"], person)]


def test_it_reads_names_from_standard_input(suggest: Suggest) -> None:
    lines = suggest("-", typed="SUHARTO\n GARCÍA LÓPEZ,JOSÉ\r\n\n😀\n")
    assert lines[0] == {"for": "SUHARTO", "name": "suharto", "why": "whole name"}
    assert lines[5] == {"for": "GARCÍA LÓPEZ,JOSÉ", "name": "jose", "why": "given name"}
    assert lines[-2:] == [
        {"for": "", "error": "No passport name is known, and account names are made from it."},
        {"for": "😀", "error": "Nothing in the passport name can be written with the letters A to Z."},
    ]


@pytest.mark.parametrize(
    ("name", "service", "sentence"),
    [
        ("😀", "mx", "Nothing in the passport name can be written with the letters A to Z."),
        ("", "mx", "No passport name is known"),
        ("ROOT", "mx", "reserved or taken"),
        ("WANG,HSIAO-MING", "student", "fixes its names by a pattern"),
        ("WANG,HSIAO-MING", "edu", "lets people type their names"),
        ("WANG,HSIAO-MING", "mmx", "There is no mail service mmx; there is: mx, gapp, student, edu."),
    ],
)
def test_it_fails_with_a_sentence_where_nothing_can_be_made(
    suggest: Suggest, name: str, service: str, sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence) as failure:
        suggest(name, service=service)
    assert failure.value.returncode == 1


def test_it_needs_to_know_the_service(services: dict[str, MailService]) -> None:
    with pytest.raises(CommandError, match="--service"):
        call_command("suggest_names", "WANG,HSIAO-MING")
