"""What the browser tests show: the demo's water heater, really signed and logged, and a node's answers about it."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from eth_abi.abi import encode

from gateway import demo
from indexer.core import record, submission
from indexer.core.bundle import Bundle, Missing
from indexer.core.sighting import Sighting
from indexer.core.trust import Endpoint, Trust
from tests.indexer.core.proof_world import Kept, Party, World

NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
SERIAL = "CX26110001"
CODE = demo.epc(SERIAL)
OPERATOR = "示例溯源平台"
REGULATOR = "示例市燃气监管中心"
CONCEALED = (
    "bizTransactionList",
    "sourceList",
    "destinationList",
    "suyuan:operatorName",
    "suyuan:customerName",
    "suyuan:customerAddress",
    "suyuan:price",
)
ANCHORED = submission.keccak(b"Anchored(bytes32,uint64,uint64,uint64,bytes32)")


@dataclass
class Scene:
    """A product's public records, the trust to judge them by, and what the regulator's node will say."""

    world: World
    records: list[Kept]
    gone: list[Missing] = field(default_factory=list)
    last: int = 100
    party: str = REGULATOR  # who runs the node, as the trust settings have it
    called: str = ""  # the name that the registry gives every participant, if not their own

    @property
    def bundle(self) -> Bundle:
        bundle: Bundle = self.world.bundle(*self.records, missing=self.gone)
        return bundle

    def trust(self, regulator: str) -> Trust:
        """Trust whose second party is reached at `regulator`, a URL."""
        known: Trust = self.world.trust()
        logs = [replace(log, operator=OPERATOR) for log in known.logs]
        return replace(known, logs=logs, rpc=[Endpoint(self.party, regulator + "/rpc")])

    def answer(self, method: str, params: list[Any]) -> Any:
        """Answer a JSON-RPC call as a node of this chain does."""
        seen = self.world.sighting(REGULATOR, final=self.last)
        anchor = seen.anchor
        assert anchor is not None
        if method == "eth_chainId":
            return hex(seen.chain_id)
        if method == "eth_getBlockByNumber":
            number = {"latest": self.last, "finalized": self.last}.get(params[0])
            number = int(params[0], 16) if number is None else number
            known = {0: seen.genesis, anchor.block.number: anchor.block.hash}
            mark = known.get(number, number.to_bytes(32, "big"))
            return {"number": hex(number), "hash": _hex(mark), "timestamp": hex(anchor.block.time)}
        if method == "eth_getTransactionReceipt":
            return self._receipt(params[0]) if anchor.block.number <= self.last else None
        assert method == "eth_call"
        return _hex(self._view(bytes.fromhex(params[0]["data"][2:]), seen))

    def _receipt(self, transaction: str) -> Any:
        anchor = next(
            (one for one in self.world.anchors if _hex(one.transaction) == transaction), None
        )
        if anchor is None:
            return None
        words = encode(["uint64", "uint64", "bytes32"], [anchor.old_size, anchor.size, anchor.root])
        topics = [ANCHORED, submission.log_id(self.world.origin), anchor.number.to_bytes(32, "big")]
        log = {
            "address": _hex(self.world.trust().trace_log),
            "topics": [_hex(topic) for topic in topics],
            "data": _hex(words),
        }
        return {
            "transactionHash": transaction,
            "blockNumber": hex(anchor.block.number),
            "blockHash": _hex(anchor.block.hash),
            "logs": [log],
        }

    def _view(self, data: bytes, seen: Sighting) -> bytes:
        named = {submission.keccak(name)[:4]: name for name in VIEWS}[data[:4]]
        argument = data[4:]
        if named == b"logOf(bytes32)":
            return encode(["uint256"] * 11, [0] * 10 + [seen.carried])
        if named == b"served(bytes32,address)":
            assert argument[:32] == submission.log_id(self.world.origin)
            return encode(["bool", "bool"], [argument[44:] in seen.approvers, False])
        if named == b"keyOf(address)":
            key = seen.keys.get(argument[12:])
            if key is None:
                return encode(["uint256"] * 5, [0] * 5)
            return encode(
                ["bytes16", "bool", "uint64", "bool", "uint64"],
                [key.participant.bytes, key.custodial, key.admitted, False, 0],
            )
        found = next((p for p in seen.participants.items() if p[0].bytes == argument[:16]), None)
        if found is None:
            return encode(["string", "string", "uint8"], ["", "", 0])
        status = {"admitted": 1, "suspended": 2}[found[1].status]
        return encode(
            ["string", "string", "uint8"],
            [self.called or found[1].name, found[1].credit_code, status],
        )


VIEWS = (
    b"logOf(bytes32)",
    b"keyOf(address)",
    b"participantOf(bytes16)",
    b"served(bytes32,address)",
)


def life(*, units: int = 1, anchored: bool = True, amended: bool = False) -> Scene:
    """Log the demo's product; without `anchored` its last record waits for an anchor.

    With `amended` the shop corrects the sale and withdraws the installation, the maker erases what its inspection
    concealed, and the carrier meddles with the sale without the right to.
    """
    world = World("log.example/suyuan")
    parties = {
        one.name: world.party(one.name, custodial=one is not demo.SHOP) for one in demo.ENTERPRISES
    }
    records: list[Kept] = []
    steps = list(demo.life([f"CX2611{n:04d}" for n in range(1, units + 1)], NOW))
    for at, step in enumerate(steps):
        if at == len(steps) - 1 and not anchored:
            world.anchor()
        stated = [_stated(item) for item in step.items]
        records += world.submit(parties[step.who.name], *stated)
    if amended:
        records += _amended(world, parties, records)
    for one in records:
        one.disclosures.clear()
    if anchored:
        world.anchor()
    return Scene(world, records)


def _amended(world: World, parties: dict[str, Party], records: list[Kept]) -> list[Kept]:
    def last(step: str) -> Kept:
        return next(one for one in records if one.content["body"].get("bizStep") == step)

    sale, installed, inspected = last("retail_selling"), last("installing"), last("inspecting")
    shop, maker, carrier = (parties[one.name] for one in (demo.SHOP, demo.MAKER, demo.CARRIER))
    base = record.digest(sale.content)
    body = {name: value for name, value in sale.content["body"].items() if name != "_sd"}
    corrected = body | {"eventTime": "2026-11-18T09:00:00+08:00"}
    withdrawal = {"reason": "did_not_occur"}
    notice = {"scope": "concealed", "basis": "consent_withdrawn"}
    made: list[Kept] = world.submit(
        shop,
        (3, "epcis/2.0", corrected, [], base),
        (4, "suyuan/withdrawal/v1", withdrawal, [], record.digest(installed.content)),
    )
    made += world.submit(
        maker, (5, "suyuan/erasure/v1", notice, [], record.digest(inspected.content))
    )
    meddled = corrected | {"bizStep": "destroying"}
    made += world.submit(carrier, (3, "epcis/2.0", meddled, [], base))
    return made


def _stated(item: dict[str, Any]) -> tuple[Any, ...]:
    body = item["event"]
    if item.get("kind") == 2:
        return 2, "suyuan/product/v1", body, []
    return 1, "epcis/2.0", body, [f"/{name}" for name in CONCEALED if name in body]


def _hex(data: bytes) -> str:
    return "0x" + data.hex()
