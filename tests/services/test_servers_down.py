"""What doctor and /readyz say while something is missing, down or frozen. In this order: what was ended stays so."""

from tests.services.running_demo import until
from tests.services.running_site import Site, doctor, get, get_json, one_problem


def test_it_misses_the_worker(site: Site) -> None:
    problem, cure = one_problem(doctor(site))
    assert problem.startswith("no-worker: No worker has answered within ")
    assert cure.startswith("-> Start one: systemctl start portal-worker")


def test_it_misses_the_beat(site: Site) -> None:
    with site.worker():
        problem, cure = one_problem(doctor(site))
    assert problem == "no-beat: No sweep has been seen."
    assert cure.startswith("-> Start the one beat")


def test_a_site_with_everything_frozen_is_examined_and_not_ready_and_comes_back(site: Site) -> None:
    with site.web() as port:
        assert get_json(port, "/readyz") == (200, {"ready": True, "database": "ok", "redis": "ok"})
        with site.postgres.frozen(), site.redis.frozen():
            status, said = doctor(site)
            status_then, answer = get_json(port, "/readyz")
            assert get(port, "/healthz")[0] == 200
        assert until(lambda: get(port, "/readyz")[0] == 200)
    assert (status_then, answer["ready"], answer["database"]) == (503, False, "no-answer")
    assert answer["redis"] in ("unreachable", "no-answer")
    assert status == 1
    assert "problem  database-" in said
    assert "problem  redis-unreachable: Redis does not answer: Timeout" in said
    assert said.endswith("2 problems.\n")


def test_without_redis_the_site_is_ready_and_says_so(site: Site) -> None:
    site.redis.process.kill()
    site.redis.process.wait()
    problem, cure = one_problem(doctor(site))
    assert problem.startswith("redis-unreachable: Redis does not answer: ")
    assert cure.startswith("-> Start Redis, or correct REDIS_URL.")
    with site.web() as port:
        assert get_json(port, "/readyz") == (200, {"ready": True, "database": "ok", "redis": "unreachable"})


def test_without_the_database_the_site_is_alive_and_not_ready(site: Site) -> None:
    with site.web() as port:
        site.postgres.stop()
        assert get_json(port, "/readyz") == (503, {"ready": False, "database": "unreachable", "redis": "unreachable"})
        assert get(port, "/healthz")[0] == 200
    status, said = doctor(site)
    assert status == 1
    assert "problem  database-unreachable: The database does not answer: " in said
    assert "-> Start PostgreSQL, or correct DATABASE_URL" in said
    assert said.endswith("2 problems.\n")
