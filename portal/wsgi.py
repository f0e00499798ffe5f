import os

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from portal import start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
try:
    django.setup(set_prefix=False)
except ImproperlyConfigured as error:
    start.stop(str(error))
start.stop_if_wrong(serving=True)

from mailboxes.logins import endpoint  # noqa: E402  (it has models)

application = endpoint.before(get_wsgi_application(), key=settings.MAIL_EVENTS_KEY)
