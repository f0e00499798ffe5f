"""Strikes one fault after the other, each with people of its own, and prints what became of their requests."""

import argparse
import random
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from _support import Parts, Told, Trouble, lock, say

from tests.faults import mail, points, strikes
from tests.faults.judging import Verdict, judge
from tests.faults.people import Crowd
from tests.faults.strikes import FAULTS, Fault
from tests.production import Production

AT_ONCE = 3  # people
PAUSE = 3.0  # seconds, the longest between two strikes
SETTLING_SECONDS = 400.0  # more than the longest pause between two tries of a job
RECOVERY_SECONDS = 60.0
HEADER = "| fault | times | requests | without an answer | lost | doubled | wrong | still waiting |\n" + "| --- " * 8 + "|"


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/faults", description="What faults do to people's requests.")
    parser.add_argument("words", nargs="*", metavar="WORD", help="only faults with these words in their names")
    parser.add_argument("--times", type=int, default=20, metavar="N", help="strikes of each fault (20)")
    parser.add_argument("--together", action="store_true", help="settle once, after all faults: a shorter run")
    options = parser.parse_args()
    faults = [fault for fault in FAULTS if all(word in fault.name for word in options.words)]
    folder = Path(tempfile.mkdtemp(prefix="faults-", dir="/tmp"))
    parts = Parts(lock(folder / "faults.lock"))
    good = False
    try:
        with ExitStack() as stack:
            good = _run(_production(parts, stack, folder), faults, options.times, together=options.together)
    except Told:
        print("Stopping ...", file=sys.stderr)
        return 130
    finally:
        if good:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            print(f"The logs are in {folder}/log.", file=sys.stderr)
    return 0 if good else 1


def _production(parts: Parts, stack: ExitStack, folder: Path) -> Production:
    where = folder / "points"
    where.mkdir()
    modules = {"web": "tests.faults.web", "celery": "tests.faults.worker"}
    return Production(parts, stack, folder, **modules, **{points.FOLDER: str(where)})


def _run(site: Production, faults: list[Fault], times: int, *, together: bool) -> bool:
    site.start()
    faults = [fault for fault in faults if site.dovecot or not fault.of_mail_server]
    say(HEADER)
    verdicts = []
    for group in [faults] if together else [[fault] for fault in faults]:
        crowd = Crowd(site.port, site.campus, at_once=AT_ONCE)
        for fault in group:
            for turn in range(times):
                print(f"{time.strftime('%X')} {fault.name}: {turn + 1}", file=sys.stderr, flush=True)
                time.sleep(random.uniform(0, PAUSE / len(group)))  # noqa: S311
                site.check()
                fault.strike(site)
        crowd.go_home()
        print(f"{time.strftime('%X')} settling", file=sys.stderr, flush=True)
        _settle(site)
        verdicts.append(judge(site, mail.of(site), crowd.people))
        names = "; ".join(fault.name for fault in group)
        say(_row(names, times * len(group), verdicts[-1]))
    return all(verdict.good for verdict in verdicts) and _recovery(site)


def _settle(site: Production) -> None:
    """Until nothing waits that was asked for before now."""
    [[newest]] = site.query("SELECT coalesce(max(id), 0) FROM mailboxes_job")
    deadline = time.monotonic() + SETTLING_SECONDS
    while time.monotonic() < deadline:
        site.check()
        [[waiting]] = site.query(f"SELECT count(*) FROM mailboxes_job WHERE state = 'waiting' AND id <= {newest:d}")  # noqa: S608
        if not waiting:
            return
        time.sleep(0.5)


def _row(name: str, times: int, verdict: Verdict) -> str:
    cells = [name, times, verdict.requests, verdict.unanswered]
    cells += [verdict.lost, verdict.doubled, verdict.wrong, verdict.waiting]
    return "".join(f"| {cell} " for cell in cells) + "|"


def _recovery(site: Production) -> bool:
    """How long a killed worker's job lay until another took it up."""
    claims = points.claims(Path(site.env[points.FOLDER]))
    seconds = []
    for when, pid in strikes.killed:
        held = next(job for claimed, by, job in reversed(claims) if by == pid and claimed <= when)
        again = next((claimed for claimed, _by, job in claims if job == held and claimed > when), None)
        if again is not None:  # a reset may have given way to a newer one meanwhile
            seconds.append(again - when)
    if seconds:
        say(
            f"\nA killed worker's job was taken up by another after {median(seconds):.0f} s in the median, "
            f"{max(seconds):.0f} s at worst, of {len(seconds)}; to reach: under {RECOVERY_SECONDS:.0f} s."
        )
    return all(each < RECOVERY_SECONDS for each in seconds)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Trouble as trouble:
        sys.exit(f"bin/faults: {trouble}")
