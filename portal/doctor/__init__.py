"""A look at everything that the portal stands on, each with a time limit, so that it ends whatever is down."""

from collections.abc import Callable

from accounts.asking import in_a_thread
from portal.doctor import database, events, jobs, letters, processes, reconciling, redis, services, site
from portal.doctor.finding import Finding, problem

SECONDS = 10.0  # for looks that run side by side; a Dovecot store may take five

Look = Callable[[], list[Finding]]


def examine() -> list[Finding]:
    """Every finding, settings first. What stands on a server that does not answer is not looked at."""
    ground = _side_by_side({"settings": site.look, "database": database.look, "redis": redis.look})
    well = {name for name, findings in ground.items() if all(finding.level != "problem" for finding in findings)}
    rest: dict[str, Look] = {}
    if "redis" in well:
        rest["processes"] = processes.look
    if "database" in well:
        rest |= {"jobs": jobs.look, "letters": letters.look, "services": services.look, "events": events.look}
        rest["reconciling"] = reconciling.look
    return [finding for findings in (ground | _side_by_side(rest)).values() for finding in findings]


def _side_by_side(looks: dict[str, Look]) -> dict[str, list[Finding]]:
    answers = {name: in_a_thread(look) for name, look in looks.items()}
    found = {}
    for name, answer in answers.items():
        try:
            found[name] = answer.result(SECONDS)
        except TimeoutError:
            text = f"Looking at {name} took longer than {SECONDS:.0f} s."
            found[name] = [problem(f"{name}-no-answer", text, "See whether that server is frozen, overloaded or cut off.")]
    return found
