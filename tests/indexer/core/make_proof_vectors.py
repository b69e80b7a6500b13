"""Writes indexer/core/vectors/proof.v1.json; a test holds the committed file to it.

    python -m tests.indexer.core.make_proof_vectors

Each case is a bundle, the code asked about, trust and sightings, and the verdict both languages must
come to. What a case expects is written down here beside it, so that the file cannot agree with a
mistake by being made from it.
"""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from indexer.core import merkle, record, submission
from indexer.core.bundle import Bundle, Missing
from indexer.core.canonical import encode
from indexer.core.checkpoint import Checkpoint, Signer
from indexer.core.checkpoint import format as signed_note
from indexer.core.proof import check
from indexer.core.sighting import Sighting
from indexer.core.trust import Log, Trust
from tests.indexer.core import vector_file
from tests.indexer.core.proof_world import (
    ASSOCIATION,
    BURNER,
    GTIN,
    HEATER,
    OPERATOR,
    PALLET,
    SIBLING,
    story,
)

FILE = Path("indexer/core/vectors/proof.v1.json")

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


def good() -> Iterator[Case]:
    life = WORLD.bundle(*TALE.life)
    yield Case("a whole life, custodial and own keys", "VERIFIED", [], life)
    yield Case("one record", "VERIFIED", [])
    yield Case("asked by URN", "VERIFIED", [], life, "urn:epc:id:sgtin:690123.0456789.JSQ30-0001")
    yield Case(
        "asked by a link on any host",
        "VERIFIED",
        [],
        life,
        f"https://shop.example/x/01/{GTIN}/21/JSQ30-0001?17=270101",
    )
    yield Case("asked by element string", "VERIFIED", [], life, f"(01){GTIN}(21)JSQ30-0001")
    yield Case("asked for the class", "VERIFIED", [], WORLD.bundle(TALE.product), "6901234567892")
    yield Case("nothing disclosed", "VERIFIED", [], put("records.0.disclosures", []))
    yield Case(
        "some disclosed",
        "VERIFIED",
        [],
        put("records.0.disclosures", TALE.inspected.disclosures[:1], TALE.inspected),
    )
    yield Case(
        "under an earlier anchor",
        "VERIFIED",
        [],
        WORLD.bundle(TALE.made, anchor=FIRST),
        sightings=[WORLD.sighting(anchor=FIRST)],
    )
    yield Case(
        "two other parties agree",
        "VERIFIED",
        [],
        life,
        sightings=[WORLD.sighting(ASSOCIATION), WORLD.sighting(OPERATOR), WORLD.sighting()],
    )
    yield Case(
        "one lags behind, one confirms",
        "VERIFIED",
        [],
        sightings=[replace(WORLD.sighting(ASSOCIATION), final=3, anchor=None), WORLD.sighting()],
    )
    yield Case(
        "linked through pallet and truck",
        "VERIFIED",
        [],
        WORLD.bundle(TALE.shipped, TALE.unloaded, TALE.made, TALE.stacked, TALE.packed),
    )
    yield Case(
        "linked to what it was made of", "VERIFIED", [], WORLD.bundle(TALE.burner, TALE.assembled)
    )
    yield Case(
        "a part, linked to what was made of it",
        "VERIFIED",
        [],
        WORLD.bundle(TALE.made, TALE.burner, TALE.assembled, TALE.inspected),
        BURNER,
    )
    yield Case(
        "a pallet, linked to what it holds",
        "VERIFIED",
        [],
        WORLD.bundle(TALE.packed, TALE.made, TALE.sibling),
        PALLET,
    )
    yield Case(
        "an amendment of a record in the answer",
        "VERIFIED",
        [],
        WORLD.bundle(TALE.sold, TALE.corrected),
    )
    yield Case(
        "a record of a later kind is skipped",
        "VERIFIED",
        ["1 code KIND_UNKNOWN"],
        WORLD.bundle(TALE.made, TALE.future),
    )
    yield Case("closed later", "VERIFIED", [], sightings=[WORLD.sighting(closed=LAST.size)])
    yield Case(
        "key revoked from a later submission on", "VERIFIED", [], sightings=[registry(revoked=1)]
    )
    suspended = WORLD.sighting()
    participants = {
        one: replace(seen, status="suspended") for one, seen in suspended.participants.items()
    }
    yield Case(
        "participant suspended since",
        "VERIFIED",
        [],
        sightings=[replace(suspended, participants=participants)],
    )
    yield Case(
        "a name the registry does not hold",
        "VERIFIED",
        [],
        sightings=[replace(suspended, participants={})],
    )
    yield Case(
        "the log's key was changed; the old one is known",
        "VERIFIED",
        [],
        trust=known(Signer(WORLD.origin, MALLORY).verifier, WORLD.signer.verifier),
    )
    yield Case(
        "members of a later version are ignored",
        "VERIFIED",
        [],
        forged(lambda members: members.update(evidence=[1], cosignatures=None)),
    )


