"""Dovecot and Postfix in folders of their own, on high ports of this machine and without TLS: for the demo and for tests.

As root with Postfix, and the letters belong to the user "mail"; as anybody else without it, for it starts as root only.
"""

import os
import pwd
import secrets
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from _support import free_port

NEEDED = {  # a file that shows that a Debian package is there
    "/usr/lib/dovecot/imap": "dovecot-imapd",
    "/usr/lib/dovecot/lmtp": "dovecot-lmtpd",
    "/usr/lib/dovecot/pop3": "dovecot-pop3d",
    "/usr/lib/dovecot/modules/lib90_sieve_plugin.so": "dovecot-sieve",
    "/usr/lib/dovecot/modules/libdriver_sqlite.so": "dovecot-sqlite",
}
NEEDED_BY_ROOT = {
    "/usr/lib/postfix/sbin/master": "postfix",
    "/usr/lib/postfix/postfix-sqlite.so": "postfix-sqlite",
}
NEEDED_WITH_POSTGRES = {
    "/usr/lib/dovecot/modules/libdriver_pgsql.so": "dovecot-pgsql",
    "/usr/lib/postfix/postfix-pgsql.so": "postfix-pgsql",
}
# Not "postfix start", which leaves a daemon behind. The shell stays, for Postfix's master forgets that the kernel should end
# it with its parent: it changes its user. "check" makes the folders of the queue.
POSTFIX = """
/usr/sbin/postfix -c "$1" check || exit
/usr/lib/postfix/sbin/master -c "$1" -d &
trap "kill $!" TERM
wait
wait
"""
IS_ROOT = os.getuid() == 0


def missing(needed: dict[str, str]) -> list[str]:
    """The packages that are not there."""
    return [package for path, package in needed.items() if not Path(path).exists()]


@dataclass
class MailServer:
    """``place`` keeps letters and accounts from run to run, ``run`` is short and thrown away; anybody can enter both.

    ``portal`` is the port on which the portal is, or will be, told of sign-ins.
    """

    place: Path
    run: Path
    database: str = ""
    reader_password: str = ""
    imap: int = field(default_factory=free_port)
    pop3: int = field(default_factory=free_port)
    lmtp: int = field(default_factory=free_port)
    doveadm: int = field(default_factory=free_port)
    smtp: int = field(default_factory=free_port)
    submission: int = field(default_factory=free_port)
    relay: int = field(default_factory=free_port)
    user: str = field(default_factory=lambda: pwd.getpwuid(os.getuid()).pw_name)
    key: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    events_key: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    portal: int = field(default_factory=free_port)

    @property
    def has_postfix(self) -> bool:
        return self.user == "root"

    def env(self) -> dict[str, str]:
        """What the portal needs to use it."""
        return {
            "MAIL_DATABASE_URL": self.database or f"sqlite:///{self.place / 'accounts' / 'mail.sqlite3'}",
            "DOVEADM_URL": f"http://127.0.0.1:{self.doveadm}",
            "DOVEADM_API_KEY": self.key,
            "MAIL_EVENTS_KEY": self.events_key,
            "LMTP_URL": f"lmtp://127.0.0.1:{self.lmtp}",
            "IMAP_URL": f"imap://127.0.0.1:{self.imap}",
        }

    def make_folders(self) -> None:
        for folder in (self.place, self.run):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o711)
        for folder in (self.place / "accounts", self.place / "letters", self.run / "queue", self.run / "data"):
            folder.mkdir(mode=0o700, exist_ok=True)
        if self.has_postfix:
            shutil.chown(self.place / "letters", "mail")
            (self.run / "queue").chmod(0o755)
            (self.run / "queue" / "private").mkdir(mode=0o700, exist_ok=True)  # where Dovecot will listen for Postfix
            for folder in (self.run / "data", self.run / "queue" / "private"):
                shutil.chown(folder, "postfix")
            # SQLite's readers write too: what they share in memory lies in a file beside the database.
            accounts = self.place / "accounts" / "mail.sqlite3"
            accounts.touch()
            for path, mode in ((accounts.parent, 0o770), (accounts, 0o660)):
                shutil.chown(path, group="postfix")
                path.chmod(mode)

    def commands(self) -> list[list[str]]:
        """What manage.py has to do with ``env`` before the servers start."""
        owner = "mail" if self.user == "root" else self.user
        config = ["mail_config", "--out", self.run / "etc", "--etc", self.run / "etc", "--run-dir", self.run]
        config += ["--mail-dir", self.place / "letters", "--mail-user", owner]
        config += ["--imap-port", self.imap, "--pop3-port", self.pop3]
        config += ["--smtp-port", self.smtp, "--submission-port", self.submission]
        config += ["--portal-url", f"http://127.0.0.1:{self.portal}"]
        config += ["--relay-port", self.relay]
        config += [] if self.user == "root" else ["--run-as", self.user]
        database = ["mail_database"]
        if self.reader_password:
            password = self.run / "reader-password"
            password.write_text(self.reader_password)
            config += ["--reader", "dovecot_ro", "--reader-password-file", password]
            database += ["--reader", "dovecot_ro"]
        return [[str(word) for word in command] for command in (database, config)]

    def servers(self) -> dict[str, tuple[list[str], int]]:
        """By name: the command line of each, which stays in the foreground until SIGTERM, and a port on which it answers."""
        etc = self.run / "etc"
        found = {"Dovecot": (["/usr/sbin/dovecot", "-F", "-c", str(etc / "dovecot" / "dovecot.conf")], self.imap)}
        if self.has_postfix:
            found["Postfix"] = (["/bin/sh", "-c", POSTFIX, "postfix", str(etc / "postfix")], self.smtp)
        return found
