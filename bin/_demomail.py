"""The mail server of bin/demo --dovecot: what it keeps from run to run, and what goes with it."""

import hashlib
import shutil
import tempfile
from pathlib import Path

from _mailserver import IS_ROOT, NEEDED, NEEDED_BY_ROOT, MailServer, missing
from _support import Part, Parts, Trouble, answers, port_from


class DemoMail:
    def __init__(self, var: Path, portal: int) -> None:
        """Trouble if Dovecot, or as root Postfix, is not installed, or a port is taken. ``portal`` is its portal's port."""
        if packages := missing(NEEDED | (NEEDED_BY_ROOT if IS_ROOT else {})):
            raise Trouble(
                f"--dovecot needs these packages of Debian 12: {' '.join(packages)}. As root: "
                f"apt-get install --no-install-recommends {' '.join(packages)}"
            )
        self.server = MailServer(
            place(var),
            place(var) / "run",  # until it has a shorter one
            imap=port_from("IMAP_PORT", 8143),
            pop3=port_from("POP3_PORT", 8110),
            smtp=port_from("SMTP_PORT", 8025),
            submission=port_from("SUBMISSION_PORT", 8587),
            portal=portal,
        )
        self._run: Path | None = None
        self._parts: dict[str, tuple[Part, int]] = {}

    @staticmethod
    def forget(var: Path) -> None:
        """Throw away the letters and accounts of earlier runs."""
        shutil.rmtree(place(var), ignore_errors=True)

    def env(self) -> dict[str, str]:
        return self.server.env()

    def commands(self) -> list[list[str]]:
        self.server.run = self._run = Path(tempfile.mkdtemp(prefix="pd-", dir="/tmp"))  # the paths of sockets must be short
        self.server.make_folders()
        return self.server.commands()

    def start(self, parts: Parts, log: Path, env: dict[str, str]) -> None:
        for name, (argv, port) in self.server.servers().items():
            part = parts.start(name, *argv, log=log / f"{name.lower()}.log", env=env, cwd=self.server.run)
            self._parts[name] = (part, port)

    def wait(self, parts: Parts) -> None:
        for part, port in self._parts.values():
            parts.wait_for(part, lambda port=port: answers(port))  # type: ignore[misc]

    def told(self) -> str:
        server = self.server
        if server.has_postfix:
            smtp = f"SMTP on port {server.smtp} for letters from outside, on port {server.submission} for their owners"
        else:
            smtp = "no SMTP: Postfix starts as root only; letters come in by LMTP on port " + str(server.lmtp)
        return (
            f"Mail is on 127.0.0.1, without encryption: IMAP on port {server.imap}, POP3 on port {server.pop3}; {smtp}.\n"
            "Sign in with the whole address and the password that you have chosen in the portal.\n\n"
        )

    def clean(self) -> None:
        if self._run:
            shutil.rmtree(self._run, ignore_errors=True)


def place(var: Path) -> Path:
    """Where letters and accounts stay. Root's are not in ``var``, where the servers' own users could not reach them."""
    if IS_ROOT:
        return Path("/var/lib") / f"portal-demo-{hashlib.sha256(bytes(var)).hexdigest()[:8]}"
    return var / "mailserver"
