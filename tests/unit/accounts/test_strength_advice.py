"""The advice of both zxcvbn libraries, as their sources hold it."""

import ast
import hashlib
import re
from pathlib import Path

import polib
import zxcvbn
from django.conf import settings

from accounts.strength import advice

VENDORED = Path(settings.BASE_DIR) / "static/vendor/zxcvbn-4.4.2.js"


def advice_in_python() -> set[str]:
    tree = ast.parse(Path(zxcvbn.feedback.__file__).read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_"]
    return {node.args[0].value for node in calls if isinstance(node.args[0], ast.Constant)}


def advice_in_javascript() -> set[str]:
    (module,) = re.findall(r"feedback=\{default_feedback:.*?module\.exports=feedback", VENDORED.read_text())
    literals = re.findall(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'', module)
    return {text for text in (double or single for double, single in literals) if re.match(r"[A-Z].* ", text)}


def test_every_advice_of_both_libraries_is_known_under_the_same_code() -> None:
    python, javascript = advice_in_python(), advice_in_javascript()
    assert len(python) == len(javascript) == 27
    assert {advice.code(text) for text in python} == {advice.code(text) for text in javascript}
    assert {advice.code(text) for text in python} == set(advice.SENTENCES) - {advice.ABOUT_YOU}


def test_every_advice_has_its_chinese() -> None:
    catalogue = polib.pofile(str(Path(settings.BASE_DIR) / "locale/zh_Hant/LC_MESSAGES/django.po"))
    chinese = {entry.msgid: entry.msgstr for entry in catalogue.translated_entries()}
    assert [text for text in advice.SENTENCES.values() if not re.search("[\u4e00-\u9fff]", chinese.get(text, ""))] == []


def test_the_vendored_library_is_the_one_that_its_note_describes() -> None:
    digest = hashlib.sha256(VENDORED.read_bytes()).hexdigest()
    assert digest in VENDORED.with_name("README.md").read_text()
