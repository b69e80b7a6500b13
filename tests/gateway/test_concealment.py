from typing import Any

import jsonpath_rfc9535 as jsonpath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.catalogue.examples import GOLDEN
from gateway.concealment import PUBLISHED, inside, lacking, outermost, pointers, published
from indexer.core import disclosure, event, filing, header, masterdata, product, site
from indexer.core.pointer import escape
from indexer.core.topics import TOPICS
from tests.gateway.catalogue.stating import material, site_data
from tests.gateway.making import event as made_event
from tests.gateway.making import product as made_product

KEY = bytes(32)


def located(stated, schema):
    """Run the published list as a stranger would."""
    return {
        "".join(map(escape, node.location))
        for path in published()[schema]
        for node in jsonpath.find(path, stated)
    }


def test_the_list_conceals_what_it_says():
    stated = made_event(
        bizTransactionList=[
            {"type": "po", "bizTransaction": "urn:x:1"},
            {"bizTransaction": "urn:x:2"},
        ],
        sourceList=[{"type": "owning_party", "source": "urn:x:3"}],
        quantityList=[{"epcClass": "https://id.gs1.org/01/06945000000015", "quantity": 3}],
        **{"suyuan:operatorName": "梁工", "suyuan:conclusion": "合格"},
        ilmd={"suyuan:lot": "L1", "suyuan:price": 3299},
    )
    assert set(pointers(stated, event.SCHEMA)) == {
        "/bizTransactionList/0",
        "/bizTransactionList/1",
        "/sourceList/0",
        "/quantityList/0/quantity",
        "/suyuan:operatorName",
        "/ilmd/suyuan:price",
    }


def test_a_products_data_stays_readable():
    assert pointers(made_product(), product.SCHEMA) == []
    assert published()[product.SCHEMA] == []


def test_of_master_data_persons_addresses_and_suppliers_are_concealed():
    assert pointers(site_data(address="示例路", regionCode="440605"), site.SCHEMA) == ["/address"]
    bought = material(supplier="urn:x:s")
    assert pointers(bought, masterdata.SCHEMAS["Material"].name) == ["/supplier"]
    assert set(pointers(GOLDEN["filing"], filing.SCHEMA)) == {
        "/legalRepresentative",
        "/address",
        "/contactName",
        "/contactPhone",
    }


def test_of_a_vocabularys_element_only_the_values_that_say_where_and_who_are_concealed():
    attributes = [
        {"id": "urn:epcglobal:cbv:mda#name", "attribute": "一厂"},
        {"id": "urn:epcglobal:cbv:mda#streetAddressOne", "attribute": "示例路 8 号"},
        {"id": "cbvmda:latitude", "attribute": 23.02},
        {"id": "urn:epcglobal:cbv:owning_party", "attribute": "urn:x:party"},
        {"id": "https://gs1.org/voc/telephone", "attribute": "0757"},
    ]
    stated: Any = {"type": "VocabularyElement", "attributes": attributes}
    assert pointers(stated, header.SCHEMA) == [f"/attributes/{at}/attribute" for at in (1, 2, 3, 4)]


@pytest.mark.parametrize("name", TOPICS)
def test_a_topics_secrets_are_concealed_and_its_example_still_opens(name):
    stated = GOLDEN[name]
    found = pointers(stated, event.SCHEMA)
    body, disclosures = disclosure.conceal(stated, found, KEY)
    assert disclosure.reveal(body, disclosures) == stated
    assert body["suyuan:topic"] == name
    hidden = {
        "suyuan:supplier",
        "suyuan:seller",
        "suyuan:carrier",
        "suyuan:plateNumber",
        "suyuan:operatorName",
    }
    assert not (hidden | {"suyuan:signatory", "suyuan:price"}) & body.keys()


def test_packed_children_are_concealed_one_by_one():
    stated: Any = {
        "type": "AggregationEvent",
        "childEPCs": ["urn:x:1", "urn:x:2"],
        "childQuantityList": [{"epcClass": "urn:x:3"}],
    }
    assert set(pointers(stated, event.SCHEMA)) == {
        "/childEPCs/0",
        "/childEPCs/1",
        "/childQuantityList/0",
    }


def test_what_is_built_in_is_not():
    """Whoever has the heater has its valve; the pallet's other heaters are other people's."""
    stated: Any = {
        "type": "AssociationEvent",
        "parentID": "urn:x:heater",
        "childEPCs": ["urn:x:valve"],
        "childQuantityList": [{"epcClass": "urn:x:gasket", "quantity": 2}],
        "sensorElementList": [{"sensorReport": [{"type": "Pressure", "value": 2}]}],
    }
    assert pointers(stated, event.SCHEMA) == []


