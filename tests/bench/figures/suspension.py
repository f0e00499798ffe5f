"""A mailbox that is suspended: how soon nobody gets in, and nothing goes out."""

from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median

from tests.bench.row import Row
from tests.bench.site import Site
from tests.production import Production
from tests.visits import journey

MEDIAN, WORST = 2.0, 5.0  # seconds
OTHERS = {
    "pop3": "suspended to refused POP3 login",
    "smtp": "suspended to refused SMTP AUTH",
    "open": "suspended to the end of open IMAP and POP3 sessions",
    "forwarded": "suspended to the last letter that is still forwarded",
}


def rows(site: Site) -> Iterator[Row]:
    folder = site.folder / "suspension"
    folder.mkdir()
    with ExitStack() as stack:
        production = Production(site.parts, stack, folder, web="portal.wsgi", celery="portal")
        if production.dovecot is None or not production.dovecot.has_postfix:
            yield Row("suspension", "", "Dovecot or Postfix is missing, which starts as root only", None)
            return
        try:
            production.start()
            yield from _found(production.inside("inside.suspension", **_facts(production)))
        finally:
            production.stop()


def _facts(site: Production) -> dict[str, str]:
    assert site.dovecot
    return {
        "OWNER": _open_mailbox(site),
        "FRIEND": _open_mailbox(site),
        "POP3": str(site.dovecot.pop3),
        "SUBMISSION": str(site.dovecot.submission),
    }


def _open_mailbox(site: Production) -> str:
    browser, page = journey.to_password(site.port, site.campus.token())
    return journey.address_of(journey.wait_until_open(browser, journey.apply(browser, page)))


def _found(found: dict[str, list[float]]) -> Iterator[Row]:
    taken = found["imap"]
    yield Row(
        "suspended to refused IMAP login, idle",
        f"under {MEDIAN:.0f} s median, {WORST:.0f} s at worst",
        _told(taken),
        median(taken) < MEDIAN and max(taken) < WORST,
    )
    for way, figure in OTHERS.items():
        yield Row(figure, f"{WORST:.0f} s at worst", _told(found[way]), max(found[way]) < WORST)


def _told(taken: list[float]) -> str:
    return f"median {median(taken):.2f} s, worst of {len(taken)} {max(taken):.2f} s"
