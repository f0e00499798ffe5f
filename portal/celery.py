import os

from celery import Celery
from kombu.transport.virtual import QoS

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

# A worker that loses Redis would try to give back the messages in its hands over the connection that is gone, and then write
# them into a file in /tmp. The sweep brings back all of them.
QoS.restore_at_shutdown = False

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["mailboxes.provisioning", "portal"])
