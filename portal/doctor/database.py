import time

from django.db import Error, connection

from portal.doctor.finding import Finding, advice, ok, problem
from portal.health import missing_migrations

OLDEST = 15  # major version of PostgreSQL
LARGEST_DIFFERENCE = 2.0  # seconds between two clocks; a hand-off lives for two minutes


def look() -> list[Finding]:
    try:
        return [*_kind(), *_migrations()]
    except Error as error:
        cure = "Start PostgreSQL, or correct DATABASE_URL; pg_isready and the log of PostgreSQL say more."
        return [problem("database-unreachable", f"The database does not answer: {_first_line(error)}", cure)]


def _kind() -> list[Finding]:
    connection.ensure_connection()
    if connection.vendor != "postgresql":
        return [advice("sqlite", "The database is SQLite: good for a trial.", "Set DATABASE_URL to a PostgreSQL.")]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), extract(epoch FROM clock_timestamp())")
        version, clock = cursor.fetchone()
    found = [ok("database", f"PostgreSQL {version} answers.")]
    if int(version.split(".")[0]) < OLDEST:
        text = f"PostgreSQL {version} is older than what the portal is tested with."
        found = [problem("database-old", text, f"Upgrade it to {OLDEST} or newer.")]
    difference = float(clock) - time.time()
    if abs(difference) > LARGEST_DIFFERENCE:
        text = f"The clocks of this machine and of the database differ by {abs(difference):.0f} s."
        found.append(problem("clock-differs", text, "Let both take the time from NTP: timedatectl set-ntp true."))
    return found


def _migrations() -> list[Finding]:
    if missing := missing_migrations():
        text = f"The database lacks {len(missing)} migrations: {', '.join(missing[:3])}{' …' if missing[3:] else ''}."
        return [problem("migrations-missing", text, "Run manage.py migrate.")]
    return [ok("migrations", "Every migration is applied.")]


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
