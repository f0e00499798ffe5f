"""Each page of the journey beside a minimal Django page: same server, same settings, same minute."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from urllib.parse import urlencode

from _support import Part, Trouble

from tests.bench import processes, wrk
from tests.bench.row import Row
from tests.bench.site import Site
from tests.visits import journey
from tests.visits.browser import Browser

LEAST = 0.5
ROUNDS = 5
SECONDS = 1


@dataclass(frozen=True)
class Target:
    name: str
    server: Part
    browser: Browser
    path: str
    shows: str

    def check(self) -> None:
        """Trouble if the page is not what it was, so that no fast redirect is taken for a fast page."""
        page = self.browser.get(self.path, follow=False)
        if page.status != 200 or self.shows not in page.text:
            raise Trouble(f"{self.path} ({page.status}) does not show {self.shows!r}.")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.browser.port}{self.path}"


@dataclass(frozen=True)
class Speed:
    """Answers a second, and the server's processor time for one, in ms (0 where it cannot be read)."""

    rate: float
    cpu: float


def rows(site: Site) -> Iterator[Row]:
    to_reach = f"at least {LEAST} of a minimal page's requests a second"
    if not wrk.available():
        yield Row("pages of the journey", to_reach, "wrk is missing and cannot be installed from here", None)
        return
    cookie = site.inside("plain.sign_in", DJANGO_SETTINGS_MODULE="tests.bench.plain.settings")["cookie"]
    with site.portal() as (port, portal), site.server("the plain site", "tests.bench.plain.wsgi") as (plain_port, server):
        visitor = Browser(plain_port)
        visitor.cookies["sessionid"] = cookie
        plain = Target("plain", server, visitor, "/", "Hello, wang")
        pairs = _alternate(site, plain, list(targets(site, port, portal)))
    for target, speeds in pairs.items():
        yield _row(target, speeds, to_reach)


def _alternate(site: Site, plain: Target, pages: list[Target]) -> dict[Target, list[tuple[Speed, Speed]]]:
    """For each page, a pair a round: its own speed, and the plain page's just before."""
    pairs: dict[Target, list[tuple[Speed, Speed]]] = {page: [] for page in pages}
    for _ in range(ROUNDS):
        for page in pages:
            site.parts.check()
            before = speed(plain)
            pairs[page].append((speed(page), before))
    return pairs


def speed(target: Target) -> Speed:
    target.check()
    workers = processes.children(target.server.process.pid) if processes.READABLE else []
    before = processes.cpu_seconds(workers)
    count, rate = wrk.load(target.url, cookie=target.browser.cookie_header, seconds=SECONDS)
    used = processes.cpu_seconds(workers) - before
    target.check()
    return Speed(rate, 1000 * used / count)


def _row(target: Target, pairs: list[tuple[Speed, Speed]], to_reach: str) -> Row:
    by_clock = [own.rate / plain.rate for own, plain in pairs]
    # The machine's other work disturbs this one less. Both must do: a page is not fast because its neighbour was held up.
    by_processor = [plain.cpu / own.cpu for own, plain in pairs if own.cpu] or by_clock
    own, plain = (median(speed.rate for speed in speeds) for speeds in zip(*pairs, strict=True))
    measured = (
        f"{median(by_clock):.2f} by the clock ({min(by_clock):.2f} to {max(by_clock):.2f}; {own:.0f} beside {plain:.0f} a "
        f"second), {median(by_processor):.2f} by processor time ({min(by_processor):.2f} to {max(by_processor):.2f})"
    )
    return Row(f"page: {target.name}", to_reach, measured, min(median(by_clock), median(by_processor)) >= LEAST)


def targets(site: Site, port: int, server: Part) -> Iterator[Target]:
    """The pages of the journey, each with a browser to which it is open."""
    new, named = (journey.sign_in(port, site.campus.token()) for _ in range(2))
    names = journey.read_policies(named)
    chosen, _ = journey.to_password(port, site.campus.token())
    with site.worker():
        owner, page = journey.to_password(port, site.campus.token())
        journey.wait_until_open(owner, journey.apply(owner, page))
    # Applied for while no worker runs, so it stays in progress.
    waiting, page = journey.to_password(port, site.campus.token())
    application = journey.apply(waiting, page)
    stranger = Browser(port)
    token = urlencode({"token": site.campus.token()})

    for name, browser, path, shows in (
        ("signed out", stranger, "/signed-out/", "<h1>"),
        ("hand-off (GET)", stranger, f"/sso/handoff/?{token}", 'name="token"'),
        ("home", new, "/", '<dl class="facts">'),
        ("policy", new, new.get("/mail/mx/apply/").path, 'name="version"'),
        ("choose a name", named, names.path, 'type="radio"'),
        ("set a password", chosen, "/mail/mx/password/", 'name="password_again"'),
        ("progress", waiting, application, "data-live"),
        ("ready", owner, "/mail/mx/ready/", 'class="letter"'),
        ("my mailbox", owner, "/mail/mx/", 'id="box-capacity"'),
        ("reset the password", owner, "/mail/mx/reset/", 'name="password_again"'),
        ("mail settings", owner, "/mail/mx/settings/", 'class="qr"'),
    ):
        yield Target(name, server, browser, path, shows)
