import os

from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()
# A site with a wrong setting does not start, instead of failing at the first visitor.
if errors := [str(message) for message in run_checks() if message.is_serious()]:
    raise ImproperlyConfigured("\n".join(errors))
