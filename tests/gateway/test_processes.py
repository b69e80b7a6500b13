import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gateway.processes import PERSON, Process, Processes, free_port

SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]


def until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


def process(tmp_path, command, name="child"):
    return Process(name, command, {"PATH": os.environ["PATH"]}, tmp_path / f"{name}.log")


@pytest.fixture
def processes():
    said: list[str] = []
    machine = Processes(said.append)
    machine.said = said  # type: ignore[attr-defined]
    yield machine
    machine.stop()


def test_a_child_that_dies_is_started_again(tmp_path, processes):
    child = processes.start(process(tmp_path, SLEEP))
    first = child.child.pid
    child.child.kill()
    until(lambda: child.status is not None)
    child.started -= 2
    processes.watch()
    assert child.status is None
    assert child.child.pid != first
    assert "starting it again" in processes.said[0]


def test_a_child_that_asks_for_a_person_stays_down(tmp_path, processes):
    child = processes.start(
        process(tmp_path, [sys.executable, "-c", f"raise SystemExit({PERSON})"])
    )
    until(lambda: child.status is not None)
    child.started -= 2
    processes.watch()
    assert child.status == PERSON
    assert processes.said == []


def test_stopping_ends_even_a_deaf_child(tmp_path, processes):
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    child = processes.start(process(tmp_path, [sys.executable, "-c", deaf]))
    until(lambda: "up" in child.tail())
    child.stop(patience=0.2)
    assert child.status == -signal.SIGKILL


def test_children_die_with_a_parent_that_is_killed(tmp_path):
    script = f"""
import sys, time
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from pathlib import Path
from gateway.processes import Process, Processes
p = Processes(print).start(Process("c", {SLEEP!r}, {{}}, Path({str(tmp_path / "c.log")!r})))
print(p.child.pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        parent.kill()
    until(lambda: not _alive(pid))


def _alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def test_a_taken_port_gives_the_next(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert port < free_port(port) < port + 200
