"""What an operator copies from deploy/: systemd takes the units, and nginx serves the site by HTTPS."""

import re
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests import servers
from tests.services.running_demo import until
from tests.services.running_site import ROOT, Site, installed

HOST = "mail.campus.example"
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="the package systemd is missing")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_takes_the_unit(unit: Path, tmp_path: Path) -> None:
    copy = tmp_path / unit.name
    copy.write_text(unit.read_text().replace("/opt/portal", str(ROOT)))
    verified = subprocess.run(["systemd-analyze", "verify", "--man=no", copy], capture_output=True, text=True)
    assert (verified.returncode, verified.stderr) == (0, "")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with installed(tmp_path_factory.mktemp("site")) as site:
        site.env |= {
            "HTTPS": "1",
            "ALLOWED_HOSTS": f"{HOST},127.0.0.1",
            "CAMPUS_URL": "https://ais.campus.example/",
            "TRUSTED_PROXIES": "127.0.0.1",
        }
        yield site


@contextmanager
def nginx(folder: Path, upstream: int, static: Path) -> Iterator[tuple[int, int, Path]]:
    """The shipped file on ports of its own: that for HTTP, that for HTTPS, and the certificate."""
    http, https = servers.free_port(), servers.free_port()
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={HOST}",
         "-addext", f"subjectAltName=DNS:{HOST},IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    for shipped, ours in {
        "listen 80;": f"listen 127.0.0.1:{http};",
        "listen 443 ": f"listen 127.0.0.1:{https} ",
        "/etc/portal/tls/fullchain.pem": str(certificate),
        "/etc/portal/tls/privkey.pem": str(key),
        "http://127.0.0.1:8000": f"http://127.0.0.1:{upstream}",
        "/var/lib/portal/static": str(static),
        "/var/log/nginx": str(folder),
    }.items():
        assert shipped in text
        text = text.replace(shipped, ours)
    text = re.sub(r"listen \[::\].*", "", text)
    own = "".join(f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    main = f"user root; daemon off; pid {folder}/pid; error_log {folder}/main.log; events {{}} http {{ {own}\n{text} }}"
    (folder / "nginx.conf").write_text(main)
    process = subprocess.Popen(["/usr/sbin/nginx", "-c", folder / "nginx.conf"], stderr=subprocess.PIPE)
    try:
        assert until(lambda: process.poll() is not None or (folder / "pid").exists())
        assert process.poll() is None, process.stderr and process.stderr.read()
        yield http, https, certificate
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.skipif(not Path("/usr/sbin/nginx").exists(), reason="the package nginx-light is missing")
@pytest.mark.skipif(servers.postgres_programs() is None, reason="the package postgresql is missing")
def test_somebody_comes_in_through_nginx_and_no_log_holds_their_token(site: Site, tmp_path: Path) -> None:
    token = site.campus.token()
    with site.web() as upstream, nginx(tmp_path, upstream, site.folder / "static") as (http, https, certificate):

        def ask(method: str, path: str, body: str | None = None) -> tuple[HTTPResponse, str]:
            context = ssl.create_default_context(cafile=str(certificate))
            connection = HTTPSConnection("127.0.0.1", https, timeout=60, context=context)
            headers = {"Host": HOST, "X-Forwarded-For": "203.0.113.9"}  # what a visitor may claim
            if body:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer, answer.read().decode()

        answer, page = ask("GET", f"/sso/handoff/?token={token}")
        assert (answer.status, token in page) == (200, True)
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
        answer, _ = ask("POST", "/sso/handoff/", urlencode({"token": token}))
        assert answer.status == 303  # the token is for 127.0.0.1: what the visitor claimed was not believed
        assert re.search(r"sessionid=\S+;.*Secure", str(answer.headers))
        [style] = re.findall(r'href="(/static/css/portal\.[0-9a-f]+\.css)"', page)
        answer, _ = ask("GET", style)
        assert (answer.status, answer.headers["Server"].startswith("nginx")) == (200, True)
        assert "max-age=315360000" in answer.headers["Cache-Control"]
        assert ask("GET", "/readyz")[0].status == 200
        much = "x" * 2_000_000
        assert ask("POST", "/help/", much)[0].status == 413
        assert ask("POST", "/admin/accounts/peopleimport/add/", much)[0].status != 413  # a file of people may be large
        plain = HTTPConnection("127.0.0.1", http, timeout=60)
        plain.request("GET", "/help/", headers={"Host": HOST})
        assert plain.getresponse().headers["Location"] == f"https://{HOST}/help/"
    logs = {path.name: path.read_text() for path in (tmp_path / "portal.log", site.log("gunicorn"))}
    assert all("/sso/handoff/" in text for text in logs.values())
    assert not any(token in text for text in logs.values())
