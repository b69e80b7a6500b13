import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.exchange.xml import CONTEXT, RootError
from gateway.exchange.xmlnames import MissingElementError
from gateway.exchange.xmltree import XmlError
from indexer.core import canonical, event
from indexer.core.errors import InputError
from indexer.core.eventhash import event_hash
from tests.gateway.exchange.papers import (
    HASHES_12,
    HASHES_20,
    MASTER_DATA,
    QUERY,
    V12,
    V20,
    convert,
    with_event,
)


def hashes(document):
    return [event_hash(one) for one in event.split(document)]


@pytest.mark.parametrize(("paper", "expected"), [(V12, HASHES_12), (V20, HASHES_20)])
def test_an_event_keeps_its_hash(paper, expected):
    assert hashes(convert(paper.encode())) == expected


def test_a_document_becomes_a_document():
    document = convert(V12.encode())
    assert document["@context"] == [CONTEXT, {"acme": "https://acme.example/epcis/"}]
    assert document["type"] == "EPCISDocument"
    assert document["schemaVersion"] == "2.0"
    assert document["creationDate"] == "2026-03-04T10:01:00+08:00"
    assert document["sender"] == "urn:epc:id:sgln:6945000.00001.0"
    assert document["receiver"] == "urn:epc:id:sgln:6945000.00002.0"
    assert document["instanceIdentifier"] == "D-7"
    assert [one["type"] for one in event.split(document)] == [
        "ObjectEvent",
        "AggregationEvent",
        "TransactionEvent",
        "TransformationEvent",
    ]


def test_what_it_becomes_is_admitted():
    for paper in (V12, V20, QUERY, MASTER_DATA):
        document = convert(paper.encode())
        assert canonical.decode(canonical.encode(document)) == document


def test_an_answer_to_a_query_becomes_a_document_of_its_events():
    document = convert(QUERY.encode())
    assert document["type"] == "EPCISDocument"
    assert document["acme:ignoreFields"] == ["acme:captured"]
    [found] = event.split(document)
    assert found["acme:captured"] == "17"
    without = {name: value for name, value in found.items() if name != "acme:captured"}
    assert event_hash(found, {"acme:captured"}) == event_hash(without)


def test_an_answer_without_a_body_is_read_too():
    inside = QUERY.replace("<EPCISBody>", "").replace("</EPCISBody>", "")
    flat = inside.replace("<q:QueryResults>", "").replace("</q:QueryResults>", "")
    assert convert(inside.encode()) == convert(flat.encode()) == convert(QUERY.encode())


def test_master_data_may_stand_alone():
    document = convert(MASTER_DATA.encode())
    assert document["epcisBody"] == {"eventList": []}
    [vocabulary] = document["epcisHeader"]["epcisMasterData"]["vocabularyList"]
    assert vocabulary["vocabularyElementList"] == [{"id": "urn:epc:id:sgln:6945000.00001.0"}]


def test_namespaces_may_be_written_out_by_default():
    paper = V20.replace("<epcis:", "<").replace("</epcis:", "</").replace("xmlns:epcis=", "xmlns=")
    assert hashes(convert(paper.encode())) == HASHES_20


def test_encodings_other_than_utf_8_are_read():
    for encoding in ("utf-16", "iso-8859-1"):
        paper = V20.replace('encoding="UTF-8"', f'encoding="{encoding}"')
        assert hashes(convert(paper.encode(encoding))) == HASHES_20


@pytest.mark.parametrize("root", ["<html/>", "<x:EPCISDocument xmlns:x='https://x.example/'/>"])
def test_another_document_is_refused(root):
    with pytest.raises(RootError):
        convert(root.encode())


def test_a_document_without_events_names_what_it_lacks():
    with pytest.raises(MissingElementError) as caught:
        convert(b"<EPCISDocument><EPCISBody>\n</EPCISBody></EPCISDocument>")
    assert (caught.value.place, caught.value.facts["name"]) == (
        "/EPCISDocument/EPCISBody",
        "EventList",
    )


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_by_name(data):
    with pytest.raises(XmlError):
        convert(data)


@settings(max_examples=300)
@given(st.sampled_from([V12, V20, QUERY]), st.data())
def test_a_spoilt_document_is_read_or_refused_by_name(paper, data):
    spoilt = bytearray(paper.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        spoilt[data.draw(st.integers(0, len(spoilt) - 1))] = data.draw(st.integers(0, 255))
    try:
        document = convert(bytes(spoilt))
        canonical.decode(canonical.encode(document))
        hashes(document)
    except InputError:
        return


def test_a_wide_document_takes_no_more_than_its_share_of_time():
    many = "".join(f'<a:b xmlns:a="https://a{n}.example/"/>' for n in range(20_000))
    document = convert(with_event(many))
    assert len(document["@context"][1]) == 20_000
