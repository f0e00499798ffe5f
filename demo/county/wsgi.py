import os

from django.core.wsgi import get_wsgi_application

# Not setdefault: a shell that is set up for the portal must not turn the county into it.
os.environ["DJANGO_SETTINGS_MODULE"] = "demo.county.settings"
application = get_wsgi_application()
