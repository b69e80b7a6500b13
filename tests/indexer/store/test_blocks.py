"""What is kept of a chain, without a chain: rows in, rows back, and versions that forbid interleaving."""

from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text

from indexer.chain.calls import Head, Header
from indexer.chain.deployment import Deployment
from indexer.chain.events import Administration, Anchored, Event, Registration
from indexer.store import blocks
from indexer.store.blocks import OtherDeploymentError, OvertakenError
from indexer.store.engine import engine

WHERE = Deployment(1, b"\1" * 32, b"\2" * 20, b"\3" * 20, 5)
WHO = UUID(int=7)


def header(number: int) -> Header:
    return Header(number, bytes([number]) * 32, bytes([max(0, number - 1)]) * 32, 1000 + number)


def anchored(number: int, at: int, log: bytes = b"\7" * 32) -> Anchored:
    return Anchored(
        at, bytes([at]) * 32, number, bytes(32), log, number, number - 1, number, bytes(32)
    )


@pytest.fixture
def rows(database):
    made = engine(database.url("node"))
    with made.begin() as connection:
        yield connection
    made.dispose()


@pytest.fixture
def begun(rows):
    return blocks.begin(rows, WHERE, header(0), header(4))


def numbers(rows):
    return [number for number, _ in blocks.hashes(rows, 1000, 1000)]


def test_before_the_beginning_there_is_no_position(rows):
    assert blocks.position(rows, WHERE) is None
    assert blocks.heads(rows) == {}


def test_it_begins_behind_a_block_with_only_the_genesis_final(rows, begun):
    assert blocks.position(rows, WHERE) == begun
    assert (begun.tip_number, begun.final_number, begun.version) == (4, 0, 0)
    assert numbers(rows) == [4, 0]
    with pytest.raises(OvertakenError):
        blocks.begin(rows, WHERE, header(0), header(4))


def test_a_cursor_of_another_deployment_is_refused_with_both_names(rows, begun):
    other = Deployment(2, b"\1" * 32, b"\2" * 20, b"\3" * 20, 5)
    with pytest.raises(OtherDeploymentError, match=r"chain 1 .* chain 2 "):
        blocks.position(rows, other)


def test_a_step_keeps_what_is_above_final_and_what_happened_below(rows, begun):
    step = [header(n) for n in range(5, 12)]
    said: list[Event] = [
        anchored(1, 6),
        Registration(7, bytes(32), 0, "Suspended", WHO),
        Administration(8, bytes(32), 0, "TraceLog", "RoleGranted", {"role": "07"}),
    ]
    blocks.append(rows, begun, step, said, (9, header(9).hash))
    assert numbers(rows) == [11, 10, 9, 8, 7, 6]
    at = blocks.position(rows, WHERE)
    assert at is not None
    assert (at.tip_number, at.final_number, at.version) == (11, 9, 1)
    blocks.append(rows, at, [header(12)], [], (11, header(11).hash))
    assert numbers(rows) == [12, 11, 8, 7, 6]
    act = rows.execute(text("select contract, event, facts from ledger.administration")).one()
    assert tuple(act) == ("TraceLog", "RoleGranted", {"role": "07"})


def test_a_step_from_an_old_position_is_refused(rows, begun):
    blocks.append(rows, begun, [header(5)], [], (0, header(0).hash))
    with pytest.raises(OvertakenError):
        blocks.append(rows, begun, [header(5)], [], (0, header(0).hash))
    with pytest.raises(OvertakenError):
        blocks.rewind(rows, begun, (4, header(4).hash))


def test_taking_blocks_back_takes_back_all_that_was_said_in_them(rows, begun):
    said: list[Event] = [
        anchored(1, 5),
        anchored(2, 6),
        Registration(6, bytes(32), 0, "Suspended", WHO),
        Administration(6, bytes(32), 1, "TraceLog", "RoleGranted", {}),
    ]
    blocks.append(rows, begun, [header(5), header(6)], said, (0, header(0).hash))
    at = blocks.position(rows, WHERE)
    assert at is not None
    assert blocks.heads(rows) == {b"\7" * 32: Head(2, 2, bytes(32))}
    blocks.rewind(rows, at, (5, header(5).hash))
    assert blocks.heads(rows) == {b"\7" * 32: Head(1, 1, bytes(32))}
    for table in ("registration", "administration"):
        assert rows.execute(text(f"select count(*) from ledger.{table}")).scalar_one() == 0
    assert numbers(rows) == [5, 4, 0]


def test_the_head_of_every_log_is_found(rows, begun):
    logs = [bytes([n]) * 32 for n in (9, 3, 200)]
    said: list[Event] = [
        anchored(n, 5 + i, log) for i, log in enumerate(logs) for n in range(1, i + 2)
    ]
    step = [header(5), header(6), header(7)]
    blocks.append(rows, begun, step, said, (0, header(0).hash))
    assert {log: head.number for log, head in blocks.heads(rows).items()} == dict(
        zip(logs, (1, 2, 3), strict=True)
    )


def test_who_listens_is_told_the_size(database):
    plain = database.url("superuser").replace("+psycopg", "")
    made = engine(database.url("node"))
    with psycopg.connect(plain, autocommit=True) as listener:
        listener.execute("listen suyuan_anchor")
        with made.begin() as connection:
            blocks.announce(connection, 42)
        (heard,) = listener.notifies(timeout=10, stop_after=1)
    made.dispose()
    assert heard.payload == "42"
