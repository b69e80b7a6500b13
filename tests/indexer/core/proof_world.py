"""A small world whose every byte is fixed: parties, two logs, a chain's anchors, what nodes saw.

Its keys are hashes of their owners' names, so they are nobody's; the log's is RFC 8032's first.
"""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

from indexer.core import checkpoint, disclosure, merkle, record, submission
from indexer.core.bundle import Anchor, Approved, Block, Bundle, Entry, Logged, Signed
from indexer.core.checkpoint import Checkpoint, Signer
from indexer.core.sighting import KeySeen, ParticipantSeen, Sighting
from indexer.core.trust import Endpoint, Log, Trust

GTIN = "06901234567892"
HEATER = f"https://id.gs1.org/01/{GTIN}/21/JSQ30-0001"
SIBLING = f"https://id.gs1.org/01/{GTIN}/21/JSQ30-0002"
PALLET = "https://id.gs1.org/00/069012340000000016"
TRUCK = "https://id.gs1.org/00/069012340000000023"
BURNER = "https://id.gs1.org/01/06901234567892/21/BURNER-9"

# The account that anchors the log, whose word lets a record amend another.
ACCOUNT = sha256(b"operator account").digest()
CHAIN, GENESIS = 31337, sha256(b"genesis").digest()
OPERATOR, REGULATOR, ASSOCIATION = "platform", "regulator", "association"


@dataclass
class Party:
    """A participant; `custodial` keys are held by the platform."""

    name: str
    credit_code: str
    number: int
    custodial: bool = False
    admitted: int = 2
    revoked: int | None = None
    status: str = "admitted"
    sequence: int = 0

    @property
    def private(self):
        return sha256(self.name.encode()).digest()

    @property
    def key(self):
        return submission.address(self.private)

    @property
    def id(self):
        return UUID(f"019a0000-0000-7000-8000-{self.number:012d}")


@dataclass
class Kept:
    """One record as a store keeps it."""

    id: UUID
    content: dict[str, Any]
    disclosures: list[str]
    submission: Signed
    position: int
    path: list[bytes]
    received_at: int
    index: int
    approval: Approved | None = None


@dataclass
class World:
    """One log and the chain it is anchored on."""

    origin: str = "log.example/suyuan"
    secret: str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
    serial: int = 0
    leaves: list[bytes] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    parties: list[Party] = field(default_factory=list)

    @property
    def signer(self):
        return Signer(self.origin, bytes.fromhex(self.secret))

    def party(self, name, **facts):
        party = Party(name, f"91440606MA{len(self.parties):08d}", len(self.parties), **facts)
        self.parties.append(party)
        return party

    def submit(self, party, *stated):
        """Log a submission of (kind, schema, body, pointers to conceal[, amends]) by `party`."""
        made = [self._content(party, *one) for one in stated]
        digests = [record.digest(content) for content, _ in made]
        hashes = [merkle.leaf_hash(digest) for digest in digests]
        root = submission.root(digests)
        stated_by = submission.Submission(
            submission.log_id(self.origin), party.id, party.sequence, len(made), root
        )
        signature = submission.sign(stated_by.signing_hash(), party.private)
        signed = Signed(party.id, party.key, party.sequence, len(made), root, signature)
        self._append(
            record.submission_leaf(party.id, party.key, party.sequence, len(made), root, signature)
        )
        party.sequence += 1
        kept = []
        for position, (content, disclosures) in enumerate(made):
            self.serial += 1
            received_at = 1_790_000_000_000 + self.serial * 61_001
            self._append(record.record_leaf(content["kind"], received_at, digests[position]))
            kept.append(
                Kept(
                    UUID(f"019a1111-0000-7000-8000-{self.serial:012d}"),
                    content,
                    disclosures,
                    signed,
                    position,
                    merkle.inclusion(position, hashes),
                    received_at,
                    len(self.leaves) - 1,
                    self.approve(digests[position]) if content["kind"] in (3, 4) else None,
                )
            )
        return kept

    def approve(self, digest, private=ACCOUNT, at=1_790_000_001):
        """Agree to what amends another record."""
        said = submission.Approval(submission.log_id(self.origin), digest, at)
        return Approved(at, submission.sign(said.signing_hash(), private))

    def anchor(self):
        """Anchor the log's present head; each anchor lies ten blocks after the one before."""
        number = len(self.anchors) + 1
        old = self.anchors[-1].size if self.anchors else 0
        mark = f"{self.origin} {number}".encode()
        block = Block(10 * number, sha256(b"block" + mark).digest(), 1_790_000_000 + 600 * number)
        self.anchors.append(
            Anchor(
                number,
                old,
                len(self.leaves),
                merkle.root(self.leaves),
                sha256(b"transaction" + mark).digest(),
                block,
            )
        )
        return self.anchors[-1]

    def note(self, anchor):
        """Sign the checkpoint of an anchor."""
        return checkpoint.format(Checkpoint(self.origin, anchor.size, anchor.root), [self.signer])

    def bundle(self, *kept, anchor=None, missing=()):
        """Bundle records under an anchor, the last unless another is asked for."""
        anchor = anchor or self.anchors[-1]
        leaves = self.leaves[: anchor.size]
        entries = [
            Entry(
                one.id,
                one.content,
                one.disclosures,
                one.submission,
                one.position,
                one.path,
                one.received_at,
                Logged(one.index, merkle.inclusion(one.index, leaves))
                if one.index < anchor.size
                else None,
                one.approval,
            )
            for one in kept
        ]
        return Bundle(self.origin, self.note(anchor), anchor, entries, missing)

    def trust(self):
        """What a verifier believes about this world."""
        return Trust(
            chain_id=CHAIN,
            genesis=GENESIS,
            trace_log=bytes.fromhex("11" * 20),
            participants=bytes.fromhex("22" * 20),
            logs=[Log(self.origin, self.signer.verifier, OPERATOR)],
            finality="immediate",
            witnesses=[],
            rpc=[
                Endpoint(OPERATOR, "https://platform.example/rpc"),
                Endpoint(REGULATOR, "https://regulator.example/rpc"),
            ],
        )

    def sighting(self, party=REGULATOR, anchor=None, **facts):
        """What an honest node of `party` says about an anchor."""
        anchor = anchor or self.anchors[-1]
        seen = {
            "party": party,
            "chain_id": CHAIN,
            "genesis": GENESIS,
            "final": 100,
            "anchor": anchor,
            "closed": None,
            "keys": {
                one.key: KeySeen(one.id, one.custodial, one.admitted, one.revoked)
                for one in self.parties
            },
            "participants": {
                one.id: ParticipantSeen(one.name, one.credit_code, one.status)
                for one in self.parties
            },
            "approvers": [submission.address(ACCOUNT)],
        }
        return Sighting(**(seen | facts))

    def _content(self, party, kind, schema, body, pointers=(), amends=None):
        key = sha256(f"{self.origin} {party.name} {party.sequence} {body}".encode()).digest()
        concealed, disclosures = disclosure.conceal(body, pointers, key)
        known = kind in set(record.Kind)
        content = record.content(party.id, kind if known else 1, schema, concealed, key, amends)
        return content | {"kind": kind}, disclosures

    def _append(self, leaf):
        self.leaves.append(merkle.leaf_hash(leaf))


