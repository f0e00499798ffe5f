"""Every setting of the demo campus; with demo.common the only reader of its environment.

It has no database: a session is a signed cookie.
"""

import os
from pathlib import Path

from demo.common import CONTENT_SECURITY_POLICY, HERE, LOGGING, PORTAL_ORIGIN, PORTAL_URL, path_from

__all__ = ["CONTENT_SECURITY_POLICY", "LOGGING", "PORTAL_ORIGIN", "PORTAL_URL"]

# --- what the campus and the portal have agreed on -----------------------------------------------------------------
KEY_FILE = path_from("DEMO_CAMPUS_KEY")  # a private JWK (RFC 7517)
ISSUER = os.environ.get("DEMO_ISSUER", "https://ais.demo.example")
AUDIENCE = os.environ.get("DEMO_AUDIENCE", "portal.test")

LETTERS_DIR = Path(os.environ.get("DEMO_LETTERS", HERE.parent / "var" / "letters"))  # where the portal keeps its letters

# Where bin/demo keeps the password of the portal's staff, and their key for codes.
STAFF_DIR = Path(os.environ.get("DEMO_STAFF", HERE.parent / "var" / "demo"))

DRIVE_KEY_FILE = os.environ.get("DEMO_DRIVE_KEY_FILE", "")  # what opens the cloud drive to the portal

# --- Django ---------------------------------------------------------------------------------------------------------
SECRET_KEY = path_from("DEMO_SECRET_KEY_FILE").read_text().strip()
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
INSTALLED_APPS = ["django.contrib.staticfiles", "csp"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "demo.urls"
WSGI_APPLICATION = "demo.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "OPTIONS": {"context_processors": ["django.template.context_processors.request", "demo.people.signed_in"]},
    }
]
USE_I18N = False  # both languages stand on every page
USE_TZ = True
TIME_ZONE = "Asia/Taipei"

# --- cookies: a browser keeps one jar for all ports of a host, so the names must not be the portal's ------------------
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
SESSION_COOKIE_NAME = "campus_session"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = "campus_csrf"
CSRF_COOKIE_HTTPONLY = True

# --- safety ---------------------------------------------------------------------------------------------------------
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# --- files: served as they are, so that nothing has to be collected ---------------------------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [HERE / "static"]
WHITENOISE_USE_FINDERS = True
