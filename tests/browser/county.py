"""Somebody from a county, signed in to the demo's portal without the sign-in of a county."""

import os
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import StorageState

from tests.browser.demo import ROOT, Demo, processes_of

MAKE = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from accounts.models import Person
from accounts.sessions import SessionStore
facts = {"name": "陳怡君", "number": "%(account)s", "category": "staff", "condition": ""}
who = {"source": "county:kl", "subject": "%(account)s", "username": "county:kl:%(account)s", "password": "!"}
person, _ = Person.objects.get_or_create(**who, defaults=facts)
session = SessionStore()
session[SESSION_KEY], session[HASH_SESSION_KEY] = str(person.pk), person.get_session_auth_hash()
session[BACKEND_SESSION_KEY] = "accounts.backends.PersonBackend"
session.create()
print(session.session_key)
"""


def signed_in(demo: Demo, account: str) -> StorageState:
    """The cookies of the person with that account at the county kl."""
    answer = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", MAKE % {"account": account}],
        cwd=ROOT,
        env=_environment(demo),
        capture_output=True,
        text=True,
        check=True,
    )
    cookie = {"name": "sessionid", "value": answer.stdout.split()[-1], "domain": "127.0.0.1", "path": "/"}
    flags = {"expires": -1, "httpOnly": True, "secure": False, "sameSite": "Lax"}
    return {"cookies": [cookie | flags], "origins": []}  # type: ignore[typeddict-item]


def _environment(demo: Demo) -> dict[str, str]:
    """What the demo gave its worker: the key that signs, and where the database is."""
    lines = Path(f"/proc/{processes_of(demo.var, having='celery')[0]}/environ").read_bytes().split(b"\0")
    return dict(os.fsdecode(line).split("=", 1) for line in lines if line)
