"""gunicorn for the portal. A hand-off token travels in a query string once, and no log line here may hold one."""

import logging
import os
import re


def _number(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    if not (value.isascii() and value.isdigit() and 0 < int(value) <= 1000):
        raise SystemExit(f"{name} is {value!r}. Set it to a whole number from 1 to 1000.")
    return int(value)


def _address(name: str, default: str) -> str:
    value = os.environ.get(name, default)
    host, _, port = value.rpartition(":")
    if not value.startswith("unix:/") and not (host and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise SystemExit(
            f"{name} is {value!r}. Set it to an address and a port, {default}, or to unix:/run/portal/web.sock."
        )
    return value


wsgi_app = "portal.wsgi"
preload_app = True  # a wrong setting ends the start before there are workers, and they share the memory of the code
bind = _address("BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = _number("WEB_CONCURRENCY", 2)
threads = _number("WEB_THREADS", 4)
timeout = 30  # seconds
graceful_timeout = 20  # seconds
keepalive = 5  # seconds
max_requests = 5000
max_requests_jitter = 500  # so that the workers do not restart together
limit_request_line = 8190  # bytes; a token alone may take 4,096, more than the default line holds

# Its default place is one socket in the home folder, which two sites of one user would share.
control_socket_disable = True

# Only a proxy on this machine may say that a request came by HTTPS; the visitor's address is the portal's own business.
forwarded_allow_ips = "127.0.0.1,::1"

# %(U)s is the path alone. Not %(r)s, %(q)s or %(f)s: the request line, the query and the referrer could hold a token.
accesslog = "-"
access_log_format = '%(h)s %(t)s "%(m)s %(U)s %(H)s" %(s)s %(B)s %(M)sms "%(a)s"'


class WithoutTarget(logging.Filter):
    """gunicorn's own error lines quote what was wrong with a request, or its target with the query. Neither is kept."""

    def filter(self, record: logging.LogRecord) -> bool:
        quoted_or_query = r"""(?<=^Invalid request from )([^'"]*)['"].*|\?\S*"""
        record.msg, record.args = re.sub(quoted_or_query, r"\1...", record.getMessage(), flags=re.DOTALL), ()
        return True


logging.getLogger("gunicorn.error").addFilter(WithoutTarget())
