"""Elements out of a document's header: kept as sent, with what stood around them."""

from typing import Any

import pytest
from hypothesis import given

from indexer.core import header
from indexer.core.errors import InputError
from tests.indexer.core.cases import JSON

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
PLACES = "urn:epcglobal:epcis:vtype:BusinessLocation"
PLACE: dict[str, Any] = {
    "id": "urn:epc:id:sgln:6945000.00101.0",
    "attributes": [
        {"id": "cbvmda:site", "attribute": "6945000001012"},
        {"id": "urn:x:address", "attribute": {"x:street": "示例路"}},
    ],
    "children": ["urn:epc:id:sgln:6945000.00101.L3"],
}
LIST = "/epcisHeader/epcisMasterData/vocabularyList"


def document(*elements, **more):
    vocabulary = {"type": PLACES, "vocabularyElementList": list(elements)}
    header = {"epcisMasterData": {"vocabularyList": [vocabulary]}}
    return {"@context": CONTEXT, "type": "EPCISDocument", "epcisHeader": header, **more}


def test_each_element_is_a_body_of_its_own_and_says_where_it_stood():
    sent = document(PLACE, {"id": "urn:x:y", "isA": "epcis:VocabularyElement"})
    found = list(header.split(sent))
    assert found == [
        (
            f"{LIST}/0/vocabularyElementList/0",
            {"type": header.TYPE, "vocabulary": PLACES, **PLACE, "@context": CONTEXT},
        ),
        (
            f"{LIST}/0/vocabularyElementList/1",
            {"type": header.TYPE, "vocabulary": PLACES, "id": "urn:x:y", "@context": CONTEXT},
        ),
    ]
    for _, body in found:
        header.check(body)


def test_contexts_are_joined_from_the_outside_in():
    sent = document(
        {"id": "urn:x:y", "@context": {"b": "urn:b:"}}, **{"@context": [CONTEXT, {"a": "urn:a:"}]}
    )
    ((_, body),) = header.split(sent)
    assert body["@context"] == [CONTEXT, {"a": "urn:a:"}, {"b": "urn:b:"}]
    ((_, bare),) = header.split({**document({"id": "urn:x:y"}), "@context": None})
    assert "@context" not in bare


@pytest.mark.parametrize(
    "said", [None, {}, {"epcisMasterData": {}}, {"epcisMasterData": {"vocabularyList": []}}, 5]
)
def test_a_header_without_master_data_has_no_elements(said):
    assert list(header.split({"epcisHeader": said})) == []
    assert list(header.split({})) == []


@pytest.mark.parametrize(
    ("listed", "place"),
    [
        (5, LIST),
        ([5], f"{LIST}/0"),
        ([{"vocabularyElementList": {}}], f"{LIST}/0/vocabularyElementList"),
    ],
)
def test_a_list_that_is_none_is_named(listed, place):
    sent: Any = {"epcisHeader": {"epcisMasterData": {"vocabularyList": listed}}}
    with pytest.raises(InputError) as caught:
        list(header.split(sent))
    assert caught.value.place == place


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"id": "no uri"}, "/id"),
        ({"vocabulary": None}, "/vocabulary"),
        ({"attributes": [{"id": "x"}]}, "/attributes/0/attribute"),
        ({"children": [5]}, "/children/0"),
        ({"more": 1}, "/more"),
    ],
)
def test_what_is_wrong_is_named(changes, place):
    with pytest.raises(InputError) as caught:
        header.check({"type": header.TYPE, "vocabulary": PLACES, **PLACE, **changes})
    assert caught.value.place == place


@given(JSON, JSON)
def test_hostile_headers_raise_input_errors_alone(listed, elements):
    vocabularies = [listed, {"type": PLACES, "vocabularyElementList": elements}]
    for hostile in (listed, vocabularies):
        try:
            for _, body in header.split(
                {"epcisHeader": {"epcisMasterData": {"vocabularyList": hostile}}}
            ):
                header.check(body)
        except InputError as error:
            str(error).encode()
