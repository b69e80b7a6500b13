"""What participants say things are, for the catalogue's tests."""

from indexer.core import canonical
from indexer.core.record import digest as record_digest
from tests.gateway.making import GTIN
from tests.gateway.web.serving import Site

PATH = "/api/v1/masterdata"
GLN = "6945000001012"


def site_data(name="佛山工厂", **members):
    return {"type": "Site", "gln": GLN, "name": {"zh": name}, **members}


def material(**members):
    return {
        "type": "Material",
        "gtin": GTIN,
        "name": {"zh": "阀"},
        "specification": "DN15",
        "kind": "part",
        **members,
    }


def document(*elements):
    vocabulary = {
        "type": "urn:epcglobal:epcis:vtype:EPCClass",
        "vocabularyElementList": [*elements],
    }
    return {
        "@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-11-21T10:00:00Z",
        "epcisHeader": {"epcisMasterData": {"vocabularyList": [vocabulary]}},
        "epcisBody": {"eventList": []},
    }


def goods(name, code="urn:epc:idpat:sgtin:6945000.000001.*"):
    return {"id": code, "attributes": [{"id": "cbvmda:descriptionShort", "attribute": name}]}


def state(site: Site, member, *items, **headers):
    """State master data and give the ids of the records they became."""
    answer = site.post(member, canonical.encode({"items": [*items]}), PATH, **headers)
    assert answer.status_code == 201, answer.text
    return [one["id"] for one in answer.json()["records"]]


def correct(site: Site, member, reviewer, record, body):
    """Correct a record and have the operator approve; give the correction's id."""
    item = {"kind": 3, "amends": _digest(site, member, record), "event": body}
    held = site.post(member, canonical.encode({"items": [item]}))
    assert held.status_code == 202, held.text
    return approve(site, reviewer)


def withdraw(site: Site, member, reviewer, record):
    """Withdraw a record and have the operator approve."""
    item = {"kind": 4, "amends": _digest(site, member, record), "event": {"reason": "错登"}}
    held = site.post(member, canonical.encode({"items": [item]}))
    assert held.status_code == 202, held.text
    return approve(site, reviewer)


def approve(site: Site, reviewer):
    """Approve the one application that waits; give the record it became."""
    own = reviewer.headers
    (waiting,) = site.http.get("/api/v1/applications?waiting=true", headers=own).json()
    url = f"/api/v1/applications/{waiting['id']}"
    answer = site.http.post(f"{url}/review", json=site.approval(waiting), headers=own)
    assert answer.status_code == 200, answer.text
    return answer.json()["record"]


def _digest(site: Site, member, record) -> str:
    shown = site.http.get(f"/api/v1/records/{record}", headers=member.headers).json()
    return record_digest(shown["content"]).hex()
