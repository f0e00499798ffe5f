"""The demo county of bin/demo, and the file by which the portal knows it. Standard library only."""

import json
import secrets
from collections.abc import Callable
from pathlib import Path

from _support import ROOT

EXAMPLE = ROOT / "docs" / "counties.json"
# One server is two counties, by the name that it is asked under: an issuer stands at the root of a host.
HOSTS = {"kl": "127.0.0.1", "hc": "localhost"}
Private = Callable[[Path, str], Path]  # writes a file once, readable by us alone


class DemoCounty:
    def __init__(self, var: Path, port: int, portal_port: int, private: Private) -> None:
        """What is secret is made once, under ``var``; the file of the counties anew, for the ports may be others."""
        self._folder = var / "demo" / "county"
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._portal_port = portal_port
        for name in ("secret-key", *(f"secret-{code}" for code in HOSTS)):
            private(self._folder / name, secrets.token_urlsafe(32))
        self._file = var / "counties.json"
        self._file.unlink(missing_ok=True)
        private(self._file, json.dumps(_counties(port), ensure_ascii=False, indent=2))

    def env(self) -> dict[str, str]:
        """Of the county's own processes."""
        return {
            "DEMO_COUNTY_FOLDER": str(self._folder),
            "DEMO_PORTAL_URL": f"http://127.0.0.1:{self._portal_port}/",
        }

    def portal_env(self) -> dict[str, str]:
        """What the portal has to be told: where the file is, and where its secrets are."""
        paths = {f"COUNTY_SECRET_{code.upper()}_FILE": str(self._folder / f"secret-{code}") for code in HOSTS}
        return paths | {"COUNTIES_FILE": str(self._file)}


def _counties(port: int) -> dict[str, dict[str, dict[str, object]]]:
    """All 22 as they are published; two of them on, and served here."""
    counties = json.loads(EXAMPLE.read_text(encoding="utf-8"))["counties"]
    for code, host in HOSTS.items():
        counties[code] |= {"on": True, "issuer": f"http://{host}:{port}", "client_id": f"portal-{code}"}
    return {"counties": counties}
