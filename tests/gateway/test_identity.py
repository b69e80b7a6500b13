import secrets
from uuid import uuid4

from gateway import identity
from gateway.vault import Vault
from indexer.core.eventhash import event_hash
from indexer.store import ledger
from tests.gateway.making import event

VAULT = Vault(secrets.token_bytes(32))
WHO, RECORD = uuid4(), uuid4()


def test_an_event_keeps_the_id_it_was_sent_with():
    sent = event("1", eventID="urn:x:1")
    assert identity.given(sent) == "urn:x:1"
    assert identity.given(event("1", eventID=5)) is None
    assert identity.shown(VAULT, WHO, sent, RECORD, []) == "urn:x:1"


def test_an_event_without_one_has_its_hash_where_it_is_indexed_so():
    sent = event("1")
    own = event_hash(sent)
    held = [VAULT.concealed_event(WHO, own)]
    assert identity.shown(VAULT, WHO, sent, RECORD, held) == own
    for other in ([], [VAULT.concealed_event(uuid4(), own)], [secrets.token_bytes(16)]):
        assert identity.shown(VAULT, WHO, sent, RECORD, other) == f"urn:uuid:{RECORD}"


def test_ids_are_looked_up_as_stated_and_as_hashes():
    names = identity.names(VAULT, WHO, "urn:x:1")
    assert names[0] == ledger.identified(str(WHO), "urn:x:1")
    assert names[1] == VAULT.concealed_event(WHO, "urn:x:1")
    assert {len(one) for one in names} == {16}


def test_the_id_of_a_record_leads_back_to_it():
    assert identity.record_of(identity.of_record(RECORD)) == RECORD
    assert identity.record_of("urn:uuid:x") is None
    assert identity.record_of(str(RECORD)) is None
