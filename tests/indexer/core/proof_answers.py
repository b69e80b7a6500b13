"""Cases of honest answers: whole, waiting, incomplete, about something else, unconfirmed."""

from collections.abc import Iterator
from dataclasses import replace

from indexer.core.bundle import Missing
from indexer.core.checkpoint import Signer
from tests.indexer.core.proof_case import (
    FIRST,
    GONE,
    LAST,
    MALLORY,
    TALE,
    WORLD,
    Case,
    changed,
    forged,
    known,
    put,
    registry,
)
from tests.indexer.core.proof_world import ASSOCIATION, BURNER, GTIN, OPERATOR, PALLET, SIBLING


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
        "a made-up serial number behind its class's genuine master data",
        "UNKNOWN",
        [],
        WORLD.bundle(TALE.product),
        f"(01){GTIN}(21)MADE-UP",
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
    yield from amended()
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


def amended() -> Iterator[Case]:
    """Corrections, withdrawals and erasures that count, and some that do not."""
    yield Case(
        "a record and its correction", "VERIFIED", [], WORLD.bundle(TALE.sold, TALE.corrected)
    )
    yield Case(
        "a correction of a correction",
        "VERIFIED",
        [],
        WORLD.bundle(TALE.sold, TALE.corrected, TALE.recorrected),
    )
    yield Case(
        "a correction whose old record does not name the code",
        "VERIFIED",
        [],
        WORLD.bundle(TALE.corrected),
    )
    yield Case(
        "a record and its withdrawal",
        "VERIFIED",
        [],
        WORLD.bundle(TALE.packed, TALE.unloaded, TALE.withdrawn),
        PALLET,
    )
    yield Case(
        "a record whose concealed values its owner had erased",
        "VERIFIED",
        [],
        forged(
            lambda members: members["records"][0].update(disclosures=[]), TALE.sold, TALE.erased
        ),
    )
    yield Case(
        "an erasure by the platform, with its account's word",
        "VERIFIED",
        [],
        WORLD.bundle(TALE.inspected, TALE.forgotten),
    )
    foreign = ["1 code AMENDS_FOREIGN"]
    yield Case(
        "an erasure by somebody else",
        "VERIFIED",
        foreign,
        put("records.1.approval", None, TALE.inspected, TALE.forgotten),
    )
    yield Case(
        "a correction by somebody else counts for nothing",
        "VERIFIED",
        ["2 code AMENDS_FOREIGN"],
        WORLD.bundle(TALE.sold, TALE.corrected, TALE.meddled),
    )
    yield Case(
        "a withdrawal of a withdrawal counts for nothing",
        "VERIFIED",
        ["2 code AMENDS_FOREIGN"],
        WORLD.bundle(TALE.unloaded, TALE.withdrawn, TALE.rewithdrawn),
        PALLET,
    )
    yield Case(
        "a correction that stands before its record in the answer",
        "VERIFIED",
        [],
        WORLD.bundle(TALE.corrected, TALE.sold),
    )
    yield Case(
        "a correction that came before its record in the log",
        "PENDING",
        ["0 inclusion NOT_LOGGED", *foreign],
        WORLD.bundle(TALE.late, TALE.hasty),
    )


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
        "a withdrawal of a record not in the answer",
        "UNKNOWN",
        [strange],
        WORLD.bundle(TALE.withdrawn),
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
