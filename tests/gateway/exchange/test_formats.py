from typing import Any

import pytest

from gateway.exchange import formats
from gateway.exchange.headers import AS_SENT, LINKS, URNS, NotAcceptableError
from tests.gateway.making import event

URN = "urn:epc:id:sgtin:0614141.107346.2017"
LINK = "https://id.gs1.org/01/10614141073464/21/2017"
PLACE = "urn:epc:id:sgln:0614141.07346.0"
SENT = event(
    epcList=[URN, "https://own.example/thing/1", LINK],
    parentID=URN,
    quantityList=[{"epcClass": "urn:epc:class:lgtin:4012345.012345.998877", "quantity": 1}],
    readPoint={"id": PLACE, "suyuan:x": 1},
    sourceList=[{"type": "location", "source": PLACE}],
    destinationList=[{"type": "location", "destination": "https://own.example/place"}],
)


def test_events_stay_as_they_were_sent():
    assert formats.spell([SENT], AS_SENT) == [SENT]


def test_codes_become_digital_links_wherever_they_stand():
    made: Any = formats.spell([SENT], LINKS)[0]
    assert made["epcList"] == [LINK, "https://own.example/thing/1", LINK]
    assert made["parentID"] == LINK
    assert made["quantityList"][0] == {
        "epcClass": "https://id.gs1.org/01/04012345123456/10/998877",
        "quantity": 1,
    }
    assert made["readPoint"] == {"id": "https://id.gs1.org/414/0614141073467", "suyuan:x": 1}
    assert made["sourceList"][0]["source"] == "https://id.gs1.org/414/0614141073467"
    assert made["destinationList"] == SENT["destinationList"]
    assert SENT["epcList"][0] == URN


def test_a_urn_is_never_guessed():
    assert formats.code(URN, URNS) == URN
    assert formats.code("https://own.example/thing/1", URNS) == "https://own.example/thing/1"
    with pytest.raises(NotAcceptableError, match="company prefix"):
        formats.spell([SENT], URNS)


@pytest.mark.parametrize("odd", [None, 5, [None, 5, {}], {"id": 7}])
def test_altered_events_leave_as_they_are(odd):
    broken = dict.fromkeys(SENT, odd)
    assert formats.spell([broken], LINKS) == [broken]
