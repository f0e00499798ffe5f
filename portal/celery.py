import os

from celery import Celery
from kombu.transport.redis import QoS

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

# A worker that loses Redis would put back what it has not finished over the connection that it has just closed, fail at that
# with an AttributeError, and end for good. The sweep brings back all of it anyway.
QoS.restore_at_shutdown = False

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["mailboxes.provisioning", "portal"])
