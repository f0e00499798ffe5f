"""gunicorn for the portal. A hand-off token travels in a query string once, and no log line here may hold one."""

import logging
import re

wsgi_app = "portal.wsgi"
bind = "127.0.0.1:8000"
worker_class = "gthread"
workers = 2
threads = 4
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
