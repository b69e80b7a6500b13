"""One item, read and made. What a body of them comes to is test_draft.py's."""

from typing import Any
from uuid import UUID

import pytest

from gateway import concealment, statement
from gateway.catalogue.examples import GOLDEN
from indexer.core import canonical, disclosure, masterdata, record
from indexer.core.errors import InputError
from indexer.core.record import Kind
from tests.gateway.catalogue.stating import material, site_data
from tests.gateway.making import event, product

WHO, KEY = UUID(int=7), b"\5" * 32


def refused(item, *, signed=False) -> InputError:
    with pytest.raises(InputError) as error:
        statement.read(item, signed=signed)
    return error.value


def test_a_signed_item_brings_its_record_key_and_an_unsigned_one_none():
    sent: Any = {"event": event(), "recordKey": KEY.hex(), "conceal": ["/bizStep"]}
    read = statement.read(sent, signed=True)
    assert (read.key, read.conceal, read.kind) == (KEY, ["/bizStep"], Kind.EVENT)
    assert KEY.hex() not in repr(read)
    assert isinstance(refused(sent), statement.RecordKeyGivenError)
    assert refused({"event": event()}, signed=True).place == "/recordKey"


@pytest.mark.parametrize("key", [None, 5, "", "00" * 31, "0x" + "00" * 31, "AB" * 32, "0g" * 32])
def test_a_record_key_has_one_spelling(key):
    error = refused({"event": event(), "recordKey": key}, signed=True)
    assert (error.place, "32 bytes" in str(error)) == ("/recordKey", True)


def test_what_is_made_is_a_record_that_opens_in_the_pointers_order():
    stated = event(**{"suyuan:price": 1, "suyuan:note": "x"})
    pointers = ["/suyuan:price", "/bizStep"]
    made = statement.make(WHO, Kind.EVENT, stated, pointers, KEY)
    content = canonical.decode(made.content)
    assert isinstance(content, dict)
    record.check(content)
    assert record.digest(content) == made.digest
    assert content["blind"] == record.blind(KEY)
    body, disclosures = disclosure.conceal(stated, pointers, KEY)
    assert (content["body"], made.disclosures) == (body, disclosures)
    backwards = statement.make(WHO, Kind.EVENT, stated, pointers[::-1], KEY)
    assert backwards.disclosures == disclosures[::-1]
    assert backwards.content == made.content


def test_a_fault_of_a_wish_counts_in_the_wishes():
    pointers = ["/suyuan:price", "/nowhere"]
    with pytest.raises(disclosure.DanglingPointerError) as error:
        statement.make(
            WHO, Kind.EVENT, event(**{"suyuan:price": 1}), pointers, KEY, wished=["/nowhere"]
        )
    assert error.value.place == "/conceal/0"


MASTER = {
    "suyuan/product/v1": product(),
    "suyuan/site/v1": site_data(),
    "suyuan/material/v1": material(),
    "suyuan/filing/v1": GOLDEN["filing"],
    "epcis/masterdata/v1": {"type": "VocabularyElement", "vocabulary": "urn:x:v", "id": "urn:x:y"},
}


@pytest.mark.parametrize("schema", MASTER)
def test_master_data_are_of_their_kind_and_schema_and_no_event_is(schema):
    stated = MASTER[schema]
    statement.check(stated, Kind.MASTER_DATA)
    statement.check(stated, Kind.AMENDMENT)
    assert statement.schema(stated, Kind.MASTER_DATA) == schema
    with pytest.raises(statement.KindDiffersError, match="Product, Material, Site"):
        statement.check(stated, Kind.EVENT)
    with pytest.raises(statement.KindDiffersError):
        statement.check(event(), Kind.MASTER_DATA)


def test_all_master_data_are_dispatched():
    assert {one.name for one in masterdata.SCHEMAS.values()} == MASTER.keys()
    assert concealment.PUBLISHED.keys() >= MASTER.keys()
