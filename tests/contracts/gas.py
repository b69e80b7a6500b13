"""What an anchor costs, at any size of log: a measurement that tests and the bench share."""

from collections.abc import Iterable
from dataclasses import dataclass

from tests.contracts.synthetic import Growth
from tests.contracts.world import World

SIZES = (10**3, 10**6, 10**9)
BATCHES = (1, 64, 1000)


@dataclass(frozen=True)
class Cost:
    """Gas of one anchor: from `size` leaves, `batch` more, with a proof of `hashes`."""

    size: int
    batch: int
    hashes: int
    gas: int

    def __str__(self) -> str:
        grown = f"{self.size:,} leaves + {self.batch:,}"
        return f"{grown}: {self.gas:,} gas, {self.hashes} hashes"


def measure(world: World, sizes: Iterable[int] = SIZES) -> list[Cost]:
    """Anchor synthetic logs and read the gas from the receipts.

    Each size is measured as it is and one above: an odd size has the longest proofs, a round one shorter.
    """
    return [
        _measure(world, old, batch)
        for size in sizes
        for old in (size, size + 1)
        for batch in BATCHES
    ]


def _measure(world: World, size: int, batch: int) -> Cost:
    growth = Growth(size, size + batch, seed=b"gas")
    log = world.new_log(growth.old, growth.old_root)
    proof = growth.proof()
    receipt = world.send("operator", world.anchoring(log, growth.new, growth.root, proof))
    return Cost(size, batch, len(proof), int(receipt["gasUsed"]))
