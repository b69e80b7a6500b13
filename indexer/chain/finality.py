"""When a block counts: at once, a number of blocks deep, or when the chain says so.

QBFT and IBFT blocks are final as they are made, and so are a developer's chain's, without value in court. Whoever
answers before a block is final must be ready to take the answer back.
"""

from typing import Literal, TypeAlias

from indexer.chain.client import Client
from indexer.core.errors import InputError

Finality: TypeAlias = int | Literal["immediate", "finalized"]


class UnknownFinalityError(InputError):
    """A word that is no finality."""

    code = "FINALITY_UNKNOWN"
    sentence = "{value!r} is neither `immediate` nor `finalized` nor a number of blocks"


def parse(value: object) -> Finality:
    """Read a finality from settings or from trust."""
    if value == "immediate" or value == "finalized":
        return value
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31:
        return value
    raise UnknownFinalityError(value=value)


def highest(client: Client, finality: Finality, latest: int) -> int:
    """Find the highest final block of a chain whose newest is `latest`; the genesis always is one."""
    if finality == "immediate":
        return latest
    if finality == "finalized":
        found = client.header("finalized")
        return min(found.number, latest) if found else 0
    return max(0, latest - finality)
