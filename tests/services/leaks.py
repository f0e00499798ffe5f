"""Looking for secrets in anything that a run leaves behind, in every form in which a program may have written them down."""

import base64
import html
import json
import re
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

from tests import servers
from tests.production import Production

REDIS_DATABASES = 16
EMPTY = re.compile(rb"\0{64,}")  # most of a database's files, in which any pattern that begins with it searches for long


def forms(secret: str) -> dict[str, bytes]:
    """The secret by the name of each form; many of them are the same for plain letters."""
    octets = secret.encode()
    escaped = json.dumps(secret)[1:-1]
    written = {
        "plain": octets,
        "UTF-16LE": secret.encode("utf-16-le"),
        "UTF-16BE": secret.encode("utf-16-be"),
        "URL": quote(secret, safe="").encode(),
        "URL, lower case": re.sub("%..", lambda sign: sign[0].lower(), quote(secret, safe="")).encode(),
        "form": quote_plus(secret).encode(),
        "JSON": escaped.encode(),
        "JSON in JSON": json.dumps(escaped)[1:-1].encode(),
        "JSON as UTF-8": json.dumps(secret, ensure_ascii=False)[1:-1].encode(),
        "HTML": html.escape(secret).encode(),
        "HTML, decimal": html.escape(secret).replace("&#x27;", "&#39;").encode(),
        "SQL": secret.replace("'", "''").encode(),
        "SQL, escaped": secret.replace("\\", "\\\\").replace("'", "''").encode(),
        "Python": repr(secret)[1:-1].encode(),
        "Python bytes, and Redis": repr(octets)[2:-1].replace('"', '\\"').replace("\\'", "'").encode(),
        "hex": octets.hex().encode(),
        "HEX": octets.hex().upper().encode(),
    }
    for before in range(3):  # where it begins among the three octets that become four letters
        for name, encode in (("base64", base64.b64encode), ("base64 for URLs", base64.urlsafe_b64encode)):
            whole = encode(b"\0" * before + octets)
            written[f"{name}, {before}"] = whole[(0, 2, 3)[before] : len(whole) // 4 * 4 - 4]
    return written


class Search:
    def __init__(self, secrets: list[str]) -> None:
        self._named = {octets: (secret, form) for secret in secrets for form, octets in forms(secret).items()}
        longest_first = sorted(self._named, key=len, reverse=True)
        self._pattern = re.compile(b"|".join(map(re.escape, longest_first)))

    def can_find(self) -> set[tuple[str, str]]:
        """Each secret with each of its forms; of forms that are the same, one."""
        return set(self._named.values())

    def found(self, places: Iterator[tuple[str, bytes]]) -> set[tuple[str, str, str]]:
        """Each place that holds a secret, with the secret and its form."""
        return {(place, *self._named[octets]) for place, content in places for octets in set(self._pattern.findall(content))}


# --- where to look --------------------------------------------------------------------------------------------------------


def everywhere(site: Production) -> Iterator[tuple[str, bytes]]:
    """Everything that the site has written or holds outside of its memory, a piece at a time."""
    assert site.dovecot
    yield "the database dump", dump(site.postgres.url)
    yield "the dump of the mail database", dump(site.dovecot.database)
    yield from in_redis(site)
    yield from in_processes(site)
    for folder in (site.folder, site.postgres.folder, site.mail_folder):
        for path in sorted(folder.rglob("*")):
            # What has not been touched since the servers started, most of a new cluster, holds nothing of the run.
            if path.is_file() and not path.is_symlink() and path.stat().st_mtime >= site.began:
                yield str(path.relative_to(folder.parent)), path.read_bytes()


def dump(database: str) -> bytes:
    """``database`` is its URL."""
    programs = servers.postgres_programs()
    assert programs
    return subprocess.run([programs / "pg_dump", database], check=True, capture_output=True).stdout


def in_redis(site: Production) -> Iterator[tuple[str, bytes]]:
    for database in range(REDIS_DATABASES):
        client = site.redis_client(database)
        for key in client.scan_iter():
            read = {
                b"string": client.get,
                b"hash": client.hgetall,
                b"list": lambda name, client=client: client.lrange(name, 0, -1),
                b"set": client.smembers,
                b"zset": lambda name, client=client: client.zrange(name, 0, -1, withscores=True),
                b"stream": client.xrange,
            }[client.type(key)]
            yield f"Redis {database} {key!r}", key + b"\n" + _octets(read(key))


def _octets(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, dict):
        value = list(value.items())
    if isinstance(value, (list, tuple, set)):
        return b"\n".join(map(_octets, value))
    return str(value).encode()


def in_processes(site: Production) -> Iterator[tuple[str, bytes]]:
    """The environment and the command line of each process, which others on the machine can read."""
    for pid in site.pids():
        for name in ("environ", "cmdline"):
            yield f"/proc/{pid}/{name}", Path(f"/proc/{pid}/{name}").read_bytes()


def record_redis(site: Production, file: Path) -> None:
    """Write every command that Redis gets from now on to the file."""
    connection = socket.create_connection(("127.0.0.1", site.redis_port))
    connection.sendall(f"AUTH {site.redis_password}\r\nMONITOR\r\n".encode())

    def record() -> None:
        with file.open("wb", buffering=0) as output:
            while octets := connection.recv(65536):
                output.write(octets)

    threading.Thread(target=record, daemon=True).start()
