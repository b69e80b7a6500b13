"""The embedded server's promises. As root, PostgreSQL runs as a lent account to which closed directories are closed;
as anybody else the same tests hold with ourselves in its place, so that none is skipped."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import NullPool, create_engine, text

from indexer.store.binaries import Account
from indexer.store.server import BusyError, DataDirectoryError, Server, UnansweredError
from tests.indexer.store.starter import (
    ROOT,
    Starter,
    ask,
    copy_bag,
    copy_owned,
    dsn,
    gone,
    processes,
    tell,
)


def test_first_start_makes_a_cluster_and_second_reuses_it(tmp_path: Path) -> None:
    with Server.start(tmp_path / "data") as server:
        port = server.port
        tell(server, "CREATE TABLE kept AS SELECT 7 AS value")
    begin = time.monotonic()
    with Server.start(tmp_path / "data") as server:
        assert time.monotonic() - begin < 2
        assert ask(server, "SELECT value FROM kept") == 7
        assert server.port == port


def test_settings_are_as_promised(running: Server) -> None:
    wanted = {
        "server_encoding": "UTF8",
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "fsync": "on",
        "synchronous_commit": "on",
        "jit": "off",
        "TimeZone": "UTC",
        "shared_buffers": "256MB",
        "max_connections": "100",
        "password_encryption": "scram-sha-256",
    }
    assert {name: ask(running, f"SHOW {name}") for name in wanted} == wanted
    assert (
        ask(running, "SELECT datlocprovider::text FROM pg_database WHERE datname = 'postgres'")
        == "b"
    )
    assert ask(running, "SELECT upper('ä溯')") == "Ä溯"


def test_nobody_enters_without_the_password(running: Server) -> None:
    assert (
        ask(running, "SELECT string_agg(DISTINCT auth_method, ' ') FROM pg_hba_file_rules")
        == "scram-sha-256"
    )
    for password in ("", "postgres"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(dsn(running, password))
    assert not [path for path in running.data_dir.rglob("*") if path.is_socket()]


def test_passwords_are_in_one_private_file_and_nowhere_else(running: Server) -> None:
    password = running.ensure_login("clerk")
    tell(running, "SELECT 1")
    secret = dsn(running).split(":")[2].split("@")[0]
    paths = [path for path in running.data_dir.rglob("*") if path.is_file()]
    assert [path.name for path in paths if password.encode() in path.read_bytes()] == [
        "passwords.json"
    ]
    assert [path.name for path in paths if secret.encode() in path.read_bytes()] == [
        "passwords.json"
    ]
    assert (running.data_dir / "passwords.json").stat().st_mode & 0o777 == 0o600
    lines = "".join(each.args for each in processes().values())
    assert "suyuan-postgres" in lines
    assert password not in lines
    assert secret not in lines


def row(url: str, question: str) -> tuple[object, ...]:
    pool = create_engine(url, poolclass=NullPool)
    with pool.connect() as connection:
        return tuple(connection.execute(text(question)).one())


def test_logins_are_kept_and_quoted(place: Path) -> None:
    odd = 'it\'s a "name"; --'
    with Server.start(place) as server:
        tell(server, "CREATE ROLE writers")
        first = server.ensure_login(odd, member_of=["writers"])
        server.ensure_database(odd, owner=odd)
        server.ensure_database(odd, owner=odd)
        assert server.ensure_login(odd, member_of=["writers"]) == first
    with Server.start(place) as server:
        assert server.ensure_login(odd) == first
        question = "SELECT current_user, current_database(), pg_has_role('writers', 'MEMBER')"
        assert row(server.url(odd, odd, first), question) == (odd, odd, True)
        assert server.ensure_login(odd, "p@ss/word") == "p@ss/word"
        assert row(server.url(odd, odd, "p@ss/word"), "SELECT 1") == (1,)


def test_postgres_never_runs_as_root(running: Server) -> None:
    owner = Account.of(running.data_dir / "cluster")
    assert owner.uid != 0
    assert processes()[running.pid].owner == owner.uid


def test_stop_leaves_no_process_and_twice_is_harmless(place: Path) -> None:
    server = Server.start(place)
    idle = psycopg.connect(dsn(server))
    idle.execute("SELECT 1")  # an open transaction does not hold it up
    begin = time.monotonic()
    server.stop()
    assert time.monotonic() - begin < 5
    idle.close()
    assert gone(server.pid)
    server.stop()
    with pytest.raises(UnansweredError):
        server.ensure_database("late")


def test_two_at_once(made: Path, tmp_path: Path) -> None:
    places = [tmp_path / name for name in ("one", "two")]
    for place in places:
        copy_owned(made, place)
    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(Server.start, places)
    with one, two:
        assert one.port != two.port
        tell(one, "UPDATE kept SET value = 1")
        assert [ask(one, "SELECT value FROM kept"), ask(two, "SELECT value FROM kept")] == [1, 7]
        one.stop()
        assert ask(two, "SELECT value FROM kept") == 7


def test_second_starter_is_refused(running: Server) -> None:
    with pytest.raises(BusyError) as refused:
        Server.start(running.data_dir)
    assert refused.value.facts["pid"] == str(os.getpid())
    program = "import sys; from pathlib import Path; from indexer.store.server import Server; "
    program += "Server.start(Path(sys.argv[1]))"
    command = [sys.executable, "-c", program, str(running.data_dir)]
    other = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert "BusyError" in other.stderr
    assert ask(running, "SELECT value FROM kept") == 7


def test_port_taken(place: Path) -> None:
    wanted = int((place / "port").read_text())
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", wanted))
        other.listen()
        with Server.start(place) as server:
            assert server.port != wanted
            assert ask(server, "SELECT value FROM kept") == 7
            assert (place / "port").read_text() == str(server.port)


def test_locale_that_does_not_exist(tmp_path: Path) -> None:
    then = """
        with psycopg.connect(server.superuser_url().replace("+psycopg", "")) as connection:
            print(connection.execute("SELECT upper('ä')").fetchone()[0] == "Ä", flush=True)
        server.stop()
    """
    missing = {"LC_ALL": "xx_YY.UTF-8", "LANG": "xx_YY.UTF-8"}
    starter = Starter(tmp_path / "data", then, environment=missing)
    assert starter.say() == "True"
    assert starter.process.wait() == 0
    starter.end()


def test_project_under_a_directory_only_we_can_read(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    place = closed / "project" / ".suyuan" / "postgres"
    bag = copy_bag(closed / "project" / ".venv" / "site-packages")
    closed.chmod(0o700)
    around = [*bag.parent.rglob("*"), *bag.parents]
    modes, whole = state(*around, times=False), state(*bag.parent.rglob("*"))
    for _ in range(2):
        with Server.start(place, binaries=bag) as server:
            tell(server, "CREATE TABLE IF NOT EXISTS kept (value int)")
            tell(server, "SELECT pg_reload_conf()")
            assert ask(server, "SELECT count(*) FROM kept") == 0
        assert not left_in_temporary(place)
    starter = Starter(place, "time.sleep(60)", binaries=bag)
    starter.end()
    with Server.start(place, binaries=bag) as server:
        assert ask(server, "SELECT count(*) FROM kept") == 0
    assert not left_in_temporary(place)
    assert state(*around, times=False) == modes
    assert state(*bag.parent.rglob("*")) == whole


def test_what_was_there_keeps_mode_owner_and_time(made: Path, tmp_path: Path) -> None:
    place = tmp_path / "mine" / "data"
    place.parent.mkdir()
    copy_owned(made, place)
    place.parent.chmod(0o750)
    (place.parent / "other").write_text("left alone")
    around = [place.parent / "other", place.parent, *place.parent.parents[:3]]
    before, modes = state(*around[:2]), state(*around, times=False)
    with Server.start(place) as server:
        server.ensure_login("clerk")
    assert state(*around[:2]) == before
    assert state(*around, times=False) == modes


def test_what_we_make_is_private_and_what_we_are_given_stays(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir(mode=0o755)
    given.chmod(0o755)
    for place in (given, tmp_path / "new" / "data"):
        with Server.start(place):
            ours = list(place.rglob("*"))
            assert not [path for path in ours if path.stat().st_mode & 0o077]
            assert {path.stat().st_uid for path in ours} == {Account.of(place / "cluster").uid}
    assert given.stat().st_mode & 0o777 == 0o755
    assert given.stat().st_uid == os.geteuid()
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "new" / "data").stat().st_mode & 0o777 == 0o700


def test_without_privileges() -> None:
    """Root becomes nobody first, once the interpreter, which may lie in root's home, has loaded what it needs."""
    before = """
        import encodings.idna
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
    """
    then = """
        with psycopg.connect(server.superuser_url().replace("+psycopg", "")) as connection:
            print(os.geteuid(), os.stat(server.data_dir / "cluster").st_uid, flush=True)
        server.stop()
    """
    open_to_all = Path(tempfile.mkdtemp())
    open_to_all.chmod(0o777)
    try:
        bag = copy_bag(open_to_all)
        starter = Starter(open_to_all / "data", then, before=before, binaries=bag)
        ourselves = os.geteuid() or 65534
        assert starter.say() == f"{ourselves} {ourselves}"
        assert starter.process.wait() == 0
        starter.end()
    finally:
        shutil.rmtree(open_to_all)


def test_directory_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    with pytest.raises(DataDirectoryError):
        Server.start(tmp_path / "file" / "data")


def state(*paths: Path, times: bool = True) -> dict[str, tuple[int, ...]]:
    facts = {str(path): path.lstat() for path in paths}
    return {
        name: (
            fact.st_mode,
            fact.st_uid,
            fact.st_gid,
            *([fact.st_mtime_ns, fact.st_size] if times else []),
        )
        for name, fact in facts.items()
    }


def left_in_temporary(place: Path) -> list[Path]:
    facts = place.stat()
    mark = f"suyuan-postgres-{facts.st_dev:x}-{facts.st_ino:x}-*"
    return [*Path(tempfile.gettempdir()).glob(mark), *place.glob(mark)]