def registry(**facts: Any) -> Sighting:
    """Return a sighting in which the maker's key differs from the truth."""
    seen: Sighting = WORLD.sighting()
    key = replace(seen.keys[TALE.maker.key], **facts)
    return replace(seen, keys={**seen.keys, TALE.maker.key: key})


def known(*keys: Any) -> Trust:
    """Return trust in which the log has these keys."""
    trust: Trust = WORLD.trust()
    return replace(trust, logs=[Log(WORLD.origin, key, OPERATOR) for key in keys])


def waiting() -> Iterator[Case]:
    pending = WORLD.bundle(TALE.made, TALE.late)
    yield Case("one record not yet logged", "PENDING", ["1 inclusion NOT_LOGGED"], pending)
    unanchored = replace(WORLD.bundle(TALE.late), anchor=None, checkpoint=None)
    none = ["answer checkpoint NOT_ANCHORED", "answer anchor NOT_ANCHORED"]
    yield Case("nothing anchored yet", "PENDING", [*none, "0 inclusion NOT_LOGGED"], unanchored)
    yield Case(
        "logged, its anchor not there yet",
        "PENDING",
        [*none, "0 inclusion NOT_ANCHORED"],
        replace(WORLD.bundle(TALE.made), anchor=None, checkpoint=None),
    )
    yield Case(
        "nothing anchored, nobody asked",
        "UNCHECKED",
        [*none, "0 inclusion NOT_LOGGED", "0 key NO_SIGHTING"],
        unanchored,
        sightings=[],
    )
    yield Case(
        "nothing anchored, the content changed",
        "ALTERED",
        [*none, "0 signature ROOT_DIFFERS", "0 inclusion NOT_LOGGED"],
        changed(unanchored.members()),
    )
    yield Case(
        "no checkpoint yet",
        "PENDING",
        ["answer checkpoint CHECKPOINT_ABSENT"],
        put("checkpoint", None),
    )
    yield Case(
        "the anchor not yet final",
        "PENDING",
        ["answer anchor ANCHOR_NOT_FINAL"],
        sightings=[WORLD.sighting(final=LAST.block.number - 1)],
    )


def changed(members: dict[str, Any]) -> dict[str, Any]:
    """Change one word in the first record's body."""
    members = deepcopy(members)
    members["records"][0]["content"]["body"]["bizStep"] = "destroying"
    return members


