"""One case of the proof vectors, and how a good bundle is changed into a forged one."""

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any
from uuid import UUID

from indexer.core.bundle import Bundle, Missing
from indexer.core.canonical import encode
from indexer.core.proof import check
from indexer.core.sighting import Sighting
from indexer.core.trust import Log, Trust
from tests.indexer.core.proof_world import HEATER, OPERATOR, story

TALE = story()
WORLD = TALE.world
FIRST, LAST = WORLD.anchors
GONE = Missing(UUID("019a1111-0000-7000-8000-00000000dead"), 7)
OTHER_LOG = story("log.example/other")
MALLORY = sha256(b"mallory").digest()


@dataclass
class Case:
    """One case. `why` lists, for what is not VERIFIED, "place step REASON" in the verdict's order."""

    name: str
    state: str
    why: list[str] = field(default_factory=list)
    bundle: Bundle | dict[str, Any] = field(default_factory=lambda: WORLD.bundle(TALE.made))
    code: str = HEATER
    trust: Trust = field(default_factory=WORLD.trust)
    sightings: list[Sighting] = field(default_factory=lambda: [WORLD.sighting()])

    def vector(self) -> dict[str, Any]:
        return {**self.parts(), "verdict": self.verdict()}

    def parts(self) -> dict[str, Any]:
        bundle = self.bundle.members() if isinstance(self.bundle, Bundle) else self.bundle
        return {
            "name": self.name,
            "op": "check",
            "bundle": bundle,
            "code": self.code,
            "trust": self.trust.members(),
            "sightings": [seen.members() for seen in self.sightings],
        }

    def verdict(self) -> dict[str, Any]:
        parts = self.parts()
        verdict: dict[str, Any] = json.loads(
            check(
                Bundle.from_json(encode(parts["bundle"])),
                self.code,
                Trust.from_json(encode(parts["trust"])),
                [Sighting.from_json(encode(seen)) for seen in parts["sightings"]],
            ).to_json()
        )
        assert verdict["state"] == self.state, (self.name, verdict["state"], reasons(verdict))
        assert reasons(verdict) == self.why, (self.name, reasons(verdict))
        return verdict


def reasons(verdict: dict[str, Any]) -> list[str]:
    """Boil a verdict down to what is not VERIFIED in it: "answer anchor NO_SIGHTING"."""
    places = [("answer", verdict["steps"])]
    places += [(str(at), one["steps"]) for at, one in enumerate(verdict["records"])]
    return [
        f"{place} {step['name']} {step['reason']}"
        for place, steps in places
        for step in steps
        if step["reason"]
    ]


def forged(change: Callable[[dict[str, Any]], None], *kept: Any, **more: Any) -> dict[str, Any]:
    """Take a good bundle's JSON and change it."""
    members: dict[str, Any] = deepcopy(WORLD.bundle(*(kept or (TALE.made,)), **more).members())
    change(members)
    return members


def at(entry: Any, path: str, value: object) -> None:
    """Set what a dotted path names."""
    *way, last = path.split(".")
    for step in way:
        entry = entry[int(step) if isinstance(entry, list) else step]
    entry[int(last) if isinstance(entry, list) else last] = value


def put(path: str, value: object, *kept: Any) -> dict[str, Any]:
    """Take a good bundle's JSON and set one thing in it."""
    return forged(lambda members: at(members, path, value), *kept)


def changed(members: dict[str, Any]) -> dict[str, Any]:
    """Change one word in the first record's body."""
    members = deepcopy(members)
    members["records"][0]["content"]["body"]["bizStep"] = "destroying"
    return members


def registry(**facts: Any) -> Sighting:
    """Return a sighting in which the maker's key differs from the truth."""
    seen: Sighting = WORLD.sighting()
    key = replace(seen.keys[TALE.maker.key], **facts)
    return replace(seen, keys={**seen.keys, TALE.maker.key: key})


def known(*keys: Any) -> Trust:
    """Return trust in which the log has these keys."""
    trust: Trust = WORLD.trust()
    return replace(trust, logs=[Log(WORLD.origin, key, OPERATOR) for key in keys])
