"""What the follower kept, held to the chain once more."""

import pytest

from indexer import comparer
from indexer.store import blocks


@pytest.fixture
def compared(node, client, book, follow):
    follow()

    def differing():
        with node.connect() as connection:
            at = blocks.position(connection, book.world.deployment)
            assert at is not None
            span = (book.world.deployment.block, at.final_number)
            return {
                (one.kind, one.subject): one
                for one in comparer.compare(
                    connection, client, book.world.deployment, book.log, span
                )
            }

    return differing


@pytest.fixture
def anchored(book):
    book.grow(1)
    book.grow(2)
    return book


def test_what_was_followed_does_not_differ(anchored, compared):
    assert compared() == {}


@pytest.mark.parametrize(
    "change", ["root = decode(repeat('00', 32), 'hex')", "size = 6", "old_size = 1"]
)
def test_a_changed_anchor_is_told_with_both_words(anchored, compared, change):
    anchored.tamper(f"update ledger.anchor set {change} where number = 2")
    ((name, found),) = compared().items()
    assert name == ("ANCHOR_UNKNOWN", "chain anchor 2")
    assert found.facts["stored"] != found.facts["chain"]
    assert (found.first_index, found.last_index) == (2, 4)


def test_an_anchor_the_chain_never_had_is_missing_there(anchored, compared):
    anchored.tamper(
        "insert into ledger.anchor select log, 3, 5, 9, root, block_number, 99, tx_hash"
        " from ledger.anchor where number = 2 and log = :log",
        log=anchored.log,
    )
    ((name, found),) = compared().items()
    assert name == ("ANCHOR_MISSING", "chain anchor 3")
    assert found.facts["chain"] is None
    assert (found.first_index, found.last_index) == (5, 8)


def test_an_anchor_that_was_taken_out_is_known_to_the_chain(anchored, compared):
    anchored.tamper("delete from ledger.anchor where number = 1")
    assert set(compared()) == {("ANCHOR_UNKNOWN", "chain anchor 1")}


@pytest.mark.parametrize(
    "change",
    [
        "update ledger.registration set name = '别家' where event = 'Admitted' and participant = :p",
        "update ledger.registration set custodial = false where event = 'KeyAdded' and participant = :p",
        "delete from ledger.registration where event = 'KeyAdded' and participant = :p",
        "insert into ledger.registration select block_number, 77, 'Suspended', participant"
        " from ledger.registration where event = 'KeyAdded' and participant = :p",
    ],
)
def test_a_changed_registry_is_named_with_its_participant(anchored, compared, change):
    anchored.tamper(change, p=anchored.participant)
    ((name, found),) = compared().items()
    assert name[0] == "REGISTRY_MISMATCH"
    assert found.facts["participant"] == str(anchored.participant)


def test_a_final_block_of_another_hash_is_a_reorg(anchored, compared, client, node):
    with node.connect() as connection:
        at = blocks.position(connection, anchored.world.deployment)
    assert at is not None
    assert comparer.compare_block(client, at) is None
    other = blocks.Position(at.trace_log, 0, b"", at.final_number, b"\1" * 32, 0)
    found = comparer.compare_block(client, other)
    assert found is not None
    assert (found.kind, found.subject) == ("CHAIN_REORG", "chain")
    assert found.facts["found"] == at.final_hash.hex()


@pytest.mark.parametrize(
    "change",
    [
        "update ledger.administration set facts = facts || '{\"account\": \"00\"}' where event = 'RoleGranted'",
        "delete from ledger.administration where event = 'Opened'",
        "insert into ledger.administration select block_number, 77, contract, 'RoleRevoked', facts"
        " from ledger.administration where event = 'Opened'",
    ],
)
def test_a_changed_act_of_an_administrator_is_named_by_its_place(anchored, compared, change):
    anchored.tamper(change)
    found = compared()
    assert found
    assert {kind for kind, _ in found} == {"REGISTRY_MISMATCH"}
    assert all(subject.startswith("chain act ") for _, subject in found)
