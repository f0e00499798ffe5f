"""What an operator can set wrong about the hand-off, said at start with its cure."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from accounts.addresses import not_a_proxy
from sso_bridge import keys
from sso_bridge.keyset import BadKeySet


def key_file(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Errors; warnings only where a command names a database: ``migrate`` prepares an installation and serves nobody yet."""
    try:
        keys.load(Path(settings.HANDOFF_KEYS_FILE))
    except BadKeySet as bad:
        kind, letter = (Warning, "W") if databases else (Error, "E")
        return [
            kind(problem.text, hint=problem.cure, id=f"sso_bridge.{letter}{problem.number:03}") for problem in bad.problems
        ]
    return []


def trusted_proxies(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"TRUSTED_PROXIES holds {word!r}, which is neither an address nor a network.",
            hint="Write addresses or networks with commas, such as 127.0.0.1, 10.1.0.0/16; or unix for a Unix socket.",
            id="sso_bridge.E008",
        )
        for word in not_a_proxy(settings.TRUSTED_PROXIES)
    ]
