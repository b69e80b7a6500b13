"""The chain read again and held to what the follower kept of it: rows that were changed, lost or added afterwards.

Asked at final blocks only, so that a difference is a finding and never a race.
"""

from collections.abc import Iterable, Iterator
from uuid import UUID

from sqlalchemy import Connection, select

from indexer.chain.client import Client
from indexer.chain.deployment import Deployment
from indexer.chain.events import Administration, Anchored, Event, Registration
from indexer.core import canonical
from indexer.core.canonical import Json, Members
from indexer.store import blocks
from indexer.store.findings import Finding
from indexer.store.tables import administration, anchor, block, registration

# What a whole comparison can find, and clear; subjects begin with `chain `.
KINDS = frozenset({"ANCHOR_MISSING", "ANCHOR_UNKNOWN", "REGISTRY_MISMATCH"})
SUBJECT = "chain "

_Row = tuple[object, ...]


def compare(
    connection: Connection,
    client: Client,
    deployment: Deployment,
    log: bytes,
    span: tuple[int, int],
) -> list[Finding]:
    """Compare what both contracts said in the blocks of `span`, both ends included, with what is stored."""
    told = client.events(deployment, *span)
    return [
        *_anchors(_stored_anchors(connection, log, span), told, log),
        *_registrations(_stored_registrations(connection, span), told),
        *_acts(_stored_acts(connection, span), told),
    ]


def compare_block(client: Client, at: blocks.Position) -> Finding | None:
    """Compare our final block with the chain's of that number."""
    seen = client.header(at.final_number)
    if seen is None or seen.hash == at.final_hash:
        return None
    facts: Members = {
        "number": at.final_number,
        "expected": at.final_hash.hex(),
        "found": seen.hash.hex(),
        "endpoint": client.endpoint,
    }
    return Finding("CHAIN_REORG", "chain", facts=facts)


def _anchors(stored: dict[int, _Row], told: Iterable[Event], log: bytes) -> Iterator[Finding]:
    said = {
        one.number: _anchor_row(one) for one in told if isinstance(one, Anchored) and one.log == log
    }
    for number in sorted(stored.keys() | said.keys()):
        ours, theirs = stored.get(number), said.get(number)
        if ours == theirs:
            continue
        kind = "ANCHOR_MISSING" if theirs is None else "ANCHOR_UNKNOWN"
        old_size, size = (theirs or ours or (0, 0))[:2]
        facts: Members = {
            "number": number,
            "stored": _told(ours),
            "chain": _told(theirs),
        }
        first, last = int(str(old_size)), int(str(size)) - 1
        yield Finding(kind, f"{SUBJECT}anchor {number}", first, max(first, last), None, facts)


def _registrations(stored: dict[tuple[int, int], _Row], told: Iterable[Event]) -> Iterator[Finding]:
    said = {
        (one.block_number, one.log_index): _registration_row(one)
        for one in told
        if isinstance(one, Registration)
    }
    for place in sorted(stored.keys() | said.keys()):
        ours, theirs = stored.get(place), said.get(place)
        if ours != theirs:
            participant = str((theirs or ours or ("", ""))[1])
            facts: Members = {
                "participant": participant,
                "stored": _told(ours),
                "chain": _told(theirs),
            }
            subject = f"{SUBJECT}event {place[0]}/{place[1]}"
            yield Finding("REGISTRY_MISMATCH", subject, facts=facts)


def _acts(stored: dict[tuple[int, int], _Row], told: Iterable[Event]) -> Iterator[Finding]:
    said = {
        (one.block_number, one.log_index): _act_row(one.contract, one.event, one.facts)
        for one in told
        if isinstance(one, Administration)
    }
    for place in sorted(stored.keys() | said.keys()):
        ours, theirs = stored.get(place), said.get(place)
        if ours != theirs:
            facts: Members = {"stored": _told(ours), "chain": _told(theirs)}
            yield Finding("REGISTRY_MISMATCH", f"{SUBJECT}act {place[0]}/{place[1]}", facts=facts)


def _stored_anchors(connection: Connection, log: bytes, span: tuple[int, int]) -> dict[int, _Row]:
    found = connection.execute(
        select(
            anchor.c.number,
            anchor.c.old_size,
            anchor.c.size,
            anchor.c.root,
            anchor.c.block_number,
            block.c.hash,
            anchor.c.tx_hash,
        )
        .join(block, block.c.number == anchor.c.block_number)
        .where(anchor.c.log == log, anchor.c.block_number.between(*span))
    )
    return {row[0]: tuple(row)[1:] for row in found}


def _anchor_row(one: Anchored) -> _Row:
    return one.old_size, one.size, one.root, one.block_number, one.block_hash, one.tx_hash


_REGISTERED = (
    "event",
    "participant",
    "key",
    "name",
    "credit_code",
    "custodial",
    "next_sequence",
    "ready_at",
)


def _stored_registrations(
    connection: Connection, span: tuple[int, int]
) -> dict[tuple[int, int], _Row]:
    columns = [registration.c[name] for name in ("block_number", "log_index", *_REGISTERED)]
    found = connection.execute(select(*columns).where(registration.c.block_number.between(*span)))
    return {(row[0], row[1]): tuple(row)[2:] for row in found}


def _registration_row(one: Registration) -> _Row:
    return tuple(getattr(one, name) for name in _REGISTERED)


def _stored_acts(connection: Connection, span: tuple[int, int]) -> dict[tuple[int, int], _Row]:
    found = connection.execute(
        select(administration).where(administration.c.block_number.between(*span))
    )
    return {
        (row.block_number, row.log_index): _act_row(row.contract, row.event, row.facts)
        for row in found
    }


def _act_row(contract: str, event: str, facts: Members) -> _Row:
    # JSONB keeps its own order of members, so facts are compared as one canonical text.
    return contract, event, canonical.encode(facts).decode()


def _told(row: _Row | None) -> Json:
    """Write a row as JSON for people to compare."""
    return None if row is None else [_spell(value) for value in row]


def _spell(value: object) -> Json:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, UUID):
        return str(value)
    return value if isinstance(value, str | int | None) else str(value)