def wanting() -> Iterator[Case]:
    yield Case("a record is gone", "MISSING", [], WORLD.bundle(TALE.made, missing=[GONE]))
    yield Case(
        "all records are gone",
        "MISSING",
        [],
        WORLD.bundle(missing=[GONE, Missing(TALE.made.id, None)]),
    )
    yield Case("nothing known", "UNKNOWN", [], WORLD.bundle())
    yield Case(
        "nothing but a later kind", "UNKNOWN", ["0 code KIND_UNKNOWN"], WORLD.bundle(TALE.future)
    )
    strange = "0 code CODE_NOT_NAMED"
    yield Case(
        "a genuine proof of another product", "UNKNOWN", [strange], WORLD.bundle(TALE.sibling)
    )
    yield Case(
        "another product's record among the right ones",
        "UNKNOWN",
        ["1 code CODE_NOT_NAMED"],
        WORLD.bundle(TALE.made, TALE.sibling, TALE.inspected),
    )
    yield Case(
        "another box of the same pallet",
        "UNKNOWN",
        ["2 code CODE_NOT_NAMED"],
        WORLD.bundle(TALE.made, TALE.packed, TALE.sibling),
    )
    yield Case(
        "a pallet's journey without the packing", "UNKNOWN", [strange], WORLD.bundle(TALE.unloaded)
    )
    yield Case(
        "a packing whose child is not disclosed",
        "UNKNOWN",
        [strange],
        put("records.0.disclosures", [], TALE.packed),
        SIBLING,
    )
    yield Case(
        "a packing whose child is disclosed", "VERIFIED", [], WORLD.bundle(TALE.packed), SIBLING
    )
    yield Case(
        "the class's code, asked of one piece's event",
        "UNKNOWN",
        [strange],
        WORLD.bundle(TALE.made),
        f"https://id.gs1.org/01/{GTIN}",
    )
    yield Case(
        "an amendment of a record not in the answer",
        "UNKNOWN",
        [strange],
        WORLD.bundle(TALE.corrected),
    )
    yield Case(
        "an event that names a code which is none",
        "UNKNOWN",
        ["0 code EVENT_UNREADABLE"],
        WORLD.bundle(TALE.unreadable),
    )
    nobody = ["answer anchor NO_SIGHTING", "0 key NO_SIGHTING"]
    yield Case("nobody asked", "UNCHECKED", nobody, sightings=[])
    own = ["answer anchor OWN_WORD", "0 key OWN_WORD"]
    yield Case(
        "only the operator's own node", "UNCHECKED", own, sightings=[WORLD.sighting(OPERATOR)]
    )
    yield Case(
        "the operator's own node twice", "UNCHECKED", own, sightings=[WORLD.sighting(OPERATOR)] * 2
    )
    yield Case(
        "the other party's node lags behind",
        "UNCHECKED",
        ["answer anchor ANCHOR_UNSEEN"],
        sightings=[
            WORLD.sighting(OPERATOR),
            replace(WORLD.sighting(final=LAST.block.number - 1), anchor=None),
        ],
    )


