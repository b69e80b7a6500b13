"""What routes are handed: snapshots that cannot write, callers, bodies, codes as they were sent."""

import asyncio
from datetime import UTC

import pytest
from sqlalchemy import text
from sqlalchemy.exc import InternalError
from starlette.requests import Request

from gateway.web import deps
from indexer.core import code
from indexer.store.engine import async_engine
from tests.gateway.making import GTIN, event


def request(raw: bytes) -> Request:
    return Request({"type": "http", "method": "GET", "path": "", "raw_path": raw, "headers": []})


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"/q/(01)06945000000015(21)A%2FB", f"(01){GTIN}(21)A/B"),
        (b"/q/https://x.example/01/06945000000015/21/A%2FB", f"(01){GTIN}(21)A/B"),
        (b"/q/https%3A%2F%2Fx.example%2F01%2F06945000000015%2F21%2FA%252FB", f"(01){GTIN}(21)A/B"),
        (b"/q/06945000000015", GTIN),
    ],
)
def test_a_code_is_read_as_it_was_sent(raw, expected):
    assert deps.code_in_path(request(raw), "/q/") == code.parse(expected)


def test_a_suffix_is_no_part_of_the_code():
    found = deps.code_in_path(request(b"/l/(01)06945000000015(21)a.svg.svg"), "/l/", ".svg")
    assert found.extension == "a.svg"


def test_the_clock_is_aware():
    assert deps.now().tzinfo is UTC


def test_a_snapshot_sees_one_moment_and_cannot_write(site):
    member = site.member()

    async def run():
        engine = async_engine(site.settings.database_url)
        try:
            async with deps.snapshot(engine) as connection:
                count = text("select count(*) from ledger.submission")
                before = await connection.scalar(count)
                await asyncio.to_thread(site.send, member, event())
                assert await connection.scalar(count) == before == 0
                with pytest.raises(InternalError, match="read-only"):
                    await connection.execute(
                        text("create temporary table t (a int); insert into t values (1)")
                    )
            async with engine.begin() as connection:
                assert await connection.scalar(text("show transaction_read_only")) == "off"
                assert (
                    await connection.scalar(text("show transaction_isolation")) == "read committed"
                )
        finally:
            await engine.dispose()

    asyncio.run(run())
