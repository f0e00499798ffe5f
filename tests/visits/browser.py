"""A browser without a window: cookies, redirects, and the hidden fields of a page's forms."""

import re
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPMessage
from urllib.parse import urlencode

from _support import Trouble

# What a browser sends along. Both servers of a comparison get the same.
HEADERS = {"Accept-Encoding": "gzip, deflate, br", "Accept-Language": "zh-TW,zh;q=0.9", "Accept": "text/html,*/*;q=0.8"}
REDIRECTS = (301, 302, 303, 307, 308)
MOST_REDIRECTS = 5
SECONDS = 30.0


@dataclass(frozen=True)
class Page:
    path: str
    status: int
    text: str

    def field(self, name: str) -> str:
        """The value of the first input of that name; Trouble if there is none."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        if found is None:
            raise Trouble(f"The page {self.path} ({self.status}) has no field {name!r}.")
        return found[1]


class Browser:
    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}

    @property
    def cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def get(self, path: str, *, follow: bool = True) -> Page:
        return self._follow(self._request("GET", path, None), follow)

    def post(self, page: Page, *, path: str | None = None, follow: bool = True, **fields: str) -> Page:
        """Send the form of ``page`` to where the page came from, or to ``path``."""
        fields = {"csrfmiddlewaretoken": page.field("csrfmiddlewaretoken")} | fields
        return self._follow(self._request("POST", path or page.path, fields), follow)

    def hand_over(self, token: str) -> Page:
        """Come in by a hand-off; Trouble if the portal does not let this person in."""
        page = self._follow(self._request("POST", "/sso/handoff/", {"token": token}), follow=True)
        if page.path != "/" or page.status != 200:
            raise Trouble(f"The hand-off led to {page.path} ({page.status}).")
        return page

    def _follow(self, page: Page, follow: bool) -> Page:
        for _ in range(MOST_REDIRECTS):
            if not follow or page.status not in REDIRECTS:
                return page
            page = self._request("GET", page.text, None)
        raise Trouble(f"{page.path} redirects without end.")

    def _request(self, method: str, path: str, fields: dict[str, str] | None) -> Page:
        """The answer; of a redirect, the text is the place that it leads to."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        headers = {"Accept-Language": HEADERS["Accept-Language"], "Cookie": self.cookie_header}
        body = None
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(fields)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
        except (OSError, HTTPException) as error:
            raise Trouble(f"{method} {path} got no answer: {error!r}.") from error
        finally:
            connection.close()
        self._keep_cookies(response.msg)
        return Page(path, response.status, response.getheader("Location", "") if response.status in REDIRECTS else text)

    def _keep_cookies(self, headers: HTTPMessage) -> None:
        for line in headers.get_all("Set-Cookie", []):
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0]
