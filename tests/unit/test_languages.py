"""Every visible sentence stands in both languages, and the catalogue that the site reads is the one that people edit."""

import re
import subprocess
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).parent.parent.parent
CATALOGUE = ROOT / "locale" / "zh_Hant" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


@pytest.fixture(scope="module")
def chinese() -> polib.POFile:
    return polib.pofile(str(CATALOGUE))


def test_nothing_is_left_untranslated(chinese: polib.POFile) -> None:
    assert [entry.msgid for entry in chinese if not entry.translated() or entry.fuzzy] == []


def test_placeholders_survive_translation(chinese: polib.POFile) -> None:
    for entry in chinese:
        for text in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
            assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(entry.msgid)), entry.msgid


def test_the_compiled_catalogue_is_the_edited_one(chinese: polib.POFile) -> None:
    compiled = {(entry.msgctxt, entry.msgid): entry.msgstr for entry in polib.mofile(str(CATALOGUE.with_suffix(".mo")))}
    assert compiled == {(entry.msgctxt, entry.msgid): entry.msgstr for entry in chinese}


def test_the_catalogue_knows_every_sentence_of_the_code(chinese: polib.POFile, tmp_path: Path) -> None:
    """Sentences of templates and code, found as makemessages finds them, are all in the catalogue."""
    known = {entry.msgid for entry in chinese}
    listed = subprocess.run(
        ["git", "ls-files", "*.py", "templates/*.html"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    unknown = []
    for name in listed.stdout.split():
        if name.startswith(("tests/", "demo/", "bin/")):
            continue
        text = (ROOT / name).read_text()
        found = re.findall(r"""{%\s*translate\s+"([^"]+)\"""", text) if name.endswith(".html") else []
        found += re.findall(r"""\b_\(\s*"((?:[^"\\]|\\.)+)"\s*\)""", text) if name.endswith(".py") else []
        unknown += [
            (name, sentence) for sentence in found if sentence.replace("%", "%%") not in known and sentence not in known
        ]
    assert unknown == []


def test_chinese_is_written_as_in_taiwan(chinese: polib.POFile) -> None:
    """Words of the mainland, simplified characters among them, have no place in it."""
    for entry in chinese:
        for word in ("賬", "郵箱", "網絡", "鏈接", "登錄系統", "默認", "信息", "用戶", "软", "码", "帐", "设"):
            assert word not in entry.msgstr.replace("資訊", ""), (word, entry.msgstr)
