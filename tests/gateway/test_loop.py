import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from gateway import admission
from gateway.accounts import decisions
from gateway.accounts.decisions import State
from gateway.leader import LeadershipLostError
from gateway.loop import Loop, Stage
from gateway.recount import LoggedAlteredError
from gateway.settings import inherited, load, write_key
from indexer.core.errors import InconsistencyError, OutageError
from indexer.store.engine import engine
from tests.gateway.making import CODES, NOW, body, event
from tests.gateway.tampering import set_back, tamper
from tests.indexer.chain.liar import Liar


def clock():
    return datetime.now(UTC)


@pytest.fixture
def settings(world, tmp_path):
    """The settings of a loop over the world's log, which the world itself no longer leads."""
    world.term.end()
    write_key(tmp_path / "log.key", world.signer.private)
    write_key(tmp_path / "operator.key", world.operator)
    (tmp_path / "deployment.json").write_bytes(world.deployment.to_json())
    return {
        "database_url": world.database.url("loop"),
        "chain_rpc_urls": world.net.url,
        "deployment": tmp_path / "deployment.json",
        "log_origin": world.origin,
        "data_dir": tmp_path,
        "log_key_file": tmp_path / "log.key",
        "operator_key_file": tmp_path / "operator.key",
        "registrar_key_file": tmp_path / "none.key",
        "anchor_interval": 0.05,
    }


@contextmanager
def running(given):
    """Run a loop in a thread; what ended it is in the list it yields."""
    loop = Loop.open(load(**given), clock)
    ended = []

    def run():
        try:
            loop.run()
        except (InconsistencyError, OutageError) as error:
            ended.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield loop, ended, thread
    finally:
        loop.stop.set()
        thread.join(30)
        loop.close()
        assert not thread.is_alive()


