"""Which country an address is of, by an offline database in MaxMind's format (MMDB), and how the reader calls it.

The names are from Unicode's CLDR 48, Chinese as Taiwan writes it; those that the files bring are simplified Chinese.
"""

import json
import logging
from functools import cache, lru_cache
from pathlib import Path

import maxminddb
from django.conf import settings
from django.utils.translation import get_language

log = logging.getLogger(__name__)
NAMES = Path(__file__).with_name("countries.json")


def name(address: str | None) -> str:
    """The country of an IP address in the language of the request; empty where it is not known."""
    if address is None or settings.COUNTRY_DATABASE is None:
        return ""
    english, chinese = _names().get(_code(address, settings.COUNTRY_DATABASE), ("", ""))
    return english if get_language() == "en" else chinese


def problem(path: Path) -> str:
    """Why that file is no such database; empty if it is one."""
    try:
        maxminddb.open_database(path).close()
    except OSError as error:
        return error.strerror or "it cannot be read"
    except (maxminddb.InvalidDatabaseError, ValueError):
        return "it is no MMDB file"
    return ""


def _code(address: str, path: Path) -> str:
    """ISO 3166-1 alpha-2; empty for an address that is in no country, such as a private one."""
    try:
        found = _opened(path, path.stat().st_mtime_ns).get(address)  # a newer file takes the place of the older one at once
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
        log.warning("The country of an address is not known: %s", type(error).__name__)
        return ""
    country = found.get("country") if isinstance(found, dict) else None
    code = country.get("iso_code") if isinstance(country, dict) else None
    return code if isinstance(code, str) else ""


@lru_cache(maxsize=1)
def _opened(path: Path, _changed: int) -> maxminddb.Reader:
    return maxminddb.open_database(path)


@cache
def _names() -> dict[str, tuple[str, str]]:
    return {code: (english, chinese) for code, (english, chinese) in json.loads(NAMES.read_text()).items()}