def happening(step, when, things, **more):
    """Return an ObjectEvent."""
    return {
        "type": "ObjectEvent",
        "eventTime": when,
        "eventTimeZoneOffset": "+08:00",
        "action": "ADD" if step == "commissioning" else "OBSERVE",
        "bizStep": step,
        "epcList": things,
        **more,
    }


PRODUCT = {
    "type": "Product",
    "gtin": GTIN,
    "name": {"zh": "燃气热水器", "en": "Gas water heater"},
    "model": "JSQ30-16X",
    "category": "water_heater",
    "gasClass": "12T",
    "ratedHeatLoadKw": 30,
    "standard": "GB 6932",
    "safeUseYears": 8,
    "servicePhone": "400-000-0000",
}


@dataclass
class Story:
    """A water heater's life in one log, and what stands beside it there."""

    world: World
    maker: Party
    carrier: Party
    dealer: Party
    product: Kept
    made: Kept
    sibling: Kept
    inspected: Kept
    packed: Kept
    stacked: Kept
    shipped: Kept
    unloaded: Kept
    assembled: Kept
    burner: Kept
    sold: Kept
    corrected: Kept
    recorrected: Kept
    withdrawn: Kept
    rewithdrawn: Kept
    erased: Kept
    forgotten: Kept
    meddled: Kept
    hasty: Kept
    future: Kept
    unreadable: Kept
    late: Kept

    @property
    def life(self):
        """The heater's own records that are anchored."""
        return self.product, self.made, self.inspected, self.sold