@contextmanager
def process(given):
    """Run `suyuan loop` as a process of its own."""
    environment = {f"SUYUAN_{name.upper()}": str(value) for name, value in given.items()}
    program = Path(sys.executable).parent / "suyuan"
    with subprocess.Popen(
        [program, "loop"],
        env={**inherited(), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=given["data_dir"],
    ) as child:
        try:
            yield child
        finally:
            child.kill()


def until(condition, seconds=30.0):
    """Wait for something that another process does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.05)
    pytest.fail("it did not come")


def submit(world, count=1):
    world.submit(count, place=False)


def size_on_chain(world):
    return world.head().size


def caught_up(world):
    """Let the follower see what is final until the checkpoint's file is of the chain's head."""
    world.follow()
    path = world.folder / "checkpoint"
    return path.exists() and int(path.read_text().splitlines()[1]) == size_on_chain(world)


def notify(world):
    with world.node.begin() as connection:
        connection.execute(text("notify suyuan_anchor"))


def test_what_is_submitted_is_logged_anchored_and_published(world, settings):
    with running(settings) as (_, ended, _):
        for count in (1, 3):
            submit(world, count)
        until(lambda: size_on_chain(world) == 6)
        until(lambda: caught_up(world))
        assert ended == []
    world.check()


def test_decisions_are_sent_beside_the_log(world, settings, tmp_path):
    write_key(tmp_path / "registrar.key", world.net.accounts[1])
    settings["registrar_key_file"] = tmp_path / "registrar.key"
    world.follow()
    admin = engine(world.database.url("admin"))
    with running(settings) as (_, ended, _):
        until(lambda: leads(world))
        with admin.begin() as connection:
            made = admission.enter(
                connection, world.desk.vault, world.deployment, "乙公司", CODES[1], NOW
            )
        submit(world)
        until(lambda: done(world, admin, made.decision))
        until(lambda: size_on_chain(world) == 2)
        assert ended == []
    admin.dispose()


def done(world, admin, one):
    world.follow()
    with admin.connect() as connection:
        return decisions.read(connection, world.deployment, one).state is State.DONE


def test_what_was_recorded_is_examined_where_the_vaults_key_is(world, settings, tmp_path):
    web = engine(world.database.url("web"))

    def examined():
        with web.connect() as connection:
            reached = connection.scalar(text("select max(next_index) from gateway.examined"))
            return reached, list(connection.scalars(text("select rule from gateway.remark")))

    world.desk.submit(world.participant, body(event("1", eventTime="2099-01-01T00:00:00Z")))
    with running(settings) as (_, ended, _):
        until(lambda: size_on_chain(world) == 2)
        assert examined() == (None, [])
        assert ended == []
    write_key(tmp_path / "vault.key", bytes(range(32)))
    with running(settings | {"vault_key_file": tmp_path / "vault.key"}) as (_, ended, _):
        until(lambda: examined() == (2, ["TIME_AHEAD"]))
        assert ended == []
    web.dispose()


def test_a_chain_that_refuses_the_registrar_holds_up_nothing(world, settings, tmp_path):
    write_key(tmp_path / "registrar.key", world.net.accounts[9])
    settings["registrar_key_file"] = tmp_path / "registrar.key"
    world.follow()
    admin = engine(world.database.url("admin"))
    with admin.begin() as connection:
        made = admission.enter(
            connection, world.desk.vault, world.deployment, "乙公司", CODES[1], NOW
        )
    with running(settings) as (_, ended, _):
        submit(world)
        until(lambda: size_on_chain(world) == 2)
        assert ended == []
    with admin.connect() as connection:
        stands = decisions.read(connection, world.deployment, made.decision)
    assert stands.state is State.WAITING
    admin.dispose()


def test_it_wakes_at_a_word_and_not_only_by_the_clock(world, settings):
    with running(settings) as (_, _, _):
        until(lambda: leads(world))
        time.sleep(0.3)
        waits = []
        for expected in (2, 4, 6):
            started = time.monotonic()
            submit(world)
            until(lambda size=expected: size_on_chain(world) == size)
            waits.append(time.monotonic() - started)
        # Asked unprompted once a second, three anchors would hardly all be there at once.
        assert min(waits) < 0.8, waits


def leads(world):
    with psycopg.connect(world.database.url("superuser").replace("+psycopg", "")) as root:
        found = root.execute(
            "select count(*) from pg_locks l join pg_database d on d.oid = l.database"
            " where locktype = 'advisory' and granted and datname = current_database()"
        ).fetchone()
    return found is not None and found[0] > 0


def test_another_stands_by_and_takes_over(world, settings):
    with running(settings) as (first, _, thread):
        until(lambda: leads(world))
        with running(settings) as (_, ended, _):
            submit(world)
            until(lambda: size_on_chain(world) == 2)
            first.stop.set()
            thread.join(30)
            submit(world)
            until(lambda: size_on_chain(world) == 4)
            assert ended == []
    with world.loop.begin() as connection:
        assert connection.execute(text("select epoch from ledger.leader")).scalar_one() == 3


def test_a_lost_connection_is_a_lost_lead_and_is_taken_again(world, settings):
    with running(settings) as (_, ended, _):
        until(lambda: leads(world))
        with psycopg.connect(world.database.url("superuser").replace("+psycopg", "")) as root:
            root.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where starts_with(application_name, 'suyuan-loop-') and datname = current_database()"
            )
        submit(world)
        until(lambda: size_on_chain(world) == 2)
        assert ended == []


def test_the_chain_away_holds_up_nothing_but_the_anchors(world, settings):
    with Liar(world.net.url) as node, running({**settings, "chain_rpc_urls": node.url}) as loop:
        _, ended, _ = loop
        submit(world)
        until(lambda: size_on_chain(world) == 2)
        node.lie = "status"
        submit(world)
        until(lambda: logged(world) == 4)
        submit(world)
        until(lambda: logged(world) == 6)
        assert size_on_chain(world) == 2
        node.lie = ""
        until(lambda: size_on_chain(world) == 6)
        assert ended == []


def test_nothing_is_placed_before_the_chain_was_asked_how_far_the_log_is(world, settings):
    world.lead()
    for _ in range(2):
        world.submit(1)
        world.settle()
    world.term.end()
    set_back(world, 2)
    with Liar(world.net.url, "status") as node:
        with running({**settings, "chain_rpc_urls": node.url}) as (_, ended, _):
            until(lambda: leads(world) and len(node.asked) > 1)
            assert logged(world) == 2
            node.lie = ""
            until(lambda: logged(world) == 4)
            submit(world)
            until(lambda: size_on_chain(world) == 6)
        assert ended == []


def test_a_store_that_was_set_back_for_good_ends_it_with_70_and_says_what_to_do(world, settings):
    world.lead()
    for _ in range(2):
        world.submit(1)
        world.settle()
    world.term.end()
    set_back(world, 2)
    shutil.rmtree(world.folder / "tile")
    with process(settings) as child:
        output, _ = child.communicate(timeout=60)
    assert child.returncode == 70
    assert b"HEAD_BEYOND_STORE" in output
    assert f"contracts.cli close {world.origin} --last-good 2".encode() in output
    assert b"Traceback" not in output


def logged(world):
    with world.loop.begin() as connection:
        found = connection.execute(
            text("select max(first_index + count + 1) from ledger.placement")
        )
        return found.scalar_one() or 0


def test_what_no_retry_mends_ends_it(world, settings):
    world.lead()
    world.submit(2)
    world.term.end()
    tamper(world.database, "update ledger.record set content = 'x' where position = 1")
    with running(settings) as (_, ended, thread):
        thread.join(30)
        assert not thread.is_alive()
    assert [type(one) for one in ended] == [LoggedAlteredError]
    assert not leads(world)


def test_the_process_ends_with_70_and_says_why(world, settings):
    world.lead()
    world.submit(2)
    world.term.end()
    tamper(world.database, "delete from ledger.record where position = 1")
    with process(settings) as child:
        output, _ = child.communicate(timeout=60)
    assert child.returncode == 70
    assert b"LOGGED_ALTERED" in output
    assert b"Traceback" not in output


def test_the_process_ends_cleanly_when_told(world, settings):
    with process(settings) as child:
        submit(world)
        until(lambda: size_on_chain(world) == 2)
        child.send_signal(signal.SIGTERM)
        output, _ = child.communicate(timeout=30)
    assert child.returncode == 0, output
    assert b"Traceback" not in output
    assert world.operator.hex().encode() not in output
    assert world.signer.private.hex().encode() not in output


def test_a_killed_process_is_carried_on_by_the_next(world, settings):
    for expected in (2, 4, 6):
        with process(settings) as child:
            submit(world)
            until(lambda size=expected: logged(world) == size)
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
    with running(settings):
        until(lambda: size_on_chain(world) == 6)
        until(lambda: caught_up(world))
    world.check()


def test_a_stage_waits_longer_after_each_outage_and_goes_on():
    stop, times = threading.Event(), []

    def step():
        times.append(time.monotonic())
        if len(times) < 3:
            raise OutageError
        stop.set()
        return False

    stage = Stage("anchorer", step, stop)
    stage.wake.set()
    stage.run()
    first, second = times[1] - times[0], times[2] - times[1]
    assert 0.4 < first < 0.9
    assert 0.9 < second < 1.9


def test_a_stage_ends_with_the_lead_and_with_what_no_retry_mends():
    def lost():
        raise LeadershipLostError(origin="x", reason="y")

    def broken():
        raise InconsistencyError

    with pytest.raises(LeadershipLostError):
        Stage("sequencer", lost, threading.Event()).run()
    with pytest.raises(InconsistencyError):
        Stage("sequencer", broken, threading.Event()).run()


def test_a_stage_steps_on_while_there_is_more():
    stop, steps = threading.Event(), []

    def step():
        steps.append(time.monotonic())
        if len(steps) == 5:
            stop.set()
        return True

    Stage("sequencer", step, stop).run()
    assert steps[-1] - steps[0] < 0.5


def test_nothing_secret_shows(world, settings):
    loop = Loop.open(load(**settings), clock)
    assert world.operator.hex() not in repr(loop)
    assert str(world.operator) not in repr(loop)
    assert str(world.signer.private) not in repr(loop)
    assert loop.registrar_key is None
    loop.close()


def test_a_body_of_the_web_is_logged_as_it_was_received(world, settings):
    answer = world.desk.submit(world.participant, body(event("A"), event("B")), "key")
    with running(settings):
        until(lambda: size_on_chain(world) == 3)
    assert answer.status == 201
    assert world.transactions()[0].created > NOW
