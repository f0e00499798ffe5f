"""What a browser that comes for the first time fetches, to the byte: status lines, headers and compressed bodies."""

import gzip
import re
import socket
from collections.abc import Iterator
from urllib.parse import urljoin

from _support import Trouble

from tests.bench.row import Row
from tests.bench.site import Site
from tests.visits import journey

MOST = 40_000  # bytes
# In the page: style sheets, icons, scripts, pictures. In a style sheet: whatever it names.
IN_PAGE = re.compile(r'<(?:link|script|img|source)\b[^>]*?\b(?:href|src)="([^"]+)"')
IN_STYLE = re.compile(r"""(?:url\(|@import\s+)["']?([^"')]+)""")


def rows(site: Site) -> Iterator[Row]:
    with site.portal() as (port, _):
        cookie = journey.sign_in(port, site.campus.token()).cookie_header
        for name, path, cookies in (("signed out", "/signed-out/", ""), ("home", "/", cookie)):
            yield row(name, port, path, cookies)


def row(name: str, port: int, path: str, cookies: str = "") -> Row:
    # gzip is what every browser takes, also over plain HTTP; brotli comes with HTTPS.
    sizes = {accepted: _fetch_all(port, path, accepted, cookies) for accepted in ("gzip", "gzip, br")}
    small, large = sizes["gzip, br"], sizes["gzip"]
    total = sum(large.values())
    measured = (
        f"{total / 1000:.1f} kB with gzip, {sum(small.values()) / 1000:.1f} kB with brotli; "
        f"{len(large)} requests, the page itself {large[path] / 1000:.1f} kB"
    )
    return Row(f"first visit over the wire: {name}", f"under {MOST // 1000} kB", measured, total < MOST)


def _fetch_all(port: int, path: str, accepted: str, cookies: str) -> dict[str, int]:
    """The bytes received for each address."""
    sizes: dict[str, int] = {}
    waiting = [path]
    while waiting:
        address = waiting.pop()
        if address in sizes or address.startswith("data:"):
            continue
        head, body, sizes[address] = _fetch(port, address, accepted, cookies)
        kind = re.search(r"(?im)^content-type: (\S+?);?\s", head)
        pattern = {"text/html": IN_PAGE, "text/css": IN_STYLE}.get(kind[1] if kind else "")
        waiting += [urljoin(address, found) for found in pattern.findall(body)] if pattern else []
    return sizes


def _fetch(port: int, path: str, accepted: str, cookies: str) -> tuple[str, str, int]:
    """Head, text and size of an answer. The text of what comes by brotli is asked for again, by gzip."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\nAccept-Encoding: {accepted}\r\n"
    request += "Accept-Language: zh-TW\r\n" + (f"Cookie: {cookies}\r\n" if cookies else "")
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(f"{request}\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    raw_head, _, body = answer.partition(b"\r\n\r\n")
    head = raw_head.decode() + "\r\n"
    if not head.startswith("HTTP/1.1 200 "):
        raise Trouble(f"{path}: {head.splitlines()[0]}")
    if re.search(r"(?im)^content-encoding: br\s", head):
        return head, _fetch(port, path, "gzip", cookies)[1], len(answer)
    if re.search(r"(?im)^content-encoding: gzip\s", head):
        body = gzip.decompress(body)
    return head, body.decode(), len(answer)
