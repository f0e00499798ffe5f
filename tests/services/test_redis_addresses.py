"""REDIS_URL with TLS and with a Unix socket: the queue and the cache both reach the server, by a known certificate only."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import servers
from tests.services.running_demo import until

PASSWORD = "salt-and-copper"
ASK = """
from portal.celery import app
from portal.health import redis_server
from django.core.cache import cache
from django.conf import settings
redis_server().ping()
cache.set("mark", 7)
assert redis_server().keys() == [b":1:mark"], redis_server().keys()
with app.connection_for_write() as queue:
    queue.ensure_connection(max_retries=1, timeout=5)
    app.send_task("portal.tasks.housekeeping", connection=queue)
    assert queue.default_channel.client.llen("celery") == 1
cache.clear()
print("reached")
"""

pytestmark = pytest.mark.skipif(not Path("/usr/bin/redis-server").exists(), reason="the package redis-server is missing")


@dataclass(frozen=True)
class Place:
    port: int
    socket: Path
    certificate: Path


@pytest.fixture
def place() -> Iterator[Place]:
    with tempfile.TemporaryDirectory(prefix="redis-", dir="/tmp") as name:  # socket paths must be short
        folder = Path(name)
        found = Place(servers.free_port(), folder / "s", folder / "certificate.pem")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=redis",
             "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key.pem", "-out", found.certificate],
            check=True, capture_output=True,
        )  # fmt: skip
        options = {
            "--port": 0, "--tls-port": found.port, "--bind": "127.0.0.1", "--unixsocket": found.socket, "--dir": folder,
            "--tls-cert-file": found.certificate, "--tls-key-file": folder / "key.pem", "--tls-auth-clients": "no",
            "--requirepass": PASSWORD, "--save": "",
        }  # fmt: skip
        words = [str(word) for option in options.items() for word in option]
        server = subprocess.Popen(["/usr/bin/redis-server", *words], stdout=subprocess.DEVNULL)
        try:
            assert until(lambda: found.socket.exists())
            yield found
        finally:
            server.kill()
            server.wait()


def ask(address: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        "SECRET_KEY": "0123456789abcdef" * 4,
        "HTTPS": "0",
        "VAR_DIR": str(folder),
        "DATABASE_URL": "sqlite://:memory:",
        "REDIS_URL": address,
    }
    argv = [sys.executable, "manage.py", "shell", "-c", ASK]
    return subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(
    "form",
    ["rediss://:{password}@127.0.0.1:{place.port}?ssl_ca_certs={place.certificate}", "unix://:{password}@{place.socket}"],
)
def test_the_queue_and_the_cache_are_reached(form: str, place: Place, tmp_path: Path) -> None:
    asked = ask(form.format(place=place, password=PASSWORD), tmp_path)
    assert asked.stdout.endswith("reached\n"), asked.stderr


def test_a_certificate_that_nobody_vouches_for_is_refused(place: Place, tmp_path: Path) -> None:
    asked = ask(f"rediss://:{PASSWORD}@127.0.0.1:{place.port}", tmp_path)
    assert asked.returncode == 1
    assert "certificate verify failed" in asked.stderr
