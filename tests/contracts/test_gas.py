"""What an anchor costs stays within what operators were told: less than 85,000 gas up to 10^9 leaves."""

import sys

from indexer.core import merkle
from tests.contracts.gas import SIZES, measure
from tests.contracts.synthetic import Growth
from tests.contracts.world import World


def test_an_anchor_costs_what_operators_were_told(world: World):
    costs = measure(world)
    for cost in costs:
        sys.stdout.write(f"{cost}\n")
    assert {cost.size - cost.size % 10 for cost in costs} == set(SIZES)
    assert all(45_000 < cost.gas < 85_000 for cost in costs)


def test_synthetic_trees_are_trees():
    for old in range(1, 20):
        for new in range(old + 1, 40):
            growth = Growth(old, new)
            merkle.check_consistency(old, growth.old_root, new, growth.root, growth.proof())
            assert len(growth.proof()) == len(merkle.consistency(old, [bytes(32)] * new))
