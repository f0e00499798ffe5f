"""What no visit may do, whatever it is about: complain in the console, ask another host, let a password or a token out."""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

from tests.browser.demo import Demo
from tests.browser.walking import SECRET

# How a JWT begins (RFC 7519): header and claims are base64url of {"…. The three letters alone stand in many a CSRF token.
TOKEN = re.compile(r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}")
PAGES = re.compile(r"^(?!.*/static/)")


class Watch:
    """Of one browser context. ``troubles`` are sentences; ask for them when the context is closed."""

    def __init__(self, context: BrowserContext, demo: Demo, har: Path) -> None:
        self._demo, self._har = demo, har
        self._seen: list[str] = []
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)
        context.on("response", self._response)

    def troubles(self) -> list[str]:
        return self._seen + [trouble for entry in self._entries() for trouble in self._leaks(*entry)]

    def _console(self, message: ConsoleMessage) -> None:
        # A page that says no has a status that says so too, and Chromium complains of every such page.
        refusal = message.text.startswith("Failed to load resource") and "/static/" not in message.location["url"]
        if message.type in ("error", "warning") and not refusal:
            self._seen.append(f"console of {message.location['url']}: {message.text}")

    def _error(self, error: WebError) -> None:
        self._seen.append(f"script error: {error.error}")

    def _request(self, request: Request) -> None:
        host = urlsplit(request.url).hostname or ""
        if (
            not request.url.startswith(("data:", "blob:"))
            and host not in ("127.0.0.1", "localhost")
            and not host.endswith(".localhost")
        ):
            self._seen.append(f"request to {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500 or (response.status >= 400 and "/static/" in response.url):
            self._seen.append(f"{response.status} for {response.url}")

    def _entries(self) -> list[tuple[str, str]]:
        """The address and the text of every page that came."""
        entries = json.loads(self._har.read_text())["log"]["entries"]
        return [(entry["request"]["url"], entry["response"]["content"].get("text", "")) for entry in entries]

    def _leaks(self, url: str, text: str) -> list[str]:
        # What the county signs to find again on its page of consent begins like a token.
        outside = (self._demo.campus, self._demo.county, self._demo.other_county)
        at_the_door = url.startswith((*outside, f"{self._demo.portal}/sso/handoff/"))
        return [
            *([f"password in the address {url}"] if SECRET in url.lower() else []),
            *([f"password in the page {url}"] if SECRET in text.lower() else []),
            *([f"token in {url}"] if TOKEN.search(url + text) and not at_the_door else []),
        ]
