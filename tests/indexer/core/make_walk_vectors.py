"""Writes indexer/core/vectors/walk.v1.json; a test holds the committed file to it.

    python -m tests.indexer.core.make_walk_vectors

Of the told cases, what is reached is written down beside them; the drawn ones are for two languages to agree on, and
test_walk.py holds the Python one to a model of all rules.
"""

import random
from pathlib import Path
from typing import Any

from indexer.core import code, event, link
from indexer.core.walk import Direction, walk
from tests.indexer.core import vector_file

FILE = Path("indexer/core/vectors/walk.v1.json")
GTIN = "06901234567892"
LOT, PIECE = f"https://id.gs1.org/01/{GTIN}/10/L1", f"https://id.gs1.org/01/{GTIN}/21/1"

MOMENTS = [
    ("2026-01-01T08:00:00+08:00", "2026-01-01T00:00:00"),
    ("2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00"),
    ("2026-01-01T00:00:00.7930000-01:00", "2026-01-01T01:00:00.793"),
    ("2026-01-01T00:00:00.123456789Z", "2026-01-01T00:00:00.123456789"),
    ("2025-12-31T23:59:59.5-14:00", "2026-01-01T13:59:59.5"),
    ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00"),
    ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999"),
    ("9999-12-31T23:59:59-01:00", None),
    ("0001-01-01T00:00:00+01:00", None),
    ("0000-12-31T23:00:00-05:00", None),
    ("2026-02-29T00:00:00Z", None),
    ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00"),
    ("2026-01-01T24:00:00Z", None),
    ("2026-01-01T23:59:60Z", None),
    ("2026-01-01T00:00:00", None),
    ("2026-01-01 00:00:00Z", None),
    ("2026-01-01T00:00:00+14:30", None),
    ("2026-01-01T00:00:00.12345678900123Z", "2026-01-01T00:00:00.12345678900123"),
    ("２０26-01-01T00:00:00Z", None),
    (1767225600, None),
    (None, None),
]


def happened(second: int, kind: str, **members: Any) -> dict[str, Any]:
    return {"type": f"{kind}Event", "eventTime": f"2026-01-01T00:00:{second:02}Z", **members}


def held(
    second: int, parent: str, *children: str, action: str = "ADD", kind: str = "Aggregation"
) -> dict[str, Any]:
    listed = {"childEPCs": [f"urn:x:{one}" for one in children]} if children else {}
    return happened(second, kind, action=action, parentID=f"urn:x:{parent}", **listed)


def made(second: int, inputs: str, outputs: str, **members: Any) -> dict[str, Any]:
    return happened(
        second,
        "Transformation",
        inputQuantityList=[{"epcClass": f"urn:x:{one}"} for one in inputs.split()],
        outputEPCList=[f"urn:x:{one}" for one in outputs.split()],
        **members,
    )


STORY = [
    made(1, "ore", "steel"),
    made(2, "steel", "pipe scrap"),
    held(3, "case", "pipe", "other"),
    held(4, "pallet", "case"),
    held(6, "pallet", action="DELETE"),
    held(7, "truck", "pallet"),
    held(8, "heater", "pipe", kind="Association"),
    held(9, "heater", "pipe", action="DELETE", kind="Association"),
    held(9, "boiler", "pipe", kind="Association"),
]
TOLD = [
    ("a pipe's story", STORY, "pipe", "both", "steel ore case pallet heater boiler"),
    ("a pipe's past", STORY, "pipe", "back", "steel ore case pallet"),
    ("what became of the ore", STORY, "ore", "forward", "steel pipe scrap case pallet heater boiler"),
    ("a pallet's contents and their past", STORY, "pallet", "back", "case pipe other steel ore truck"),
    ("a heater's part", STORY, "heater", "both", "pipe steel ore case pallet"),
    (
        "one transformation in three events",
        [
            made(1, "", "early", transformationID="urn:x:t"),
            made(2, "flour", "", transformationID="urn:x:t"),
            made(3, "", "late", transformationID="urn:x:t"),
        ],
        "flour",
        "forward",
        "early late",
    ),
    (
        "closed children are not all children",
        [held(1, "case", "item"), held(2, "case", action="DELETE") | {"childEPCs": [{"...": "x"}]},
         held(3, "pallet", "case")],
        "item",
        "both",
        "case pallet",
    ),
    (
        "an error declaration links nothing",
        [held(1, "case", "item") | {"errorDeclaration": {"declarationTime": "2026-01-02T00:00:00Z"}}],
        "item",
        "both",
        "",
    ),
    ("circles", [held(1, "a", "b"), held(1, "b", "a"), made(2, "a", "a b")], "a", "both", "b"),
    ("nobody goes down again", [held(1, "case", "item", "other")], "item", "both", "case"),
]  # fmt: skip


