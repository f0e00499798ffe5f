"""The site's own settings with what a test run must not share: no broker, no Redis, a throw-away var folder."""

import os
import tempfile

os.environ.setdefault("SECRET_KEY", "for-tests-only-" + "t" * 50)
os.environ.setdefault("HTTPS", "0")
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="portal-test-"))

from portal.settings import *  # noqa: F403

ALLOWED_HOSTS = ["testserver", "127.0.0.1"]
CELERY_BROKER_URL = "memory://"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = STORAGES | {  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A file, for threads that race: each has a connection of its own, and one in memory has no waiting for locks.
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}  # noqa: F405

STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