def altered() -> Iterator[Case]:
    gone = ["0 signature ROOT_DIFFERS", "0 inclusion ROOT_DIFFERS"]
    yield Case(
        "a word of the body changed", "ALTERED", gone, changed(WORLD.bundle(TALE.made).members())
    )
    yield Case(
        "a word of the third record changed",
        "ALTERED",
        ["2 signature ROOT_DIFFERS", "2 inclusion ROOT_DIFFERS"],
        put("records.2.content.body.sensorElementList.0.sensorReport.0.uom", "PAL", *TALE.life),
    )
    yield Case(
        "a member added to the body", "ALTERED", gone, put("records.0.content.body.note", "safe")
    )
    yield Case(
        "another's content put in its place",
        "ALTERED",
        ["0 content DISCLOSURE", "0 code CONTENT_UNREADABLE", *gone],
        put("records.0.content", TALE.inspected.content),
    )
    yield Case(
        "another blind", "ALTERED", gone, put("records.0.content.blind", TALE.sold.content["blind"])
    )
    yield Case("another schema", "ALTERED", gone, put("records.0.content.schema", "epcis/2.1"))
    yield Case("the kind changed", "ALTERED", gone, put("records.0.content.kind", 2))
    yield Case(
        "the kind changed to a later one, which hides nothing",
        "ALTERED",
        ["0 code CONTENT_UNREADABLE", *gone],
        put("records.0.content.kind", 200),
    )
    yield Case(
        "two records' paths swapped",
        "ALTERED",
        [f"{place} inclusion ROOT_DIFFERS" for place in (1, 2)],
        forged(swap("path"), *TALE.life),
    )
    yield Case(
        "two records' contents swapped",
        "ALTERED",
        swapped_contents(),
        forged(swap("content"), *TALE.life),
    )
    yield Case(
        "another record's place and path in the log",
        "ALTERED",
        ["0 inclusion ROOT_DIFFERS"],
        forged(borrow),
    )
    yield Case(
        "the index one further",
        "ALTERED",
        ["0 inclusion ROOT_DIFFERS"],
        put("records.0.index", TALE.made.index + 1),
    )
    yield Case(
        "the index beyond the log",
        "ALTERED",
        ["0 inclusion INDEX_BEYOND"],
        put("records.0.index", LAST.size),
    )
    yield Case(
        "a step of the path missing",
        "ALTERED",
        ["0 inclusion PATH_LENGTH"],
        forged(lambda members: members["records"][0]["path"].pop()),
    )
    yield Case(
        "a step of the path too many",
        "ALTERED",
        ["0 inclusion PATH_LENGTH"],
        forged(lambda members: members["records"][0]["path"].append("00" * 32)),
    )
    yield Case(
        "received earlier",
        "ALTERED",
        ["0 inclusion ROOT_DIFFERS"],
        put("records.0.receivedAt", TALE.made.received_at - 1),
    )
    yield Case(
        "never logged, with a path of its own making",
        "ALTERED",
        ["0 inclusion ROOT_DIFFERS"],
        unlogged(),
    )
    yield Case(
        "the root of another log",
        "ALTERED",
        [
            "answer checkpoint CHECKPOINT_DIFFERS",
            "answer anchor ANCHOR_DIFFERS",
            "0 inclusion ROOT_DIFFERS",
        ],
        put("anchor.root", OTHER_LOG.world.anchors[-1].root.hex()),
    )
    yield from signatures()
    yield from contents()
    yield from repeated()


def swap(member: str) -> Callable[[dict[str, Any]], None]:
    def change(members: dict[str, Any]) -> None:
        one, two = members["records"][1:3]
        one[member], two[member] = two[member], one[member]

    return change


def swapped_contents() -> list[str]:
    return [
        "1 content DISCLOSURE",
        "1 code CONTENT_UNREADABLE",
        "1 signature ROOT_DIFFERS",
        "1 inclusion ROOT_DIFFERS",
        "2 content DISCLOSURE",
        "2 code CONTENT_UNREADABLE",
        "2 signature ROOT_DIFFERS",
        "2 inclusion ROOT_DIFFERS",
    ]


def borrow(members: dict[str, Any]) -> None:
    """Claim another record's genuine place for this one."""
    other = WORLD.bundle(TALE.inspected).members()["records"]
    assert isinstance(other, list)
    entry = other[0]
    assert isinstance(entry, dict)
    members["records"][0] |= {"index": entry["index"], "path": entry["path"]}


def unlogged() -> dict[str, Any]:
    """Take a record that is signed but not in the log, and a path that would make it so."""

    def change(members: dict[str, Any]) -> None:
        path = merkle.inclusion(2, WORLD.leaves[: LAST.size])
        members["records"][0] |= {"index": 2, "path": [step.hex() for step in path]}

    return forged(change, TALE.late)


