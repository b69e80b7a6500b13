"""Bodies become items, and faults lead back to where the caller wrote what is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.catalogue import posting
from gateway.draft import BodyShapeError, RefusedError
from gateway.statement import ItemShapeError
from indexer.core import canonical, shape
from indexer.core.errors import InputError
from tests.gateway.making import product
from tests.indexer.core.cases import JSON


def unfold(value):
    body, bare = posting.unfold(canonical.encode(value))
    return canonical.decode(body), bare


def test_a_body_becomes_an_item_and_an_item_stays_one():
    item = {"event": product(), "conceal": ["/model"]}
    made, bare = unfold({"items": [product(), item], "sequence": 3})
    assert made == {
        "sequence": 3,
        "items": [{"event": product(), "kind": 2}, {**item, "kind": 2}],
    }
    assert bare == {0}


def test_an_item_of_another_kind_goes_elsewhere():
    for kind in (1, 3, "2", None):
        with pytest.raises(ItemShapeError) as caught:
            unfold({"items": [product(), {"event": product(), "kind": kind}]})
        assert caught.value.place == "/items/1/kind"


@pytest.mark.parametrize("value", [[], 5, {}, {"items": {}}])
def test_what_holds_no_items_is_refused(value):
    with pytest.raises(BodyShapeError):
        unfold(value)


def missing(place):
    return shape.MissingMemberError(place=place)


def test_a_place_in_a_bare_bodys_item_is_the_place_in_the_body():
    bare = frozenset({1, 12})
    for before, after in (
        ("/items/1/event/gtin", "/items/1/gtin"),
        ("/items/12/event", "/items/12"),
        ("/items/1/eventually", "/items/1/eventually"),
        ("/items/0/event/gtin", "/items/0/event/gtin"),
        ("/sequence", "/sequence"),
    ):
        found = posting.placed(missing(before), bare)
        assert (type(found), found.place) == (shape.MissingMemberError, after)
        assert repr(after) in str(found)


def test_each_of_several_faults_is_placed():
    several = RefusedError(
        faults=[missing("/items/1/event/a"), missing("/items/0/event/b")], count=25
    )
    found = posting.placed(several, frozenset({1}))
    assert isinstance(found, RefusedError)
    assert [one.place for one in found.faults] == ["/items/1/a", "/items/0/event/b"]
    assert found.facts["count"] == 25


@given(st.one_of(JSON, st.fixed_dictionaries({"items": st.lists(JSON, max_size=3)})))
def test_hostile_bodies_raise_input_errors_alone(value):
    try:
        made, bare = unfold(value)
    except InputError:
        return
    assert isinstance(made, dict)
    assert len(made["items"]) >= len(bare)
