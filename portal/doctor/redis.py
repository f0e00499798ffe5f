from redis.exceptions import RedisError, ResponseError

from portal.doctor.finding import Finding, advice, ok, problem
from portal.health import redis_server


def look() -> list[Finding]:
    try:
        with redis_server() as server:
            server.ping()
            try:
                facts = server.info()
            except ResponseError:  # a server whose owner lets nobody ask
                facts = {}
    except RedisError as error:
        text = f"Redis does not answer: {error}"
        return [
            problem("redis-unreachable", text, "Start Redis, or correct REDIS_URL. Jobs wait in the database meanwhile.")
        ]
    return [ok("redis", f"Redis {facts.get('redis_version', '')} answers.".replace("  ", " ")), *_advice(facts)]


def _advice(facts: dict[str, object]) -> list[Finding]:
    found = []
    if facts.get("maxmemory") and facts.get("maxmemory_policy") != "noeviction":
        text = f"Redis may throw messages and counts away when it is full ({facts.get('maxmemory_policy')})."
        found.append(advice("redis-evicts", text, "Set maxmemory-policy noeviction in redis.conf."))
    if facts.get("aof_enabled") == 0:
        text = "Redis keeps no append-only file: after its restart, jobs wait for the next sweep."
        found.append(advice("redis-forgets", text, "Set appendonly yes in redis.conf."))
    return found
