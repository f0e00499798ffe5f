"""Redis dies while a worker is at a task: the worker has to be there when Redis comes back."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import Celery

from tests import servers
from tests.services.running_demo import until

pytestmark = pytest.mark.skipif(
    shutil.which("redis-server") is None, reason="No worker lost its Redis: Redis is not installed."
)
TASK = "mailboxes.provisioning.tasks.run"


@pytest.fixture
def silent_database() -> Iterator[str]:
    """Takes connections and says nothing, so that a task hangs for as long as the portal waits for a database."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"postgres://portal@127.0.0.1:{listener.getsockname()[1]}/postgres"


def test_a_worker_with_a_task_in_hand_outlives_redis(tmp_path: Path, silent_database: str) -> None:
    log = tmp_path / "worker.log"
    with servers.redis() as redis, log.open("w") as output:
        env = {
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "HTTPS": "0",
            "VAR_DIR": str(tmp_path),
            "DATABASE_URL": silent_database,
            "REDIS_URL": redis.url,
        }
        argv = [sys.executable, "-m", "celery", "-A", "portal", "worker", "-l", "info", "-c", "1"]
        worker = subprocess.Popen(argv, env=os.environ | env, stdout=output, stderr=output, start_new_session=True)
        try:
            assert until(lambda: " ready." in log.read_text())
            queue = Celery(broker=f"{redis.url}/0")
            for times in (1, 2, 3):  # by acknowledging one by a connection of before, it has ended itself
                queue.send_task(TASK, [times])
                assert until(lambda times=times: log.read_text().count("received") >= times or worker.poll() is not None)
                redis.stop(signal.SIGKILL)
                assert until(lambda times=times: log.read_text().count("Trying again") >= times or worker.poll() is not None)
                redis.start()
                assert worker.poll() is None, log.read_text()
        finally:
            worker.terminate()
            worker.wait(timeout=servers.START_SECONDS)
