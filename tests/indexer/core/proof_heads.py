"""Cases of forged heads, of what nodes and registry deny, and of what is no bundle at all."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

from indexer.core.checkpoint import Checkpoint, Signer
from indexer.core.checkpoint import format as signed_note
from tests.indexer.core.proof_case import (
    FIRST,
    GONE,
    LAST,
    MALLORY,
    OTHER_LOG,
    TALE,
    WORLD,
    Case,
    at,
    put,
    registry,
)
from tests.indexer.core.proof_world import ASSOCIATION, OPERATOR


def heads() -> Iterator[Case]:
    good = WORLD.note(LAST)
    for name, note, reason in (
        ("an earlier anchor's checkpoint", WORLD.note(FIRST), "CHECKPOINT_DIFFERS"),
        (
            "a checkpoint signed with a key of the forger's",
            signed_note(
                Checkpoint(WORLD.origin, LAST.size, LAST.root), [Signer(WORLD.origin, MALLORY)]
            ),
            "NOTE_UNSIGNED",
        ),
        (
            "a checkpoint with one digit changed",
            good.replace(f"\n{LAST.size}\n", f"\n{LAST.size + 1}\n"),
            "NOTE_FORGED",
        ),
        ("a checkpoint without signature", good.split("— ")[0], "NOTE_MISSHAPEN"),
        ("a checkpoint that is none", "verified, trust me", "NOTE_MISSHAPEN"),
        (
            "another log's checkpoint of the same head, by this key",
            signed_note(Checkpoint("log.example/other", LAST.size, LAST.root), [WORLD.signer]),
            "CHECKPOINT_DIFFERS",
        ),
    ):
        yield Case(name, "ALTERED", [f"answer checkpoint {reason}"], put("checkpoint", note))
    yield Case(
        "a log nobody knows",
        "ALTERED",
        ["answer checkpoint ORIGIN_UNKNOWN", "0 signature SIGNER_DIFFERS"],
        put("origin", "log.example/shop"),
    )
    yield Case(
        "a log of the forger's own, whole and consistent",
        "ALTERED",
        ["answer checkpoint ORIGIN_UNKNOWN", "answer anchor ANCHOR_DIFFERS"],
        OTHER_LOG.world.bundle(OTHER_LOG.made),
    )


def chains() -> Iterator[Case]:
    seen = WORLD.sighting()
    anchor = ["answer anchor ANCHOR_DIFFERS"]
    head = ["answer checkpoint CHECKPOINT_DIFFERS"]
    for name, path, value, why in (
        ("another anchor number", "anchor.number", 1, anchor),
        ("another old size", "anchor.oldSize", 0, anchor),
        ("a smaller size", "anchor.size", LAST.size - 1, [*head, *anchor]),
        ("another transaction", "anchor.transaction", "ab" * 32, anchor),
        ("another block number", "anchor.block.number", 19, anchor),
        ("another block hash", "anchor.block.hash", "ab" * 32, anchor),
        ("another block time", "anchor.block.time", 1_600_000_000, anchor),
    ):
        yield Case(f"{name} claimed", "ALTERED", why, put(path, value))
    yield from elsewhere()
    for name, sightings, why in (
        (
            "the other party found no such anchor",
            [replace(seen, anchor=None)],
            ["answer anchor ANCHOR_ABSENT"],
        ),
        (
            "the other party found another anchor",
            [replace(seen, anchor=replace(LAST, root=bytes(32)))],
            anchor,
        ),
        (
            "one confirms, one denies",
            [seen, replace(seen, party=ASSOCIATION, anchor=None)],
            ["answer anchor ANCHOR_ABSENT"],
        ),
        (
            "one confirms, one knows another key",
            [seen, replace(registry(participant=TALE.dealer.id), party=ASSOCIATION)],
            ["0 key KEY_FOREIGN"],
        ),
        (
            "the log was closed before this anchor",
            [replace(seen, closed=LAST.size - 1)],
            ["answer anchor LOG_CLOSED"],
        ),
        (
            "the operator's own node denies it",
            [replace(seen, party=OPERATOR, anchor=None)],
            ["answer anchor ANCHOR_ABSENT", "0 key OWN_WORD"],
        ),
        ("the key is not in the registry", [replace(seen, keys={})], ["0 key KEY_UNKNOWN"]),
        (
            "the key is another participant's",
            [registry(participant=TALE.dealer.id)],
            ["0 key KEY_FOREIGN"],
        ),
        (
            "the key was admitted after the anchor",
            [registry(admitted=LAST.block.number + 1)],
            ["0 key KEY_LATE"],
        ),
        ("the key was revoked before", [registry(revoked=0)], ["0 key KEY_REVOKED"]),
    ):
        yield Case(name, "ALTERED", why, sightings=sightings)
    yield Case(
        "the key was admitted in the anchor's block",
        "VERIFIED",
        [],
        sightings=[registry(admitted=LAST.block.number)],
    )
    yield Case("all at once", "ALTERED", everything_why(), everything())


def elsewhere() -> Iterator[Case]:
    """What a node of another chain, or of the chain that a log moved to, cannot deny."""
    seen = WORLD.sighting()
    strange = ["answer anchor CHAIN_DIFFERS", "0 key NO_SIGHTING"]
    for name, sighting in (
        ("the other party follows another chain", replace(seen, chain_id=1)),
        ("the other party's chain began otherwise", replace(seen, genesis=bytes(32))),
    ):
        yield Case(name, "UNCHECKED", strange, sightings=[sighting])
    yield Case(
        "one follows another chain, one confirms",
        "VERIFIED",
        [],
        sightings=[replace(seen, party=ASSOCIATION, chain_id=1), seen],
    )
    moved = replace(seen, anchor=None, carried=LAST.size)
    yield Case(
        "the log was carried on to the other party's chain behind this anchor",
        "UNCHECKED",
        ["answer anchor ANCHOR_BEFORE"],
        sightings=[moved],
    )
    yield Case(
        "the log was carried on before this anchor",
        "ALTERED",
        ["answer anchor ANCHOR_ABSENT"],
        sightings=[replace(moved, carried=LAST.size - 1)],
    )


def everything() -> dict[str, Any]:
    """Take a life with one record altered, one of another product, one pending and one missing."""
    members = WORLD.bundle(*TALE.life, TALE.sibling, TALE.late, missing=[GONE]).members()
    return forged_members(members, "records.1.content.body.bizStep", "destroying")


def forged_members(members: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    members = deepcopy(members)
    at(members, path, value)
    return members


def everything_why() -> list[str]:
    return [
        "1 signature ROOT_DIFFERS",
        "1 inclusion ROOT_DIFFERS",
        "4 code CODE_NOT_NAMED",
        "5 inclusion NOT_LOGGED",
    ]


def refused() -> Iterator[dict[str, Any]]:
    """Yield what is no bundle at all, with the place that is amiss."""
    entry, signed = "/records/0", "/records/0/submission"
    wrong: list[tuple[str, object]] = [
        ("/format", "suyuan/bundle/v2"), ("/origin", ""), ("/origin", None), ("/checkpoint", 1),
        ("/anchor", []), ("/anchor/size", -1), ("/anchor/size", "12"), ("/anchor/size", 1.5),
        ("/anchor/root", "AB" * 32), ("/anchor/root", "0x" + "ab" * 31), ("/anchor/root", "ab" * 31),
        ("/anchor/block", None), ("/anchor/block/time", True), ("/records", {}),
        (entry, None), (f"{entry}/id", "019A1111-0000-7000-8000-000000000002"),
        (f"{entry}/content", []), (f"{entry}/disclosures", None), (f"{entry}/disclosures/0", 7),
        (f"{entry}/position", None), (f"{entry}/submissionPath/0", "ab"),
        (f"{entry}/index", None), (f"{entry}/path", None), (f"{entry}/path", ["ab" * 32] * 65),
        (f"{signed}/count", 0), (f"{signed}/count", 2**32), (f"{signed}/signature", "00" * 64),
        (f"{signed}/key", "00" * 32), ("/missing", None), (f"{entry}/approval", []),

    ]  # fmt: skip
    for place, value in wrong:
        members = put(place[1:].replace("/", "."), value)
        # Half a place in the log is refused at the half that is not there.
        yield {
            "name": f"{place} = {json.dumps(value)[:40]}",
            "op": "refuse",
            "bundle": members,
            "place": place,
        }
    for member in ("checkpoint", "anchor", "records", "missing"):
        members = WORLD.bundle(TALE.made).members()
        del members[member]
        yield {"name": f"no {member}", "op": "refuse", "bundle": members, "place": f"/{member}"}