names = st.sampled_from(
    [
        "suyuan:price",
        "price",
        "a/b",
        "~",
        "address",
        "x",
        "suyuan:operator",
        "quantity",
        "suyuan:supplier",
    ]
)
# What is never admitted, no event has.
TEXT = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
listed = ["quantityList", "outputQuantityList", "childEPCs", "childQuantityList", "sourceList"]
types = st.sampled_from(["AggregationEvent", "AssociationEvent", "ObjectEvent", 7, None])
values = st.recursive(
    st.one_of(st.none(), st.integers(0, 9), st.text(TEXT, max_size=3)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3)),
    max_leaves=12,
)


@given(
    st.dictionaries(
        st.one_of(names, st.sampled_from(list("ab")), st.sampled_from(listed)), values, max_size=4
    ),
    types,
)
def test_the_walk_finds_what_the_published_paths_find(stated, kind):
    stated = {**stated, "type": kind}
    assert set(pointers(stated, event.SCHEMA)) == set(outermost(located(stated, event.SCHEMA)))


@given(st.dictionaries(names, values, min_size=1, max_size=4))
def test_what_is_required_can_always_be_concealed(stated):
    found = pointers(stated, event.SCHEMA)
    body, disclosures = disclosure.conceal(stated, found, KEY)
    assert len(disclosures) == len(found)
    assert not located(body, event.SCHEMA)
    assert disclosure.reveal(body, disclosures) == stated


def test_a_wish_comes_before_what_is_required():
    stated = made_event(**{"suyuan:price": 1, "suyuan:conclusion": "合格"})
    assert pointers(stated, event.SCHEMA, ["/suyuan:conclusion"]) == [
        "/suyuan:conclusion",
        "/suyuan:price",
    ]


def test_a_wish_for_something_required_is_no_repetition():
    stated = made_event(**{"suyuan:price": 1})
    assert pointers(stated, event.SCHEMA, ["/suyuan:price"]) == ["/suyuan:price"]


def test_a_wider_wish_takes_the_place_of_what_it_holds():
    stated = made_event(bizTransactionList=[{"type": "po", "bizTransaction": "urn:x:1"}])
    assert pointers(stated, event.SCHEMA, ["/bizTransactionList"]) == ["/bizTransactionList"]


def test_a_narrower_wish_is_heeded_with_what_holds_it():
    stated = made_event(bizTransactionList=[{"type": "po", "bizTransaction": "urn:x:1"}])
    wished = ["/bizTransactionList/0/bizTransaction", "/bizStep"]
    assert pointers(stated, event.SCHEMA, wished) == ["/bizStep", "/bizTransactionList/0"]


def test_a_narrower_wish_that_dangles_is_refused_at_its_place():
    stated = made_event(bizTransactionList=[{"type": "po", "bizTransaction": "urn:x:1"}])
    with pytest.raises(disclosure.DanglingPointerError) as error:
        pointers(stated, event.SCHEMA, ["/bizStep", "/bizTransactionList/0/nothing"])
    assert error.value.place == "/conceal/1"


def test_repeated_wishes_come_back_for_refusal():
    assert pointers(made_event(), event.SCHEMA, ["/bizStep", "/bizStep"]) == [
        "/bizStep",
        "/bizStep",
    ]


def test_inside_is_by_whole_steps():
    assert inside("/a/b", ["/a"])
    assert not inside("/ab", ["/a"])
    assert not inside("/a", ["/a"])


def test_the_list_cannot_be_changed_by_who_reads_it():
    published()[event.SCHEMA].clear()
    assert published()[event.SCHEMA] == list(PUBLISHED[event.SCHEMA])


def test_what_is_required_and_named_nowhere_is_lacking():
    stated = made_event(
        bizTransactionList=[{"bizTransaction": "urn:x:1"}, {"bizTransaction": "urn:x:2"}],
        **{"suyuan:price": 1},
    )
    assert lacking(stated, event.SCHEMA, []) == [
        "/suyuan:price",
        "/bizTransactionList/0",
        "/bizTransactionList/1",
    ]
    assert lacking(stated, event.SCHEMA, ["/bizTransactionList", "/suyuan:price"]) == []
    inner = ["/bizTransactionList/0/bizTransaction", "/suyuan:price", "/bizTransactionList/1"]
    assert lacking(stated, event.SCHEMA, inner) == ["/bizTransactionList/0"]
    assert lacking(stated, event.SCHEMA, pointers(stated, event.SCHEMA)) == []
