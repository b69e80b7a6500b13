import pytest

from gateway.exchange.xmlnames import MissingAttributeError, UnknownElementError
from tests.gateway.exchange.papers import MASTER_DATA, V12, convert


def test_vocabularies_take_the_form_that_json_has():
    assert convert(V12.encode())["epcisHeader"] == {
        "epcisMasterData": {
            "vocabularyList": [
                {
                    "type": "urn:epcglobal:epcis:vtype:EPCClass",
                    "vocabularyElementList": [
                        {
                            "id": "urn:epc:idpat:sgtin:6945000.000001.*",
                            "attributes": [
                                {
                                    "id": "urn:epcglobal:cbv:mda#descriptionShort",
                                    "attribute": "燃气热水器",
                                },
                                {
                                    "id": "urn:epcglobal:cbv:mda#netWeight",
                                    "attribute": {"acme:kg": "12.5"},
                                },
                            ],
                        }
                    ],
                },
                {
                    "type": "urn:epcglobal:epcis:vtype:Location",
                    "vocabularyElementList": [
                        {
                            "id": "urn:epc:id:sgln:6945000.00001.0",
                            "children": [
                                "urn:epc:id:sgln:6945000.00001.1",
                                "urn:epc:id:sgln:6945000.00001.2",
                            ],
                        }
                    ],
                },
            ]
        }
    }


def test_a_header_that_says_nothing_is_not_there():
    start, end = V12.index("  <EPCISHeader>"), V12.index("  <EPCISBody>")
    for header in ("", "<EPCISHeader/>", "<EPCISHeader><extension/></EPCISHeader>"):
        document = convert((V12[:start] + header + V12[end:]).encode())
        assert not {"epcisHeader", "sender", "receiver", "instanceIdentifier"} & set(document)


@pytest.mark.parametrize(
    ("before", "after", "error"),
    [
        (' type="urn:epcglobal:epcis:vtype:Location"', "", MissingAttributeError),
        (' id="urn:epc:id:sgln:6945000.00001.0"', "", MissingAttributeError),
        ("VocabularyElement ", "Element ", UnknownElementError),
        ("/></Vocab", "><x/></VocabularyElement></Vocab", UnknownElementError),
    ],
)
def test_what_is_not_master_data_is_refused(before, after, error):
    assert MASTER_DATA.count(before) == 1
    with pytest.raises(error):
        convert(MASTER_DATA.replace(before, after).encode())
