"""The file that is read again when it changes."""

import logging
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pytest_django import Settings

from sso_bridge import keys
from tests.unit.sso_bridge.campus import PAIRS, key_set


def put(path: Path, octets: bytes) -> None:
    """As an operator should: a new file moved over the old one."""
    new = path.with_suffix(".new")
    new.write_bytes(octets)
    os.replace(new, path)


def test_a_changed_file_is_in_force_at_once(keys_file: Path) -> None:
    assert list(keys.current()) == list(PAIRS)
    put(keys_file, key_set("campus-es"))
    assert list(keys.current()) == ["campus-es"]
    assert keys.problem() is None


def test_a_file_written_over_in_place_is_seen_too(keys_file: Path) -> None:
    assert list(keys.current()) == list(PAIRS)
    keys_file.write_bytes(key_set("campus-ed"))
    assert list(keys.current()) == ["campus-ed"]


def test_a_file_that_has_not_changed_is_not_read_again(keys_file: Path) -> None:
    assert keys.current() is keys.current()


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (b'{"keys": [', "not a JWK Set"),
        (key_set("campus-ed", alg="RS256"), "Key 'campus-ed' has the alg 'RS256'."),
        (key_set("campus-ed", d="AAAA"), "Key 'campus-ed' is a private key."),
        (None, "cannot be read: No such file or directory"),
    ],
)
def test_a_bad_new_version_leaves_the_old_keys_in_force_and_says_so_once(
    bad: bytes | None, why: str, keys_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = keys.current()
    if bad is None:
        keys_file.unlink()
    else:
        put(keys_file, bad)
    assert keys.current() == before
    assert keys.current() == before
    assert why in (keys.problem() or "")
    assert [
        (record.levelno, why in record.message, "The old keys stay." in record.message) for record in caplog.records
    ] == [(logging.ERROR, True, True)]
    put(keys_file, key_set("campus-es"))
    assert list(keys.current()) == ["campus-es"]
    assert keys.problem() is None


def test_where_there_never_was_a_good_file_there_is_no_key(settings: Settings, tmp_path: Path) -> None:
    settings.HANDOFF_KEYS_FILE = tmp_path / "none.json"
    assert keys.current() == {}
    assert "none.json cannot be read" in (keys.problem() or "")


def test_another_files_keys_do_not_stand_in_for_a_bad_one(keys_file: Path, settings: Settings, tmp_path: Path) -> None:
    assert keys.current()
    settings.HANDOFF_KEYS_FILE = tmp_path / "none.json"
    assert keys.current() == {}


def test_many_threads_see_one_reading_of_each_version(keys_file: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        for version in (key_set("campus-ed"), key_set("campus-es"), key_set("campus-hs")):
            put(keys_file, version)
            seen = list(pool.map(lambda _: keys.current(), range(64)))
            assert all(each is seen[0] for each in seen)
