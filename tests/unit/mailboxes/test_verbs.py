"""Every event that the code can write has words: whoever reads a timeline reads no verb."""

import ast
import itertools
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from mailboxes import states, verbs
from mailboxes.models import Job
from mailboxes.reviewing.helpdesk import guard, timeline

ROOT = Path(__file__).parent.parent.parent.parent
HOUSE = ("accounts", "mailboxes", "sso_bridge", "portal")
# What stands in the braces of a verb that is put together; a new one has to be told here.
PARTS = {
    "application.{verb or to}": {to for targets in states.APPLICATION.values() for to in targets} | {"approved"},
    "mailbox.{verb or to}": {to for targets in states.MAILBOX.values() for to in targets}
    | {"lifted", "stays", "kept", "closing", "closing-taken-back", "reopened"},
    "delegation.{what}": {"offered", "begun", "stopped"} | {to for to_all in states.DELEGATION.values() for to in to_all},
    "mailbox.{job.kind}-done": set(Job.Kind.values) - {Job.Kind.CREATE, Job.Kind.SHARE},
    "helpdesk.{what}-stopped": set(guard.MOST),
}


@cache
def written() -> dict[str, str]:
    """Every verb, and where it is written: the first argument of ``record``, or what a caller hands on to it."""
    trees = {path: ast.parse(path.read_text()) for folder in HOUSE for path in (ROOT / folder).rglob("*.py")}
    found: dict[str, str] = {}
    for path, tree in trees.items():
        recorders = {("audit", "record", 0)} | set(handing_on(tree))
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            for verb in itertools.chain.from_iterable(said(call, recorder) for recorder in recorders):
                found[verb] = f"{path.relative_to(ROOT)}:{call.lineno}"
    return found


def handing_on(tree: ast.Module) -> Iterator[tuple[str, str, int]]:
    """The functions of a module that have a ``verb`` for ``record``: by name, and its place among their arguments."""
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        names = [argument.arg for argument in function.args.args]
        if "verb" in names and "record(" in ast.unparse(function):
            yield "", function.name, names.index("verb") - ("self" in names)


def said(call: ast.Call, recorder: tuple[str, str, int]) -> Iterator[str]:
    module, name, place = recorder
    if isinstance(call.func, ast.Attribute):
        fits = call.func.attr == name and (not module or ast.unparse(call.func.value) == module)
    else:
        fits = isinstance(call.func, ast.Name) and call.func.id == name and not module
    if fits and len(call.args) > place:
        yield from verbs_of(call.args[place])


def verbs_of(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.IfExp):
        yield from verbs_of(node.body)
        yield from verbs_of(node.orelse)
    elif isinstance(node, ast.JoinedStr):
        form = ast.unparse(node)[2:-1]
        assert form in PARTS, f"{form}: tell in PARTS what stands in its braces"
        before, _brace, rest = form.partition("{")
        yield from (f"{before}{part}{rest.partition('}')[2]}" for part in PARTS[form])
    else:
        assert isinstance(node, ast.Name) and node.id == "verb", f"{ast.unparse(node)}: a verb that no test can see"


def test_the_search_finds_what_is_written() -> None:
    found = written()
    assert {"handoff.refused", "policy.agreed", "forward.declined", "vacation.off", "mailbox.suspend-done"} <= set(found)
    assert {"application.draft", "delegation.begun", "helpdesk.caller-wrong", "helpdesk.checked"} <= set(found)


def test_every_verb_has_words() -> None:
    assert {verb: where for verb, where in written().items() if verb not in verbs.ALL} == {}


def test_every_kind_of_event_of_a_person_is_in_one_filter_of_the_timeline() -> None:
    kinds = {name: set(timeline._verbs(kind)) for name, kind in timeline.KINDS.items()}
    nobodys = {f"helpdesk.{what}-stopped" for what in guard.MOST} | {"helpdesk.searched"}
    nobodys |= {verb for verb in verbs.ALL if verb.partition(".")[0] in ("list", "people", "audit", "mailboxes", "key")}
    for verb in set(verbs.ALL) - nobodys:
        assert len([name for name, theirs in kinds.items() if verb in theirs]) == 1, verb


@pytest.mark.parametrize("verb", verbs.ALL)
def test_words_need_no_detail_to_be_there(verb: str) -> None:
    assert "%(" not in verbs.words(verb, {})
    assert verbs.words(verb, {}) != verb


def test_a_verb_of_another_release_is_shown_as_it_is() -> None:
    assert verbs.words("moon.landed", {"target": "x"}) == "moon.landed"
