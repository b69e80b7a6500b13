from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from gateway.returns import applications
from gateway.returns.applications import Held

WHEN = datetime(2026, 11, 21, tzinfo=UTC)
RECORD = UUID(int=9)


@pytest.mark.parametrize(
    ("approved", "recorded", "state"),
    [
        (None, None, "held"),
        (False, None, "refused"),
        (True, None, "approved"),
        (True, RECORD, "recorded"),
    ],
)
def test_its_state_is_told_by_what_there_is(approved, recorded, state):
    one = Held(
        uuid4(),
        uuid4(),
        3,
        b"\1" * 32,
        uuid4(),
        b"\2" * 32,
        b"{}",
        b"",
        WHEN,
        approved,
        None if approved is None else "因为",
        None if approved is None else WHEN,
        recorded,
    )
    told = applications.told(one)
    assert told["state"] == state
    assert told["record"] == (str(RECORD) if recorded else None)
    assert (told["reviewed"] is None) == (approved is None)
    assert "content" not in told
    assert "sealed" not in told
