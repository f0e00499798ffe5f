import os
from typing import Any

from celery import Celery
from celery.loaders.app import AppLoader
from celery.signals import beat_init, worker_init
from django.core.exceptions import ImproperlyConfigured
from kombu.transport.virtual import QoS

from portal import start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

# A worker that loses Redis would try to give back the messages in its hands over the connection that is gone, and then write
# them into a file in /tmp. The sweep brings back all of them.
QoS.restore_at_shutdown = False


class Loader(AppLoader):
    def config_from_object(self, obj: Any, silent: bool = False) -> Any:
        try:
            return super().config_from_object(obj, silent)
        except ImproperlyConfigured as error:
            start.stop(str(error))


app = Celery("portal", loader="portal.celery:Loader")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["mailboxes.provisioning", "portal"])


@worker_init.connect
@beat_init.connect
def stop_if_wrong(**kwargs: Any) -> None:
    start.stop_if_wrong(serving=False)
