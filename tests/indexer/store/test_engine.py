"""An outage of the database is an OutageError, whoever meets it; other errors stay what they are."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from indexer.store.engine import DatabaseError, async_engine, engine
from indexer.store.server import Server


def test_a_connection_says_who_it_is_and_how_long_it_may_take(running: Server) -> None:
    pool = engine(
        running.superuser_url(),
        application="suyuan-test",
        statement=timedelta(seconds=7),
        idle=timedelta(milliseconds=1500),
    )
    names = ("application_name", "statement_timeout", "idle_in_transaction_session_timeout")
    with pool.connect() as connection:
        values = [connection.scalar(text(f"SHOW {name}")) for name in names]
    pool.dispose()
    assert values == ["suyuan-test", "7s", "1500ms"]


def test_no_limit_where_none_is_wanted(running: Server) -> None:
    pool = engine(running.superuser_url(), statement=None, idle=None)
    with pool.connect() as connection:
        assert connection.scalar(text("SHOW statement_timeout")) == "0"
    pool.dispose()


def test_a_statement_out_of_time_is_an_outage(running: Server) -> None:
    pool = engine(running.superuser_url(), statement=timedelta(milliseconds=50))
    with pool.connect() as connection:
        with pytest.raises(DatabaseError) as outage:
            connection.execute(text("SELECT pg_sleep(5)"))
        assert outage.value.facts["sqlstate"] == "57014"
        connection.rollback()
        assert connection.scalar(text("SELECT 1")) == 1
    pool.dispose()


def test_a_wrong_statement_is_none(running: Server) -> None:
    pool = engine(running.superuser_url())
    with pool.connect() as connection, pytest.raises(ProgrammingError):
        connection.execute(text("SELECT nothing"))
    pool.dispose()


def test_what_was_to_be_stored_stays_out_of_errors(running: Server) -> None:
    pool = engine(running.superuser_url())
    with pool.connect() as connection, pytest.raises(ProgrammingError) as refused:
        connection.execute(text("SELECT nothing WHERE 'x' = :key"), {"key": "a secret of a caller"})
    pool.dispose()
    assert "a secret of a caller" not in str(refused.value)


def test_outage_and_return(running: Server) -> None:
    pool = engine(running.superuser_url())
    with pool.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    place = running.data_dir
    running.stop()
    with pytest.raises(DatabaseError):
        look(pool)
    with pytest.raises(DatabaseError) as outage:
        look(pool)
    assert outage.value.facts["sqlstate"] is None
    assert "password" not in str(outage.value)
    with Server.start(place):
        assert look(pool) == 1
        pool.dispose()


def look(pool):
    with pool.connect() as connection:
        return connection.scalar(text("SELECT 1"))


def test_asynchronously_the_same(running: Server) -> None:
    async def way() -> None:
        pool = async_engine(running.superuser_url(), statement=timedelta(milliseconds=50))
        async with pool.connect() as connection:
            assert await connection.scalar(text("SELECT value FROM kept")) == 7
            with pytest.raises(DatabaseError):
                await connection.execute(text("SELECT pg_sleep(5)"))
        await asyncio.to_thread(running.stop)
        for _ in range(2):
            with pytest.raises(DatabaseError):
                async with pool.connect() as connection:
                    await connection.scalar(text("SELECT 1"))
        await pool.dispose()

    asyncio.run(way())
