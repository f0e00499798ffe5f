"""Our static files and a page or two on loopback, under the site's own content security policy."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from django.conf import settings

TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


@contextmanager
def site(pages: dict[str, str]) -> Iterator[str]:
    """Serve ``pages``, HTML by path, and everything under static/; gives the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, kind = self.found()
            self.send_response(200 if kind else 404)
            self.send_header("Content-Type", kind or "text/plain")
            self.send_header("Content-Security-Policy", settings.CONTENT_SECURITY_POLICY)
            self.end_headers()
            self.wfile.write(body)

        def found(self) -> tuple[bytes, str]:
            path = self.path.partition("?")[0]
            if path in pages:
                return pages[path].encode(), "text/html; charset=utf-8"
            file = Path(settings.BASE_DIR) / path.lstrip("/")
            return (file.read_bytes(), TYPES[file.suffix]) if path.startswith("/static/") and file.is_file() else (b"", "")

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