def story(origin="log.example/suyuan"):
    """Tell the story in a log of its own; the last record comes after the last anchor."""
    world = World(origin)
    maker = world.party("佛山示例燃具制造有限公司", custodial=True)
    carrier = world.party("示例物流有限公司")
    dealer = world.party("广州示例厨卫商贸有限公司", admitted=11)
    event, master = (1, "epcis/2.0"), (2, "suyuan/product/v1")
    product, made, sibling = world.submit(
        maker,
        (*master, PRODUCT, []),
        (
            *event,
            happening(
                "commissioning",
                "2026-09-01T08:00:00+08:00",
                [f"urn:epc:id:sgtin:690123.0456789.{serial}" for serial in ("JSQ30-0001", "X")],
                ilmd={"cbvmda:lotNumber": "L2609"},
            ),
            ["/epcList/1"],
        ),
        (*event, happening("commissioning", "2026-09-01T08:01:00+08:00", [SIBLING]), []),
    )
    (inspected,) = world.submit(
        maker,
        (
            *event,
            happening(
                "inspecting",
                "2026-09-01T09:30:00.250+08:00",
                [HEATER],
                sensorElementList=[
                    {"sensorReport": [{"type": "Pressure", "value": 2.05, "uom": "KPA"}]}
                ],
            )
            | {"operatorName": "李四"},
            ["/operatorName", "/sensorElementList/0/sensorReport/0/value"],
        ),
    )
    world.anchor()
    packed, stacked, shipped, unloaded = world.submit(
        carrier,
        (*event, aggregation(PALLET, [HEATER, SIBLING]), ["/childEPCs/1"]),
        (*event, aggregation(TRUCK, [PALLET]), []),
        (*event, happening("shipping", "2026-09-02T07:00:00Z", [TRUCK]), []),
        (*event, happening("unloading", "2026-09-02T19:00:00Z", [PALLET]), []),
    )
    assembled, burner = world.submit(
        maker,
        (
            *event,
            {
                "type": "TransformationEvent",
                "eventTime": "2026-08-30T08:00:00+08:00",
                "eventTimeZoneOffset": "+08:00",
                "inputEPCList": [BURNER],
                "outputEPCList": [HEATER],
            },
            [],
        ),
        (*event, happening("inspecting", "2026-08-29T08:00:00+08:00", [BURNER]), []),
    )
    (sold,) = world.submit(
        dealer,
        (
            *event,
            happening(
                "retail_selling",
                "2026-09-10T15:00:00+08:00",
                [HEATER],
                destinationList=[{"type": "owning_party", "destination": "urn:example:张三"}],
            ),
            ["/destinationList/0/destination"],
        ),
    )
    resold = happening("retail_selling", "2026-09-11T15:00:00+08:00", [HEATER])
    (corrected,) = world.submit(dealer, (3, "epcis/2.0", resold, [], record.digest(sold.content)))
    (recorrected,) = world.submit(
        dealer,
        (
            3,
            "epcis/2.0",
            resold | {"disposition": "retail_sold"},
            [],
            record.digest(corrected.content),
        ),
    )
    (withdrawn,) = world.submit(
        carrier,
        (
            4,
            "suyuan/withdrawal/v1",
            {"reason": "did_not_occur"},
            [],
            record.digest(unloaded.content),
        ),
    )
    (rewithdrawn,) = world.submit(
        carrier, (4, "suyuan/withdrawal/v1", {}, [], record.digest(withdrawn.content))
    )
    notice = {"scope": "concealed", "basis": "PIPL-47"}
    (erased,) = world.submit(
        dealer, (5, "suyuan/erasure/v1", notice, [], record.digest(sold.content))
    )
    # By another participant: the platform itself, with its own account's word for it.
    (forgotten,) = world.submit(
        carrier, (5, "suyuan/erasure/v1", notice, [], record.digest(inspected.content))
    )
    forgotten.approval = world.approve(record.digest(forgotten.content))
    # By another participant, who has no right to.
    (meddled,) = world.submit(
        carrier,
        (3, "epcis/2.0", resold | {"bizStep": "destroying"}, [], record.digest(sold.content)),
    )
    installed: tuple[Any, ...] = (
        *event,
        happening("installing", "2026-09-12T10:00:00+08:00", [HEATER]),
        [],
    )
    # What is not stated yet cannot be corrected, even by who will state it three submissions later.
    dealer.sequence += 3
    foreseen = record.digest(world._content(dealer, *installed)[0])
    dealer.sequence -= 3
    (hasty,) = world.submit(dealer, (3, "epcis/2.0", resold, [], foreseen))
    (future,) = world.submit(dealer, (9, "suyuan/map/v1", {"anything": [1, "二", None]}, []))
    (unreadable,) = world.submit(
        dealer, (*event, happening("storing", "2026-09-11T15:00:00+08:00", [HEATER, "no code"]), [])
    )
    world.anchor()
    (late,) = world.submit(dealer, installed)
    assert record.digest(late.content) == foreseen
    return Story(
        world, maker, carrier, dealer, product, made, sibling, inspected, packed, stacked, shipped,
        unloaded, assembled, burner, sold, corrected, recorrected, withdrawn, rewithdrawn, erased,
        forgotten, meddled, hasty, future, unreadable, late,
    )  # fmt: skip


def aggregation(parent, children):
    return {
        "type": "AggregationEvent",
        "eventTime": "2026-09-02T06:00:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        "action": "ADD",
        "bizStep": "packing",
        "parentID": parent,
        "childEPCs": children,
    }
