"""A node goes along to a new chain, and not with less than it saw."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from indexer import carrying
from indexer.chain.deployment import Deployment
from indexer.core import merkle
from indexer.core.submission import address
from indexer.follower import Follower
from indexer.reconciler import Reconciler
from indexer.settings import load
from indexer.store import findings, former
from tests.contracts.world import LOG_KEY, World
from tests.indexer.book import Book

NOW = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture
def new(devnet) -> World:
    return World.on(devnet)


@pytest.fixture
def told(book, world, follow, tmp_path, monkeypatch):
    """A node that follows a log of three leaves."""
    book.grow(1, 2)
    follow()
    file = tmp_path / "deployment.json"
    file.write_bytes(world.deployment.to_json())
    monkeypatch.setenv("SUYUAN_DEPLOYMENT", str(file))
    monkeypatch.setenv("SUYUAN_LOG_ORIGIN", book.origin)
    return load()


def open_there(new: World, book: Book, size: int, root: bytes) -> None:
    parties = (new.address("operator"), LOG_KEY, new.address("stranger"))
    new.hands["admin"].open_log(book.origin, *parties, size=size, root=root, predecessor=book.log)


def go(owner, client, new: World, told, tmp_path):
    file = tmp_path / "new.json"
    file.write_bytes(new.deployment.to_json())
    return carrying.carry_on(owner, client, file, told, NOW)


def newest(owner, book: Book):
    query = text("select size, root from ledger.anchor where log = :log order by size desc limit 1")
    with owner.connect() as connection:
        return connection.execute(query, {"log": book.log}).one()


def test_it_follows_a_log_that_goes_on_with_all_it_saw(owner, client, new, told, book, tmp_path):
    size, root = newest(owner, book)
    open_there(new, book, size, root)
    old = Deployment.load(told.deployment)
    done = go(owner, client, new, told, tmp_path)
    assert (done.size, done.root) == (size, root)
    assert Deployment.load(told.deployment) == new.deployment
    assert Deployment.load(done.kept) == old
    with owner.connect() as connection:
        assert former.anchors(connection, book.log, 0, 2**53, 9)[-1].root == root


@pytest.mark.parametrize("what", ["less", "other"])
def test_it_does_not_follow_a_log_that_forgets(owner, client, new, told, book, tmp_path, what):
    size, root = newest(owner, book)
    open_there(new, book, size - (what == "less"), merkle.leaf_hash(root))
    with pytest.raises(former.CarriedShortError):
        go(owner, client, new, told, tmp_path)
    assert newest(owner, book).size == size
    assert Deployment.load(told.deployment) != new.deployment


def test_a_chain_without_the_log_is_told(owner, client, new, told, tmp_path):
    with pytest.raises(carrying.NotCarriedError):
        go(owner, client, new, told, tmp_path)


@pytest.fixture
def carried(owner, node, client, new, told, book, tmp_path):
    """The log, gone on: its participant is in the new register, and the node has followed it there."""
    book.grow(3)
    follow_to_end(node, client, book.world)
    size, root = newest(owner, book)
    new.hands["registrar"].admit(
        book.participant,
        "燃气具制造有限公司",
        "91110000600037341L",
        address(book.key),
        custodial=True,
        possession=new.possession(book.participant, book.key),
    )
    open_there(new, book, size, root)
    go(owner, client, new, told, tmp_path)
    book.world = new
    follow_to_end(node, client, new)
    return book


def follow_to_end(node, client, world: World) -> None:
    follower = Follower(node, client, world.deployment)
    while follower.step() != "idle":
        pass


def look(node, client, book: Book) -> set[tuple[str, str]]:
    found = Reconciler(node, client, book.world.deployment, book.origin).run(NOW)
    return {(one.kind, one.subject) for one in found}


def checkpoints(owner, book: Book) -> None:
    """Publish what stands under the old chain's anchors."""
    with owner.begin() as connection:
        connection.execute(
            text(
                "insert into ledger.checkpoint"
                " select distinct size, root, 'n' from ledger.former_anchor where log = :log"
            ),
            {"log": book.log},
        )


def test_a_log_that_goes_on_fits_before_and_after_something_new(owner, node, client, carried):
    checkpoints(owner, carried)
    assert look(node, client, carried) == set()
    carried.grow(2)
    follow_to_end(node, client, carried.world)
    assert look(node, client, carried) == set()


def test_whether_a_record_was_late_is_told_by_its_first_anchor(owner, node, client, carried):
    with owner.connect() as connection:
        times = connection.scalars(
            text("select time from ledger.former_anchor where log = :log order by size"),
            {"log": carried.log},
        ).all()
    carried.tamper("update ledger.submission set anchor_by = :due", due=max(times))
    assert look(node, client, carried) == set()
    carried.tamper("update ledger.submission set anchor_by = :due", due=min(times) - 1)
    late = {subject for kind, subject in look(node, client, carried) if kind == "ANCHOR_LATE"}
    assert late == {"former anchor 5", "former anchor 9"}
    carried.tamper("update ledger.submission set anchor_by = :due", due=2**31)
    assert look(node, client, carried) == set()
    with node.connect() as connection:
        assert findings.read(connection) == []


def test_an_old_chains_anchor_that_does_not_fit_the_log_is_found(node, client, carried):
    carried.tamper("update ledger.former_anchor set root = :r where size = 5", r=bytes(32))
    assert ("ROOT_MISMATCH", "former anchor 5") in look(node, client, carried)


def test_an_altered_record_is_found_under_the_opening_too(node, client, carried):
    carried.tamper(
        "update ledger.record set content = convert_to('{}', 'UTF8') where id = :id",
        id=carried.records[0],
    )
    assert "BODY_ALTERED" in {kind for kind, _ in look(node, client, carried)}