def signatures() -> Iterator[Case]:
    path = "records.0.submission"
    signed = TALE.made.submission
    r, s, v = signed.signature[:32], signed.signature[32:64], signed.signature[64]
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    high = r + (order - int.from_bytes(s, "big")).to_bytes(32, "big") + bytes([55 - v])
    shape, other = ["0 signature SIGNATURE_MISSHAPEN"], ["0 signature SIGNER_DIFFERS"]
    yield Case(
        "the twin signature with high s", "ALTERED", shape, put(f"{path}.signature", high.hex())
    )
    yield Case(
        "a signature with v of 0 or 1",
        "ALTERED",
        shape,
        put(f"{path}.signature", (r + s + bytes([v - 27])).hex()),
    )
    yield Case("a signature of zeros", "ALTERED", shape, put(f"{path}.signature", "00" * 65))
    yield Case(
        "the other parity",
        "ALTERED",
        other,
        put(f"{path}.signature", (r + s + bytes([55 - v])).hex()),
    )
    yield Case(
        "another submission's signature",
        "ALTERED",
        other,
        put(f"{path}.signature", TALE.inspected.submission.signature.hex()),
    )
    yield Case(
        "another key claimed",
        "ALTERED",
        [*other, "0 key KEY_FOREIGN"],
        put(f"{path}.key", TALE.dealer.key.hex()),
    )
    yield Case(
        "a key nobody has", "ALTERED", [*other, "0 key KEY_UNKNOWN"], put(f"{path}.key", "00" * 20)
    )
    yield Case("another sequence", "ALTERED", other, put(f"{path}.sequence", 5))
    yield Case(
        "another participant claimed",
        "ALTERED",
        ["0 content PARTICIPANT_DIFFERS", "0 code CONTENT_UNREADABLE", *other, "0 key KEY_FOREIGN"],
        put(f"{path}.participant", str(TALE.dealer.id)),
    )
    yield Case("another count", "ALTERED", ["0 signature PATH_LENGTH"], put(f"{path}.count", 9))
    yield Case(
        "another position", "ALTERED", ["0 signature ROOT_DIFFERS"], put("records.0.position", 0)
    )
    yield Case(
        "a position beyond the count",
        "ALTERED",
        ["0 signature INDEX_BEYOND"],
        put("records.0.position", 3),
    )
    yield Case(
        "another root signed",
        "ALTERED",
        ["0 signature ROOT_DIFFERS"],
        put(f"{path}.root", "ab" * 32),
    )
    foreign = OTHER_LOG.world.bundle(OTHER_LOG.made).members()["records"]
    assert isinstance(foreign, list)
    submitted = deepcopy(foreign[0])
    assert isinstance(submitted, dict)
    yield Case(
        "a submission to another log",
        "ALTERED",
        [*other, "0 inclusion ROOT_DIFFERS"],
        forged(lambda members: members["records"][0].update(submitted)),
    )
    yield Case(
        "signed with a key of the forger's, under the maker's name",
        "ALTERED",
        ["0 inclusion ROOT_DIFFERS", "0 key KEY_UNKNOWN"],
        forged(sign_as_mallory),
    )
    yield Case(
        "signed by the dealer in the maker's name",
        "ALTERED",
        ["0 inclusion ROOT_DIFFERS", "0 key KEY_FOREIGN"],
        forged(lambda members: sign_as(members, TALE.dealer.private)),
    )


def sign_as_mallory(members: dict[str, Any]) -> None:
    sign_as(members, MALLORY)


def sign_as(members: dict[str, Any], private: bytes) -> None:
    """Change the content and sign the change well, with another's key."""
    entry = members["records"][0]
    entry["content"]["body"]["eventTime"] = "2020-01-01T00:00:00Z"
    digest = record.digest(entry["content"])
    signed = entry["submission"]
    root = submission.root([digest])
    stated = submission.Submission(
        submission.log_id(WORLD.origin), TALE.maker.id, signed["sequence"], 1, root
    )
    signature = submission.sign(stated.signing_hash(), private)
    entry |= {"position": 0, "submissionPath": []}
    signed |= {
        "key": submission.address(private).hex(),
        "count": 1,
        "root": root.hex(),
        "signature": signature.hex(),
    }


