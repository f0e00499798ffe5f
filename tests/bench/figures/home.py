"""The mailbox page on a real Dovecot: the shell, and all its boxes asked for at once, as its script does."""

import imaplib
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from statistics import median

from _support import Trouble

from tests import mailserver
from tests.bench.row import Row
from tests.bench.site import PYTHON, Site
from tests.visits import journey
from tests.visits.browser import HEADERS, Browser
from tests.visits.campus import PASSWORD

LETTERS = {"INBOX": 8000, "Sent": 1000, "Trash": 500, "Archive": 500}
AT_ONCE = 500
ROUNDS = 30
SHELL, BOXES = 50, 300  # ms
ON_DOVECOT = "from mailboxes.models import MailService; MailService.objects.update(store='dovecot')"
LETTER = b"From: a@example.org\r\nSubject: lunch\r\nMessage-ID: <%d@example.org>\r\n\r\n" + 30 * b"At noon, as always?\r\n"


def rows(site: Site) -> Iterator[Row]:
    if packages := mailserver.missing_packages():
        why = f"missing: {packages}"
        yield Row("mailbox page on Dovecot", f"shell under {SHELL} ms, last box under {BOXES} ms", why, None)
        return
    folder = site.folder / "home"
    folder.mkdir()
    with mailserver.mail_server() as server:
        other = Site(site.parts, folder, server.env())
        other.run(PYTHON, "manage.py", "shell", "-c", ON_DOVECOT)
        with other.portal() as (port, _portal):
            with other.worker():
                owner, page = journey.to_password(port, other.campus.token())
                opened = journey.wait_until_open(owner, journey.apply(owner, page))
            _fill(server.imap, journey.address_of(opened))
            yield from _measured(owner)


def _fill(port: int, address: str) -> None:
    """Many letters a command: MULTIAPPEND (RFC 3502) and literals that wait for nothing (RFC 7888)."""
    client = imaplib.IMAP4("127.0.0.1", port)
    client.login(address, PASSWORD)
    client.create("Archive")
    for folder, count in LETTERS.items():
        for first in range(0, count, AT_ONCE):
            letters = [LETTER % number for number in range(first, min(first + AT_ONCE, count))]
            literals = b"".join(b" {%d+}\r\n%s" % (len(letter), letter) for letter in letters)
            client.send(b"fill APPEND %s%s\r\n" % (folder.encode(), literals))
            while not (line := client.readline()).startswith(b"fill "):
                pass
            if not line.startswith(b"fill OK"):
                raise Trouble(f"Dovecot takes no letters: {line!r}.")
    client.logout()


def _measured(owner: Browser) -> Iterator[Row]:
    shell = owner.get("/mail/mx/").text
    boxes = [found[1] for found in re.finditer(r'data-box>.*?href="(/mail/mx/box/[a-z]+/)"', shell, re.DOTALL)]
    if not boxes:
        raise Trouble("The mailbox page has no box that is fetched.")
    shells, lasts = [], []
    with ThreadPoolExecutor(len(boxes)) as pool:
        for _ in range(ROUNDS):
            shells.append(_milliseconds(owner, "/mail/mx/"))
            begun = time.perf_counter()
            list(pool.map(lambda path: _milliseconds(owner, path, **{"X-Box": "alone"}), boxes))
            lasts.append(1000 * (time.perf_counter() - begun))
    letters = f"{sum(LETTERS.values()):,} letters"
    yield _row(f"mailbox page: the shell, {letters}", shells, SHELL)
    yield _row(f"mailbox page: the last of {len(boxes)} boxes asked for at once, {letters}", lasts, BOXES)


def _row(figure: str, times: list[float], most: int) -> Row:
    measured = f"{median(times):.0f} ms ({min(times):.0f} to {max(times):.0f}; the first {times[0]:.0f})"
    return Row(figure, f"median of {ROUNDS} under {most} ms", measured, median(times) < most)


def _milliseconds(owner: Browser, path: str, **more: str) -> float:
    """Trouble if the page is not there, or is a box that has a code of trouble in it."""
    headers = HEADERS | {"Accept-Encoding": "identity", "Cookie": owner.cookie_header} | more
    connection = HTTPConnection("127.0.0.1", owner.port, timeout=30)
    begun = time.perf_counter()
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        text = response.read().decode()
    finally:
        connection.close()
    spent = 1000 * (time.perf_counter() - begun)
    if response.status != 200 or (more and "data-code" in text):
        raise Trouble(f"{path} ({response.status}) does not show the mailbox.")
    return spent
