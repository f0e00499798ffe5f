import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from jwt import PyJWTError

from sso_bridge import issuing, keys
from sso_bridge.claims import Claims
from sso_bridge.handoff import Refused, verify
from sso_bridge.jose import json_object
from sso_bridge.keyset import KINDS, BadKeySet, Key

NOTHING_JUDGED = 2  # exit status; 1 is a token that was judged and refused


class Command(BaseCommand):
    help = "The tools of docs/handoff.md: keys and tokens for trials, and what the site would say of a token."
    requires_system_checks = ()  # "new-key" is the cure for a missing key file

    def add_arguments(self, parser: ArgumentParser) -> None:
        tools = parser.add_subparsers(dest="tool", required=True)
        _new_key_arguments(tools.add_parser("new-key", help="a private JWK for the campus, its public half for the portal"))
        _issue_arguments(tools.add_parser("issue", help="a token, or a whole link, signed with a private JWK"))
        _check_arguments(tools.add_parser("check", help="what the site would say of a token; it is not spent"))

    def handle(self, *args: Any, tool: str, **options: Any) -> None:
        match tool:
            case "new-key":
                private, public = issuing.new_key(alg=options["alg"], issuer=options["issuer"], kid=options["kid"])
                self._say({"private": private, "public": public})
            case "issue":
                self.stdout.write(_link(_token(options), options["link"]))
            case "check" if options["jsonl"]:
                self._check_lines()
            case _:
                self._check_one(options["ip"], options["now"])

    def _check_lines(self) -> None:
        known = _known_keys()
        for case in _cases():
            try:
                self._say(_good(_verify(case["token"].encode(errors="replace"), case["ip"], case.get("now"), known)))
            except Refused as refused:
                self._say(_bad(refused))

    def _check_one(self, address: str | None, now: int | None) -> None:
        if address is None:
            raise CommandError("Give the visitor's address with --ip, or cases with --jsonl.", returncode=NOTHING_JUDGED)
        try:
            self._say(_good(_verify(sys.stdin.buffer.read().strip(), address, now, _known_keys())))
        except Refused as refused:
            self._say(_bad(refused))
            if refused.why:
                self.stderr.write(refused.why)
            sys.exit(1)

    def _say(self, value: Mapping[str, Any]) -> None:
        self.stdout.write(json.dumps(value, ensure_ascii=False))
        self.stdout.flush()  # a program that waits for one answer before its next case gets it


def _new_key_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--alg", choices=list(KINDS), default="EdDSA")
    parser.add_argument("--issuer", required=True, help="the campus system's own identifier, such as https://ais.example")
    parser.add_argument("--kid", required=True, help="the key's name, such as campus-2026")


def _issue_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--key", required=True, metavar="FILE", help="the private JWK")
    parser.add_argument("--link", metavar="URL", help="the portal's address, to print a whole link")
    parser.add_argument("--sub", required=True, help="staff or student number")
    parser.add_argument("--ip", required=True, action="append", help="the browser's address; up to four times")
    parser.add_argument("--name", default="王小明")
    parser.add_argument("--name-en", default="WANG,HSIAO-MING")
    parser.add_argument("--category", default="staff", choices=["staff", "student"])
    parser.add_argument("--condition", default="一般")
    parser.add_argument("--unit")
    parser.add_argument("--entry-year", type=int)
    parser.add_argument("--lang", choices=["zh-hant", "en"])


def _check_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--ip", help="the visitor's address")
    parser.add_argument("--now", type=int, metavar="SECONDS", help="since 1970; the present moment unless given")
    parser.add_argument("--jsonl", action="store_true", help='read cases, {"token": …, "ip": …, "now": …}, one a line')


def _token(options: Mapping[str, Any]) -> str:
    names = ("sub", "ip", "name", "name_en", "category", "condition", "unit", "entry_year", "lang")
    claims = {name: options[name] for name in names if options[name] is not None}
    try:
        key = json_object(Path(options["key"]).read_bytes())
        return issuing.issue(claims, key=key, audience=settings.HANDOFF_AUDIENCE, now=int(time.time()))
    except (OSError, ValueError, TypeError, LookupError, PyJWTError) as error:
        raise CommandError(f"{options['key']} is not a private JWK: {error!r}", returncode=NOTHING_JUDGED) from error


def _link(token: str, portal: str | None) -> str:
    return f"{urljoin(portal, reverse('handoff'))}?{urlencode({'token': token})}" if portal else token


def _known_keys() -> Mapping[str, Key]:
    try:
        return keys.load(Path(settings.HANDOFF_KEYS_FILE))
    except BadKeySet as error:
        raise CommandError(str(error), returncode=NOTHING_JUDGED) from error


def _verify(token: bytes, address: str, now: int | None, known: Mapping[str, Key]) -> Claims:
    return verify(
        token,
        keys=known,
        audience=settings.HANDOFF_AUDIENCE,
        skew=settings.HANDOFF_SKEW,
        now=int(time.time()) if now is None else now,
        address=address,
    )


def _good(claims: Claims) -> dict[str, Any]:
    return {"ok": True, "claims": {name: value for name, value in asdict(claims).items() if value is not None}}


def _bad(refused: Refused) -> dict[str, Any]:
    return {"ok": False, "code": refused.code.value}


def _cases() -> Iterator[dict[str, Any]]:
    for number, line in enumerate(sys.stdin.buffer, 1):
        if line.strip():
            yield _case(line, number)


def _case(line: bytes, number: int) -> dict[str, Any]:
    try:
        case = json_object(line)
    except ValueError as error:
        raise CommandError(f"Line {number} is not a case: {error}.", returncode=NOTHING_JUDGED) from error
    texts = (case.get("token"), case.get("ip"))
    if not all(isinstance(text, str) for text in texts) or type(case.get("now", 0)) is not int:
        cure = 'It must be {"token": text, "ip": text, "now": whole seconds}.'
        raise CommandError(f"Line {number} is not a case. {cure}", returncode=NOTHING_JUDGED)
    return case
