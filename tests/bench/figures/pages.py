"""Each page of the journey beside a minimal Django page: same server, same settings, same minute."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from urllib.parse import urlencode

from _support import Trouble

from tests.bench import journey, wrk
from tests.bench.browser import Browser
from tests.bench.row import Row
from tests.bench.site import Site

LEAST = 0.5
ROUNDS = 3
SECONDS = 2


@dataclass(frozen=True)
class Target:
    name: str
    port: int
    path: str
    browser: Browser
    shows: str

    def check(self) -> None:
        """Trouble if the page is not what it was, so that no fast redirect is taken for a fast page."""
        page = self.browser.get(self.path, follow=False)
        if page.status != 200 or self.shows not in page.text:
            raise Trouble(f"{self.path} ({page.status}) does not show {self.shows!r}.")

    def rate(self) -> float:
        url = f"http://127.0.0.1:{self.port}{self.path}"
        return wrk.requests_a_second(url, cookie=self.browser.cookie_header, seconds=SECONDS)


def rows(site: Site) -> Iterator[Row]:
    to_reach = f"at least {LEAST} of a minimal page's requests a second"
    if not wrk.available():
        yield Row("pages of the journey", to_reach, "wrk is missing and cannot be installed from here", None)
        return
    cookie = site.inside("plain.sign_in", DJANGO_SETTINGS_MODULE="tests.bench.plain.settings")["cookie"]
    with site.portal() as (port, _), site.server("the plain site", "tests.bench.plain.wsgi") as (plain_port, _):
        visitor = Browser(plain_port)
        visitor.cookies["sessionid"] = cookie
        plain = Target("plain", plain_port, "/", visitor, "Hello, wang")
        chosen = list(targets(site, port))
        measured = _alternate(site, plain, chosen)
    for target in chosen:
        yield _row(target, measured[target], to_reach)


def _alternate(site: Site, plain: Target, targets: list[Target]) -> dict[Target, list[tuple[float, float]]]:
    """For each page, a pair a round: its own requests a second, and the plain page's just before."""
    pairs: dict[Target, list[tuple[float, float]]] = {target: [] for target in targets}
    for _ in range(ROUNDS):
        for target in targets:
            site.parts.check()
            plain.check()
            target.check()
            before = plain.rate()
            pairs[target].append((target.rate(), before))
            target.check()
    return pairs


def _row(target: Target, pairs: list[tuple[float, float]], to_reach: str) -> Row:
    ratios = [own / plain for own, plain in pairs]
    own, plain = (median(values) for values in zip(*pairs, strict=True))
    measured = f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}; {own:.0f} beside {plain:.0f} a second)"
    return Row(f"page: {target.name}", to_reach, measured, median(ratios) >= LEAST)


def targets(site: Site, port: int) -> Iterator[Target]:
    new, named = (journey.sign_in(port, site.campus.token()) for _ in range(2))
    names = journey.read_policies(named)
    chosen, _ = journey.to_password(port, site.campus.token())
    with site.worker():
        owner, page = journey.to_password(port, site.campus.token())
        journey.wait_until_open(owner, journey.apply(owner, page))
    # Applied for while no worker runs, so it stays in progress.
    waiting, page = journey.to_password(port, site.campus.token())
    application = journey.apply(waiting, page)
    first_policy = new.get("/mail/mx/apply/").path
    token = urlencode({"token": site.campus.token()})

    yield Target("signed out", port, "/signed-out/", Browser(port), "<h1>")
    yield Target("hand-off (GET)", port, f"/sso/handoff/?{token}", Browser(port), 'name="token"')
    yield Target("home", port, "/", new, '<dl class="facts">')
    yield Target("policy", port, first_policy, new, 'name="version"')
    yield Target("choose a name", port, names.path, named, 'type="radio"')
    yield Target("set a password", port, "/mail/mx/password/", chosen, 'name="password_again"')
    yield Target("progress", port, application, waiting, "data-live")
    yield Target("ready", port, "/mail/mx/ready/", owner, 'class="letter"')
    yield Target("my mailbox", port, "/mail/mx/", owner, 'class="letter"')
    yield Target("reset the password", port, "/mail/mx/reset/", owner, 'name="password_again"')
    yield Target("mail settings", port, "/mail/mx/settings/", owner, 'class="qr"')
