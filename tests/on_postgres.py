"""Runs a command with DATABASE_URL naming a PostgreSQL of its own: python -m tests.on_postgres COMMAND …"""

import os
import subprocess
import sys
from pathlib import Path

from tests import servers


def main() -> int:
    if servers.postgres_programs() is None:
        if report := os.environ.get("NOT_RUN"):
            with Path(report).open("a") as file:
                file.write("races on PostgreSQL (the package postgresql is missing); they ran on SQLite\n")
        return subprocess.run(sys.argv[1:]).returncode
    with servers.postgres() as url:
        return subprocess.run(sys.argv[1:], env=os.environ | {"DATABASE_URL": url}).returncode


if __name__ == "__main__":
    sys.exit(main())
