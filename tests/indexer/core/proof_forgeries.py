"""Cases of forged records: each takes good evidence and does to it one thing a forger would."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

from indexer.core import merkle, record, submission
from tests.indexer.core.proof_case import (
    LAST,
    MALLORY,
    OTHER_LOG,
    TALE,
    WORLD,
    Case,
    changed,
    forged,
    put,
)
from tests.indexer.core.proof_world import OPERATOR


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
    yield from approvals()
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


def approvals() -> Iterator[Case]:
    """A correction without the operator's word, or with a word that is not the operator's."""
    pair = (TALE.sold, TALE.corrected)
    other = WORLD.approve(record.digest(TALE.recorrected.content))
    strange = OTHER_LOG.world.approve(record.digest(TALE.corrected.content))
    for name, approval, reason in (
        ("no approval", None, "APPROVAL_ABSENT"),
        ("an approval of another record", other.members(), "APPROVER_UNKNOWN"),
        ("an approval for another log", strange.members(), "APPROVER_UNKNOWN"),
        (
            "an approval by the applicant",
            WORLD.approve(record.digest(TALE.corrected.content), TALE.dealer.private).members(),
            "APPROVER_UNKNOWN",
        ),
        (
            "an approval of another time",
            {**(TALE.corrected.approval or other).members(), "at": 1},
            "APPROVER_UNKNOWN",
        ),
        (
            "an approval that is no signature",
            {"at": 1, "signature": "00" * 65},
            "SIGNATURE_MISSHAPEN",
        ),
    ):
        yield Case(
            name, "ALTERED", [f"1 approval {reason}"], put("records.1.approval", approval, *pair)
        )
    yield Case(
        "nobody saw who approved",
        "UNCHECKED",
        [
            "answer anchor NO_SIGHTING",
            "0 key NO_SIGHTING",
            "1 key NO_SIGHTING",
            "1 approval NO_SIGHTING",
        ],
        WORLD.bundle(*pair),
        sightings=[],
    )
    yield Case(
        "only the operator's own node knows who approved",
        "UNCHECKED",
        ["answer anchor OWN_WORD", "0 key OWN_WORD", "1 key OWN_WORD", "1 approval OWN_WORD"],
        WORLD.bundle(*pair),
        sightings=[WORLD.sighting(OPERATOR)],
    )


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