def contents() -> Iterator[Case]:
    gone = ["0 code CONTENT_UNREADABLE", "0 signature ROOT_DIFFERS", "0 inclusion ROOT_DIFFERS"]

    def without(member: str) -> dict[str, Any]:
        return forged(lambda members: members["records"][0]["content"].pop(member))

    for member in ("type", "participant", "schema", "blind", "body"):
        yield Case(
            f"content without {member}",
            "ALTERED",
            ["0 content RECORD_MISSHAPEN", *gone],
            without(member),
        )
    unkind = ["0 content RECORD_KIND_UNKNOWN", *gone[:2], "0 inclusion RECORD_KIND_UNKNOWN"]
    yield Case("content without kind", "ALTERED", unkind, without("kind"))
    for kind in (0, 256, -1, 1.5, "1", True, None):
        yield Case(
            f"content of kind {kind!r}", "ALTERED", unkind, put("records.0.content.kind", kind)
        )
    yield Case(
        "content of another type",
        "ALTERED",
        ["0 content RECORD_MISSHAPEN", *gone],
        put("records.0.content.type", "suyuan/record/v2"),
    )
    yield Case(
        "content with a member too many",
        "ALTERED",
        ["0 content RECORD_MISSHAPEN", *gone],
        put("records.0.content.note", 1),
    )
    yield Case(
        "an event that claims to amend",
        "ALTERED",
        ["0 content RECORD_MISSHAPEN", *gone],
        put("records.0.content.amends", "ab" * 32),
    )
    shut = ["0 content DISCLOSURE", "0 code CONTENT_UNREADABLE"]
    good, others = TALE.made.disclosures, TALE.sold.disclosures
    for name, disclosures in (
        ("a disclosure of another record", others),
        ("a disclosure too many", [*good, *others]),
        ("a disclosure twice", good * 2),
        ("a disclosure changed", [good[0][:-4] + "AAAA"]),
        ("a disclosure that is none", ["e30"]),
        ("a disclosure that is not base64url", ["溯源"]),
    ):
        yield Case(name, "ALTERED", shut, put("records.0.disclosures", disclosures))


def repeated() -> Iterator[Case]:
    yield Case(
        "a record twice", "ALTERED", ["1 content REPEATED"], WORLD.bundle(TALE.made, TALE.made)
    )
    yield Case(
        "a record twice under two ids",
        "ALTERED",
        ["2 content REPEATED"],
        WORLD.bundle(TALE.made, TALE.inspected, replace(TALE.made, id=TALE.late.id)),
    )
    yield Case(
        "two records under one id",
        "ALTERED",
        ["1 content REPEATED"],
        WORLD.bundle(TALE.made, replace(TALE.inspected, id=TALE.made.id)),
    )

    def pend(members: dict[str, Any]) -> None:
        members["records"][1] |= {"id": str(TALE.late.id), "index": None, "path": None}

    yield Case(
        "a record again as if pending",
        "ALTERED",
        ["1 content REPEATED", "1 inclusion NOT_LOGGED"],
        forged(pend, TALE.made, TALE.made),
    )


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
    other_chain = "answer anchor CHAIN_DIFFERS"
    for name, sightings, why in (
        (
            "the other party follows another chain",
            [replace(seen, chain_id=1)],
            [other_chain, "0 key NO_SIGHTING"],
        ),
        (
            "the other party's chain began otherwise",
            [replace(seen, genesis=bytes(32))],
            [other_chain, "0 key NO_SIGHTING"],
        ),
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
        (f"{signed}/key", "00" * 32), ("/missing", None),
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


def cases() -> list[Case]:
    """Return every case, in the file's order."""
    found = [*good(), *waiting(), *wanting(), *altered(), *heads(), *chains()]
    names = [case.name for case in found]
    assert len(set(names)) == len(names)
    return found


def made() -> dict[str, Any]:
    """Return the vectors as a JSON value."""
    return {
        "format": "suyuan/vectors/v1",
        "subject": "proof",
        "about": "check: judging bundle, code, trust and sightings gives verdict, byte for byte in "
        "canonical JSON. refuse: the bundle is none, because of what is at this JSON Pointer.",
        "cases": [*(case.vector() for case in cases()), *refused()],
    }


def written() -> bytes:
    """Return the file's bytes."""
    return vector_file.written(made())


if __name__ == "__main__":
    FILE.write_bytes(written())
