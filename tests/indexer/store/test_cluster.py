"""Life and death of the server's processes: whoever is killed, none stays and the next start succeeds."""

import os
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from indexer.store.binaries import Account, find
from indexer.store.cluster import Cluster, StartError
from indexer.store.server import Server
from tests.indexer.store.starter import Starter, ask, dsn, gone, processes, tell, until


def test_server_killed(place: Path) -> None:
    server = Server.start(place)
    tell(server, "CREATE TABLE later AS SELECT 8 AS value")
    with psycopg.connect(dsn(server)) as connection, ThreadPoolExecutor(1) as pool:
        # A backend that computes does not notice its postmaster's death, and holds the shared memory.
        busy = pool.submit(
            connection.execute, "SELECT count(*) FROM generate_series(1, 1000000000000)"
        )
        until(
            lambda: ask(
                server,
                "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%1000000000000%' AND state = 'active'",
            )
        )
        os.kill(server.pid, signal.SIGKILL)
        server.stop()
        with pytest.raises(psycopg.OperationalError):
            busy.result()
    with Server.start(place) as server:
        assert ask(server, "SELECT value FROM later") == 8
    assert "not properly shut down" in logs(place)


def test_starter_killed_takes_the_server_along(place: Path) -> None:
    then = """
        connection = psycopg.connect(server.superuser_url().replace("+psycopg", ""), autocommit=True)
        connection.execute("CREATE TABLE later AS SELECT 8 AS value")
        print("asked", flush=True)
        connection.execute("SELECT pg_sleep(60)")
    """
    starter = Starter(place, then)
    assert starter.say() == "asked"
    starter.end()
    until(lambda: gone(starter.pid))
    with Server.start(place) as server:
        assert ask(server, "SELECT value FROM later") == 8


def test_starter_killed_and_started_anew_at_once(place: Path) -> None:
    starter = Starter(place, "time.sleep(60)")
    starter.end()
    with Server.start(place) as server:
        assert ask(server, "SELECT value FROM kept") == 7
        assert server.pid != starter.pid
    assert gone(starter.pid)


def test_guard_killed_too(place: Path) -> None:
    starter = Starter(place, "time.sleep(60)")
    session = processes()[starter.pid].session

    def guards() -> list[int]:
        # Whoever looks while one of them forks sees more for a moment.
        return [
            one.pid
            for one in processes().values()
            if one.session == session and one.pid != starter.pid
        ]

    until(lambda: len(guards()) == 2)
    for pid in guards():
        os.kill(pid, signal.SIGKILL)
    starter.end()
    time.sleep(0.5)
    assert not gone(starter.pid)
    with Server.start(place) as server:
        assert ask(server, "SELECT value FROM kept") == 7
    assert gone(starter.pid)


def test_starting_thread_may_end(place: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        server = pool.submit(Server.start, place).result()
    time.sleep(0.2)
    with server:
        assert ask(server, "SELECT value FROM kept") == 7


def test_interrupt_from_the_terminal_spares_the_server(place: Path) -> None:
    then = """
        try:
            print("ready", flush=True)
            time.sleep(60)
        except KeyboardInterrupt:
            time.sleep(0.3)
            with psycopg.connect(server.superuser_url().replace("+psycopg", "")) as connection:
                print(connection.execute("SELECT value FROM kept").fetchone()[0], flush=True)
            server.stop()
            print("stopped", flush=True)
    """
    starter = Starter(place, then)
    assert starter.say() == "ready"
    os.killpg(starter.process.pid, signal.SIGINT)
    assert [starter.say(), starter.say()] == ["7", "stopped"]
    assert gone(starter.pid)
    starter.end()


def test_stale_pid_that_is_somebody_elses_now(place: Path) -> None:
    account = Account.of(place / "cluster")
    with subprocess.Popen(["sleep", "60"], cwd="/", **account.identity) as stranger:
        stale = place / "cluster" / "postmaster.pid"
        stale.write_text(f"{stranger.pid}\n{place / 'cluster'}\n1\n5432\n\n127.0.0.1\n1 1\nready\n")
        with Server.start(place) as server:
            assert server.pid != stranger.pid
            assert ask(server, "SELECT value FROM kept") == 7
        assert stranger.poll() is None
        stranger.kill()


def logs(place: Path) -> str:
    return "".join(path.read_text() for path in (place / "cluster" / "log").glob("*.log"))


def test_failure_tells_postgres_last_words(place: Path) -> None:
    (place / "cluster" / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(StartError, match="no_such_setting"):
        Server.start(place)
    (place / "cluster" / "postgresql.conf").write_text("")
    with Server.start(place) as server:
        assert ask(server, "SELECT value FROM kept") == 7


def test_killed_initdb_leaves_nothing_that_counts(place: Path) -> None:
    (place / "cluster").rename(place / "cluster.new")
    with Server.start(place) as server:
        assert ask(server, "SELECT to_regclass('kept')") is None
    assert not (place / "cluster.new").exists()


def test_before_version_17_the_locale_is_the_libraries(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path / "cluster", Account.of(tmp_path / "cluster"))
    bag = find(None, cluster.account, tmp_path, 16)
    cluster.initialise(bag, "secret")
    missing = tmp_path / "missing"
    missing.mkdir(0o700)
    cluster.account.own(missing)
    assert "locale" in cluster._initdb(bag, missing, "secret", ("--locale=xx_YY.UTF-8",))
    bag.discard()
    # An existing cluster is given its own version, though a newer one is there.
    (tmp_path / "passwords.json").write_text('{"postgres":"secret"}')
    with Server.start(tmp_path) as server:
        assert str(ask(server, "SHOW server_version")).startswith("16.")
        locale = "SELECT datcollate || datlocprovider::text FROM pg_database LIMIT 1"
        assert ask(server, locale) in ("C.UTF-8c", "Cc")
        assert ask(server, "SHOW server_encoding") == "UTF8"
