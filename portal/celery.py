import os
import sys
from typing import Any

from celery import Celery
from celery.loaders.app import AppLoader
from celery.signals import beat_init, task_prerun, worker_init
from django.core.exceptions import ImproperlyConfigured
from django.db import close_old_connections
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
app.autodiscover_tasks(
    ["accounts.auditing", "accounts.importing", "accounts.letters", "mailboxes.provisioning", "portal", "sso_bridge"]
)
# Celery would end the connection to the database with each task, and a new one costs more than all that a task asks. As for
# a request of the web, Django looks before a task whether it is old or broken.
app.conf.CELERY_DB_REUSE_MAX = sys.maxsize


@task_prerun.connect
def close_if_no_good(**kwargs: Any) -> None:
    close_old_connections()


@worker_init.connect
@beat_init.connect
def stop_if_wrong(**kwargs: Any) -> None:
    start.stop_if_wrong(serving=False)
