import pytest

from gateway.leader import Term
from gateway.recount import LoggedAlteredError, PlaceMissingError, TilesAlteredError, recount
from gateway.sequencer import Sequencer
from indexer.core import merkle, tile
from indexer.store import ledger
from tests.gateway.making import NOW, ORIGIN, Desk, body, event
from tests.gateway.tampering import tamper


@pytest.fixture
def desk(database):
    return Desk(database)


@pytest.fixture
def store(desk):
    made = desk.engine("loop")
    yield made
    made.dispose()


@pytest.fixture
def log(desk, store):
    """A log of 600 records in 6 submissions of 100."""
    maker = desk.admit().participant
    term = Term.begin(store, ORIGIN, NOW)
    assert term is not None
    sent = body(*(event(str(n)) for n in range(100)))
    desk.submit_all([(maker, sent, None)] * 6)
    while Sequencer(store, term).step():
        pass
    yield store
    term.end()


def counted(log, old_size, most=10_000, kept=None):
    with log.begin() as connection:
        return recount(connection, old_size, most, (kept or {}).get)


def leaves(log):
    with log.begin() as connection:
        return [leaf for one in ledger.entries(connection, 0, 99) for leaf in ledger.leaves(one)]


def test_the_files_are_the_whole_log_from_nothing(log):
    made = counted(log, 0)
    assert made.size == 606
    assert set(made.files) == {
        *(f"tile/0/{n}" for n in ("000", "001", "002.p/94")),
        "tile/1/000.p/2",
        *(f"tile/entries/{n}" for n in ("000", "001", "002.p/94")),
    }
    whole = [
        leaf
        for index, width in ((0, 256), (1, 256), (2, 94))
        for leaf in tile.parse_entries(made.files[tile.entries_path(index, width)], index, width)
    ]
    assert whole == leaves(log)
    root = tile.Tree(lambda level, index, width: made.files[tile.path(level, index, width)]).root(
        606
    )
    assert root == merkle.root([merkle.leaf_hash(leaf) for leaf in whole])


def test_only_what_is_new_since_the_last_anchor_is_made(log):
    made = counted(log, 505)
    assert made.size == 606
    assert set(made.files) == {
        "tile/0/001", "tile/0/002.p/94", "tile/1/000.p/2", "tile/entries/001", "tile/entries/002.p/94",
    }  # fmt: skip


def test_an_anchor_inside_a_submission_can_be_gone_on_from(log):
    assert counted(log, 550).size == 606


def test_it_stops_with_the_submission_in_which_the_bound_lies(log):
    assert counted(log, 0, 150).size == 202
    assert counted(log, 202, 101).size == 303
    assert counted(log, 202, 1).size == 303


def test_nothing_new_is_nothing(log):
    made = counted(log, 606)
    assert made.size == 606
    assert not [name for name in made.files if name.startswith("tile/0")]


def record_at(log, index):
    """Find the record whose leaf stands at an index."""
    with log.begin() as connection:
        [one] = ledger.entries(connection, index, 1)
    stated = one.records[index - one.first_index - 1]
    assert stated is not None
    return stated.id


@pytest.mark.parametrize("index", [1, 255, 256, 300, 605])
def test_a_changed_content_is_named_with_its_place(log, desk, index):
    changed = record_at(log, index)
    tamper(desk.database, f"update ledger.record set content = 'x' where id = '{changed}'")
    with pytest.raises(LoggedAlteredError) as error:
        counted(log, 0)
    assert error.value.facts["index"] == index
    assert str(changed) in str(error.value)


def test_a_record_that_is_gone_is_named_by_its_submission(log, desk):
    gone = record_at(log, 305)
    tamper(desk.database, f"delete from ledger.record where id = '{gone}'")
    with pytest.raises(LoggedAlteredError, match="record 1 of which is gone") as error:
        counted(log, 0)
    assert error.value.facts["index"] == 305


def test_a_submission_that_is_gone_is_named(log, desk):
    with log.begin() as connection:
        [one] = ledger.entries(connection, 303, 1)
    tamper(desk.database, f"delete from ledger.submission where id = '{one.submission}'")
    with pytest.raises(ledger.SubmissionMissingError, match=str(one.submission)):
        counted(log, 0)


def test_what_is_anchored_already_is_not_counted_again(log, desk):
    # The chain's own root holds it; the reconciler reports it.
    tamper(
        desk.database, f"update ledger.record set content = 'x' where id = '{record_at(log, 1)}'"
    )
    assert counted(log, 303).size == 606


def test_swapped_records_are_found(log, desk):
    one, other = record_at(log, 310), record_at(log, 311)
    tamper(
        desk.database,
        f"update ledger.record set position = 1000 where id = '{one}'",
        f"update ledger.record set position = 6 where id = '{other}'",
        f"update ledger.record set position = 7 where id = '{one}'",
    )
    with pytest.raises(LoggedAlteredError) as error:
        counted(log, 0)
    assert error.value.facts["index"] == 310


@pytest.mark.parametrize(
    "statement",
    [
        "update ledger.tile set hashes = sha256('x') || substr(hashes, 33) where level = 1",
        "update ledger.tile set hashes = substr(hashes, 1, 32) || sha256('x') where level = 1",
    ],
)
def test_a_changed_tile_above_the_leaves_is_named(log, desk, statement):
    tamper(desk.database, statement)
    with pytest.raises(TilesAlteredError, match=r"tile/1/000\.p/2"):
        counted(log, 0)


def test_a_leaf_slipped_into_the_tiles_is_found(log, desk):
    tamper(
        desk.database,
        "update ledger.tile set hashes = substr(hashes, 1, 320) || sha256('x') || substr(hashes, 353)"
        " where level = 0 and number = 1",
    )
    with pytest.raises(LoggedAlteredError) as error:
        counted(log, 0)
    assert error.value.facts["index"] == 266


@pytest.mark.parametrize("at", [0, 202, 404])
def test_a_place_that_is_gone_is_no_end(log, desk, at):
    tamper(desk.database, f"delete from ledger.placement where first_index = {at}")
    with pytest.raises(PlaceMissingError) as error:
        counted(log, 0)
    assert error.value.facts["index"] == at


def test_without_its_last_place_the_log_is_shorter(log, desk):
    # Then the chain's head lies beyond the store, or nothing was anchored of it.
    tamper(desk.database, "delete from ledger.placement where first_index = 505")
    assert counted(log, 0).size == 505


def test_a_record_altered_after_its_anchor_does_not_stop_the_next(log, database):
    """The reconciler names it; everybody else's records go on being anchored."""
    before = counted(log, 0, most=1)
    assert before.size == 101
    whole = counted(log, before.size, kept=before.files)
    tamper(
        database,
        "update ledger.record set content = 'x' where id = (select id from ledger.record order by id limit 1)",
    )
    assert counted(log, before.size, kept=before.files) == whole


@pytest.mark.parametrize(
    "spoil", [lambda data: data[:-1], lambda data: b"\0\x2a" + bytes(42) + data[44:]]
)
def test_a_spoilt_file_is_no_substitute_for_the_store(log, spoil):
    before = counted(log, 0, most=1)
    path = tile.entries_path(0, 101)
    spoilt = before.files | {path: spoil(before.files[path])}
    assert counted(log, 101, kept=spoilt) == counted(log, 101, kept=before.files)
