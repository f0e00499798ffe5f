"""The connection to the mail database: kept from call to call, and given up where it is no good."""

import os
import threading
from collections.abc import Iterator

import pytest

from mailboxes.provisioning.stores import StoreUnavailable
from mailboxes.provisioning.stores.dovecot.database import connected
from mailboxes.provisioning.stores.dovecot.deadline import Deadline
from tests import servers
from tests.servers import Server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    if servers.postgres_programs() is None:
        pytest.skip("packages missing: postgresql")
    with servers.postgres_server() as server:
        yield server


def backend(server: Server, seconds: float = 10) -> int:
    with connected(server.url, Deadline(seconds)) as run:
        [(pid,)] = run("SELECT pg_backend_pid()")
    return int(pid)


def test_a_thread_keeps_its_own(server: Server) -> None:
    first = backend(server)
    assert backend(server) == first
    others: list[int] = []
    thread = threading.Thread(target=lambda: others.append(backend(server)))
    thread.start()
    thread.join()
    assert others != [first]


def test_a_fork_leaves_its_parents_alone(server: Server) -> None:
    first = backend(server)
    if (child := os.fork()) == 0:
        os._exit(int(backend(server) == first))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert backend(server) == first


def test_a_restart_between_two_calls_is_not_noticed(server: Server) -> None:
    first = backend(server)
    server.stop()
    with pytest.raises(StoreUnavailable, match="cannot be used"):
        backend(server)
    server.start()
    second = backend(server)
    server.stop()
    server.start()
    assert len({first, second, backend(server)}) == 3


def test_one_that_did_not_answer_in_time_is_not_used_again(server: Server) -> None:
    first = backend(server)
    with server.frozen(), pytest.raises(StoreUnavailable, match="no answer in time"):
        backend(server, seconds=0.5)
    assert backend(server) != first


def test_a_refused_statement_says_nothing_of_its_values(server: Server) -> None:
    with pytest.raises(StoreUnavailable, match="refused a statement") as raised, connected(server.url, Deadline(10)) as run:
        run("SELECT %s + 1", "secret-hash")
    assert "secret-hash" not in str(raised.value)
