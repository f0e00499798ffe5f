"""Every setting of the demo campus; the only reader of its environment. It has no database: a session is a signed cookie."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured


def _file(name: str) -> Path:
    path = Path(os.environ.get(name, ""))
    if not path.is_file():
        raise ImproperlyConfigured(f"{name} is {str(path)!r}. Set it to the path of an existing file.")
    return path


HERE = Path(__file__).resolve().parent

# --- what the campus and the portal have agreed on -----------------------------------------------------------------
KEY_FILE = _file("DEMO_CAMPUS_KEY")  # a private JWK (RFC 7517)
ISSUER = os.environ.get("DEMO_ISSUER", "https://ais.demo.example")
AUDIENCE = os.environ.get("DEMO_AUDIENCE", "portal.test")
PORTAL_URL = os.environ.get("DEMO_PORTAL_URL", "http://127.0.0.1:8000/")
PORTAL_ORIGIN = "{0.scheme}://{0.netloc}".format(urlsplit(PORTAL_URL))

DRIVE_KEY_FILE = os.environ.get("DEMO_DRIVE_KEY_FILE", "")  # what opens the cloud drive to the portal
LETTERS_DIR = Path(os.environ.get("DEMO_LETTERS", HERE.parent / "var" / "letters"))  # where the portal keeps its letters

# --- Django ---------------------------------------------------------------------------------------------------------
SECRET_KEY = _file("DEMO_SECRET_KEY_FILE").read_text().strip()
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
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        # Browsers hold the redirect that follows a form to this list too.
        "form-action": [SELF, PORTAL_ORIGIN],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- files: served as they are, so that nothing has to be collected ---------------------------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [HERE / "static"]
WHITENOISE_USE_FINDERS = True

# --- logs: one line a record on standard error, no query strings --------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {"django": {"handlers": [], "level": "INFO"}},
}
