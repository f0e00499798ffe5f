"""How a demo starts, ends, and starts again."""

import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from tests.services.running_demo import UP, copy_of_checkout, free_ports, started, until


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of_checkout(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Kept from test to test: each start has to cope with how the one before ended."""
    return tmp_path_factory.mktemp("data") / "var"


# --- the end ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_ends_everything(var: Path, checkout: Path, number: int) -> None:
    with started(checkout, VAR_DIR=var) as demo:
        demo.read_until(UP)
        assert all(program in str(demo.parts()) for program in ("gunicorn", "celery", "valkey-server"))
        demo.process.send_signal(number)
        assert demo.end() == 0
        assert demo.said.endswith("Stopping ...\nEverything has stopped.\n")
        assert demo.is_gone(), demo.parts()


def test_a_signal_in_the_middle_of_the_start_ends_everything(var: Path, checkout: Path) -> None:
    with started(checkout, VAR_DIR=var) as demo:
        assert until(lambda: "manage.py migrate" in str(demo.parts()))
        demo.process.send_signal(signal.SIGINT)
        assert demo.end() == 0
        assert UP not in demo.said
        assert demo.is_gone(), demo.parts()


def test_a_second_ctrl_c_waits_for_nobody(var: Path, checkout: Path) -> None:
    with started(checkout, VAR_DIR=var) as demo:
        demo.read_until(UP)
        [broker] = [pid for pid, line in demo.parts().items() if "valkey-server" in line]
        os.kill(broker, signal.SIGSTOP)  # it will not end by itself
        demo.process.send_signal(signal.SIGINT)
        demo.read_until("Stopping")
        demo.process.send_signal(signal.SIGINT)
        assert demo.end(patience=15) == 0  # less than the 20 s that the first one gives the parts
        assert demo.is_gone(), demo.parts()


def test_the_parts_do_not_outlive_a_demo_that_was_killed(var: Path, checkout: Path) -> None:
    with started(checkout, VAR_DIR=var) as demo:
        demo.read_until(UP)
        demo.process.kill()
        assert until(demo.is_gone), demo.parts()


NAMES = {
    "valkey-server": "valkey",
    "celery": "the worker",
    "demo.wsgi": "the demo campus",
    "demo.county.wsgi": "the demo county",
}


@pytest.mark.parametrize(("program", "name"), NAMES.items())
def test_when_one_part_dies_it_is_named_and_all_end(var: Path, checkout: Path, program: str, name: str) -> None:
    with started(checkout, VAR_DIR=var) as demo:
        demo.read_until(UP)
        os.kill(min(pid for pid, line in demo.parts().items() if program in line), signal.SIGKILL)
        assert demo.end() == 1
        assert f"bin/demo: {name} has stopped" in demo.said
        assert demo.is_gone(), demo.parts()


# --- what it says before it starts anything ------------------------------------------------------------------------------


@pytest.mark.parametrize("variable", ["PORT", "CAMPUS_PORT", "COUNTY_PORT"])
def test_a_taken_port_is_one_sentence_that_names_the_variable(tmp_path: Path, checkout: Path, variable: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        with started(checkout, VAR_DIR=tmp_path / "var", **{variable: taken}) as demo:
            assert demo.end() == 1
    assert demo.said.startswith(f"bin/demo: Port {taken} is taken by another program. Choose another one: {variable}=")
    assert len(demo.said.splitlines()) == 1
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("nonsense", ["http", "", "70000", "-1", "８０００"])
def test_a_port_that_is_none_is_explained(tmp_path: Path, checkout: Path, nonsense: str) -> None:
    with started(checkout, VAR_DIR=tmp_path / "var", PORT=nonsense) as demo:
        assert demo.end() == 1
    assert (
        demo.said == f"bin/demo: PORT is {nonsense!r}. Set it to a port between 1024 and 65535, or leave it out for 8000.\n"
    )


@pytest.mark.parametrize("variables", [("PORT", "CAMPUS_PORT"), ("PORT", "COUNTY_PORT"), ("CAMPUS_PORT", "COUNTY_PORT")])
def test_one_port_for_two_is_explained(tmp_path: Path, checkout: Path, variables: tuple[str, str]) -> None:
    [port] = free_ports(1)
    with started(checkout, VAR_DIR=tmp_path / "var", **dict.fromkeys(variables, port)) as demo:
        assert demo.end() == 1
    assert all(f"{variable}={port}" in demo.said for variable in variables)
    assert demo.said.endswith(": two of them are the same. Give each one of its own.\n")


def test_an_older_python_gets_a_sentence(checkout: Path) -> None:
    source = (checkout / "bin" / "demo").read_text()
    older = "import sys; sys.version_info = (3, 9, 2); sys.version = '3.9.2 (old)'\n" + source
    result = subprocess.run([shutil.which("python3") or "python3", "-c", older], capture_output=True, text=True)
    assert result.returncode == 1
    assert result.stderr.startswith("bin/demo needs Python 3.11 or newer")
    assert "this is Python 3.9.2" in result.stderr


# --- starting again -----------------------------------------------------------------------------------------------------


def test_it_leaves_data_alone_that_it_did_not_make(tmp_path: Path, checkout: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with started(checkout, "--reset", VAR_DIR=tmp_path) as demo:
        assert demo.end() == 1
    assert f"{tmp_path} holds data that bin/demo did not put there" in demo.said
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_it_goes_on_where_it_was_until_it_is_reset(tmp_path: Path, checkout: Path) -> None:
    def kept(*arguments: str) -> tuple[bytes, ...]:
        with started(checkout, *arguments, VAR_DIR=tmp_path / "var") as demo:
            demo.read_until(UP)
            demo.process.send_signal(signal.SIGINT)
            assert demo.end() == 0
        names = ("demo/admin-password.txt", "demo/admin-key.txt", "demo/campus-key.json", "demo/secret-key")
        return tuple((tmp_path / "var" / name).read_bytes() for name in names)

    first = kept()
    assert kept() == first
    (tmp_path / "var" / "left-over").write_text("of an earlier run")
    assert not set(kept("--reset")) & set(first)
    assert not (tmp_path / "var" / "left-over").exists()
