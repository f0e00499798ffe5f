"""What the settings of the campus and of the county have in common: where the portal is, what a page may do, the logs."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured


def path_from(name: str) -> Path:
    """The file or folder that the variable ``name`` gives; ImproperlyConfigured if it is not there."""
    path = Path(os.environ.get(name, ""))
    if not os.environ.get(name) or not path.exists():
        raise ImproperlyConfigured(f"{name} is {str(path)!r}. Set it to the path of what exists.")
    return path


HERE = Path(__file__).resolve().parent
PORTAL_URL = os.environ.get("DEMO_PORTAL_URL", "http://127.0.0.1:8000/")
PORTAL_ORIGIN = "{0.scheme}://{0.netloc}".format(urlsplit(PORTAL_URL))

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

# One line a record on standard error, no query strings.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {"django": {"handlers": [], "level": "INFO"}},
}
