"""A recall lists exactly the finished things that hold what is recalled, and where each is now."""

from gateway.recall import items
from indexer.core import code
from indexer.core.walk import Direction
from tests.gateway import tales
from tests.gateway.tales import canonical as canon
from tests.gateway.test_tracer import site, told  # noqa: F401 -- a fixture


def recalled(site, asked, reader=None):  # noqa: F811
    with site.asking() as (verifier, connection):
        story = verifier.trace(connection, code.parse(asked), reader, Direction.FORWARD)
    return {one.code: one for one in items(story)}


def test_a_lot_of_valves_is_found_in_its_heaters_and_where_they_are(site):  # noqa: F811
    maker, carrier = told(site)
    found = recalled(site, tales.VALVE_LOT)
    assert set(found) == {canon(one) for one in [*tales.HEATERS, tales.VALVES[0]]}
    installed, boxed, stayed = (found[canon(tales.HEATERS[n])] for n in (0, 1, 5))
    # The valve was taken out of the first heater, which now has another lot's; the valve itself is still about.
    assert installed.until == "2026-11-18T07:00:00"
    assert (installed.holder, installed.place) == (None, tales.place(3)["bizLocation"]["id"])
    assert found[canon(tales.VALVES[0])].until == "~"
    assert (boxed.until, boxed.holder) == ("~", canon(tales.CASES[0]))
    # Last seen with its pallet, where that was received and unpacked.
    assert (boxed.place, boxed.participant) == (tales.place(2)["bizLocation"]["id"], carrier.id)
    assert (stayed.holder, stayed.participant) == (None, maker.id)
    assert all(one.records for one in found.values())


def test_material_is_followed_through_lots_and_holders_are_no_finished_things(site):  # noqa: F811
    told(site)
    assert set(recalled(site, tales.BRASS)) == set(recalled(site, tales.VALVE_LOT))
    assert set(recalled(site, tales.BURNER)) == {canon(one) for one in tales.HEATERS}


def test_what_went_into_nothing_has_no_recall(site):  # noqa: F811
    told(site)
    assert recalled(site, tales.HEATERS[5]) == {}
    assert recalled(site, "urn:x:nobody") == {}


def test_a_pallet_is_recalled_as_its_contents_by_who_may_see_them(site):  # noqa: F811
    maker, _ = told(site)
    assert recalled(site, tales.PALLET) == {}
    assert set(recalled(site, tales.PALLET, maker.id)) == {canon(one) for one in tales.HEATERS[:5]}
