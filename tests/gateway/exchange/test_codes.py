import pytest

from gateway.exchange import codes
from indexer.core import canonical
from tests.gateway.exchange.client import escaped, problem
from tests.gateway.making import GTIN, event
from tests.gateway.web.serving import epc

LOT = f"https://id.gs1.org/01/{GTIN}/10/L7"


def every(client, size):
    found, path = [], f"/epcs?perPage={size}"
    while path:
        answer = client.get(path).raise_for_status()
        assert len(answer.json()) <= size
        found += answer.json()
        path = answer.links["next"]["url"].partition("/epcis")[2] if answer.links else ""
    return found


@pytest.fixture
def stored(client):
    many = [epc(str(number)) for number in range(7)]
    client.capture(event("0", epcList=many[:4]), event("0", epcList=many[3:], action="ADD"))
    lots = event("0", quantityList=[{"epcClass": LOT, "quantity": 2}])
    client.capture({**lots, "epcList": []})
    return client


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_every_code_is_listed_once_in_the_order_of_its_first_event(stored, size):
    assert every(stored, size) == [*(epc(str(number)) for number in range(7)), LOT]


@pytest.mark.parametrize("scanned", [2, 3])
def test_a_list_looks_at_a_bounded_number_of_events(stored, scanned, monkeypatch):
    monkeypatch.setattr(codes, "_SCANNED", scanned)
    assert len(every(stored, 2)) == 8


def test_a_code_is_listed_though_its_first_event_was_corrected_or_conceals_it(stored, site):
    hidden = {"items": [{"event": event("8"), "conceal": ["/epcList/0"]}]}
    site.post(stored.member, canonical.encode(hidden)).raise_for_status()
    stored.capture(event("8", action="ADD"))
    assert every(stored, 100)[-1] == epc("8")
    assert len(every(stored, 100)) == 9
    assert len(stored.events(f"/epcs/{escaped(epc('8'))}/events")) == 2


def test_under_a_code_lie_its_events_however_it_is_spelt(stored, other):
    for spelt in (epc("3"), f"(01){GTIN}(21)3"):
        assert stored.get(f"/epcs/{escaped(spelt)}").json() == ["events"]
        assert len(stored.events(f"/epcs/{escaped(spelt)}/events")) == 2
        assert len(stored.events(f"/epcs/{escaped(spelt)}/events?EQ_action=ADD")) == 1
    assert len(stored.events(f"/epcs/{escaped(LOT)}/events")) == 1
    for path in (f"/epcs/{escaped(epc('99'))}", f"/epcs/{escaped(epc('99'))}/events"):
        answer = stored.get(path)
        problem(answer, 404, "EPCIS_NO_SUCH_NAME", "NoSuchResourceException")
    answer = other.get(f"/epcs/{escaped(epc('3'))}/events")
    problem(answer, 404, "EPCIS_NO_SUCH_NAME", "NoSuchResourceException")
    assert every(other, 10) == []


def test_codes_are_spelt_as_asked_for(client):
    client.capture(event("1", epcList=["urn:epc:id:sgtin:0614141.107346.2017"]))
    assert every(client, 5) == ["urn:epc:id:sgtin:0614141.107346.2017"]
    answer = client.get("/epcs", **{"GS1-EPC-Format": "Always_GS1_Digital_Link"})
    assert answer.json() == ["https://id.gs1.org/01/10614141073464/21/2017"]
