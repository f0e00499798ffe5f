"""Two answers for whoever watches the site, without a secret or an address in them: is the process alive, can it serve?"""

from concurrent.futures import Future
from functools import cache

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis
from redis.exceptions import RedisError

from portal.asking import Probe
from sso_bridge import keys

SECONDS = 3.0


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Whether the process answers, and what an operator should look at; it asks no other server."""
    problem = keys.problem()
    return JsonResponse({"ok": True, "handoff_keys": problem or "ok"})


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 if pages can be served: the database answers and is of this version. Redis is told of, but pages do without it."""
    asked = _database.asked(), _redis.asked()
    database, redis = map(_code, asked)
    ready = database == "ok"
    return JsonResponse({"ready": ready, "database": database, "redis": redis}, status=200 if ready else 503)


def missing_migrations() -> list[str]:
    """The names of those that the code has and the database has not."""
    return [".".join(name) for name in sorted(_migrations() - set(MigrationRecorder(connection).applied_migrations()))]


@cache
def _migrations() -> frozenset[tuple[str, str]]:
    """Those that the code has: reading them all takes longer than asking the database."""
    return frozenset(MigrationLoader(None).disk_migrations)


def redis_server() -> Redis:
    """The server of the queue and the cache, past the cache's own way to do without it."""
    return Redis.from_url(settings.CACHE_URL, socket_timeout=1, socket_connect_timeout=1)


def _code(asked: Future[str]) -> str:
    try:
        return asked.result(SECONDS)
    except TimeoutError:
        return "no-answer"
    except (Error, RedisError):
        return "unreachable"


def _ask_database() -> str:
    return "migrations-missing" if missing_migrations() else "ok"


def _ask_redis() -> str:
    with redis_server() as server:
        server.ping()
    return "ok"


_database, _redis = Probe(_ask_database), Probe(_ask_redis)
