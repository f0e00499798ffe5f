"""People who apply and reset their passwords all the time, and remember every answer that they got."""

import random
import secrets
import threading
from dataclasses import dataclass, field
from itertools import count

from _support import Trouble

from tests.visits.browser import Browser, Page
from tests.visits.campus import Campus

APPLY, NAME, PASSWORD, RESET = "/mail/mx/apply/", "/mail/mx/name/", "/mail/mx/password/", "/mail/mx/reset/"
MOST_STEPS = 8
PAUSE = 0.15  # seconds, the longest of a person between two visits: the machine has to have time for the faults
RECEIVED, REFUSED, LOST = "received", "refused", "no answer"

_numbers = count(1)
_numbers_lock = threading.Lock()


def next_number() -> int:
    with _numbers_lock:
        return next(_numbers)


@dataclass(frozen=True)
class Request:
    """A password that was sent, to apply or to reset, and what came back; an error page counts as no answer."""

    kind: str
    password: str
    answer: str


@dataclass
class Person:
    number: int
    requests: list[Request] = field(default_factory=list)
    has_applied: bool = False  # as the pages said
    browser: Browser | None = None

    def visit(self, port: int, campus: Campus) -> None:
        """Come by once: apply if that is not done, or reset the password. A fault on the way ends the visit."""
        try:
            if self.browser is None or self.browser.port != port:
                browser = Browser(port)
                browser.hand_over(campus.token(self.number))
                self.browser = browser
            if self.has_applied:
                self._reset(self.browser)
            else:
                self._apply(self.browser)
        except Trouble:
            self.browser = None

    def _apply(self, browser: Browser) -> None:
        page = browser.get(APPLY)
        for _ in range(MOST_STEPS):
            if "/policies/" in page.path:
                page = browser.post(page, version=page.field("version"), decision="agree")
            elif page.path == NAME:
                page = browser.post(page, name=page.field("name"))
            elif page.path == PASSWORD:
                self._send("apply", page, browser)
                return
            else:
                # An earlier request without an answer was received after all.
                self.has_applied = page.status == 200 and page.path.startswith(("/applications/", "/mail/mx/"))
                return

    def _reset(self, browser: Browser) -> None:
        page = browser.get(RESET)
        if page.path == RESET and page.status == 200:
            self._send("reset", page, browser)

    def _send(self, kind: str, page: Page, browser: Browser) -> None:
        password = f"copper-{secrets.token_hex(3)}-kettle-{secrets.token_hex(3)}"
        answer = LOST
        try:
            came = browser.post(page, follow=False, password=password, password_again=password)
            answer = _answer(kind, came)
        finally:
            self.requests.append(Request(kind, password, answer))
        self.has_applied = self.has_applied or answer == RECEIVED

    def may_open(self) -> list[str]:
        """The passwords of which one must be in force: the newest that was received, or a later one without an answer."""
        may: list[str] = []
        for request in self.requests:
            if request.answer == RECEIVED:
                may = [request.password]
            elif request.answer == LOST:
                may.append(request.password)
        return may

    def was_received(self) -> bool:
        return any(request.answer == RECEIVED for request in self.requests)


def _answer(kind: str, page: Page) -> str:
    if page.status == 302:
        leads_on = page.text.startswith("/applications/") if kind == "apply" else page.text == "/mail/mx/"
        return RECEIVED if leads_on else REFUSED
    return REFUSED if page.status < 500 else LOST


class Crowd:
    """``at_once`` people at the portal at any moment: half of the visits are somebody's first, half somebody's next."""

    def __init__(self, port: int, campus: Campus, *, at_once: int) -> None:
        self.people: list[Person] = []
        self._port, self._campus = port, campus
        self._elsewhere: list[Person] = []  # not at the portal this moment
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._come_and_go, daemon=True) for _ in range(at_once)]
        for thread in self._threads:
            thread.start()

    def go_home(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _come_and_go(self) -> None:
        while not self._over.is_set():
            person = self._next()
            person.visit(self._port, self._campus)
            with self._lock:
                self._elsewhere.append(person)
            self._over.wait(random.uniform(0, PAUSE))  # noqa: S311

    def _next(self) -> Person:
        with self._lock:
            if self._elsewhere and random.random() < 0.5:  # noqa: S311
                return self._elsewhere.pop(random.randrange(len(self._elsewhere)))  # noqa: S311
            person = Person(next_number())
            self.people.append(person)
            return person