def lots() -> dict[str, Any]:
    born = happened(
        2, "Object", action="ADD", epcList=[PIECE, "urn:x:odd"], ilmd={"cbvmda:lotNumber": "L1"}
    )
    fed = happened(
        1,
        "Transformation",
        inputQuantityList=[{"epcClass": "urn:x:brass"}],
        outputQuantityList=[{"epcClass": LOT}, {"epcClass": f"https://id.gs1.org/01/{GTIN}"}],
    )
    return case(
        "a lot between brass and a piece", [born, fed], "urn:x:brass", "forward", [LOT, PIECE]
    )


def drawn(seed: int) -> dict[str, Any]:
    """Draw a story of a few things and moments, in which everything that can happen at once does."""
    chance = random.Random(seed)
    events = []
    for _ in range(chance.randint(3, 12)):
        some = chance.sample("abcde", chance.randint(0, 3))
        second = chance.randint(0, 3)
        if chance.random() < 0.2:
            joint = {"transformationID": "urn:x:t"} if chance.random() < 0.5 else {}
            events.append(
                made(second, " ".join(some), " ".join(chance.sample("abcde", 2)), **joint)
            )
        else:
            kind = chance.choice(["Aggregation", "Aggregation", "Association"])
            action = chance.choice(["ADD", "ADD", "OBSERVE", "DELETE"])
            events.append(held(second, chance.choice("abcde"), *some, action=action, kind=kind))
    return case(f"drawn {seed}", events, "urn:x:a", chance.choice(list(Direction)))


def case(
    name: str, events: list[Any], asked: str, direction: str, reached: Any = None
) -> dict[str, Any]:
    """Walk, and hold the result to what was written down."""
    stated = [link.read(at, body, event.names(body)) for at, body in enumerate(events)]
    found = walk(asked, Direction(direction), [one for one in stated if one])
    codes = {one for one in found.things if not one.startswith("process")} - {asked}
    assert reached is None or codes == set(reached), (name, codes)
    assert code.canonical(code.parse(asked)) == asked
    return {
        "op": "walk",
        "name": name,
        "events": events,
        "asked": asked,
        "direction": direction,
        "things": {
            one.code: [one.back, one.forward, one.held, one.spans]
            for one in sorted(found.things.values(), key=lambda one: one.code)
        },
        "links": [
            [one.inner, one.outer, one.way, one.since, one.until, sorted(one.records)]
            for one in found.links
        ],
    }


def written() -> bytes:
    """Return the file's bytes."""
    told = [
        case(name, events, f"urn:x:{asked}", direction, [f"urn:x:{one}" for one in reached.split()])
        for name, events, asked, direction, reached in TOLD
    ]
    moments = [
        {"op": "moment", "name": f"moment {at}", "eventTime": text, "moment": moment}
        for at, (text, moment) in enumerate(MOMENTS)
    ]
    return vector_file.written(
        {
            "format": "suyuan/vectors/v1",
            "subject": "walk",
            "about": "walk: from asked over events, each known by its place, in that direction; things: back, forward, "
            "held, spans; links: inner, outer, way, since, until, records. moment: an event's time, null if none.",
            "cases": [*moments, *told, lots(), *map(drawn, range(60))],
        }
    )


if __name__ == "__main__":
    FILE.write_bytes(written())
