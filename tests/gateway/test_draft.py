import json
import secrets
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from gateway import draft, statement
from gateway.declaring import DeclarationMisplacedError, DeclaredUnclearError
from gateway.draft import Limits, RefusedError, read
from gateway.vault import Vault
from indexer.core import canonical, code, disclosure, event, product, record, retraction
from indexer.core.epcis import EVENTS
from indexer.core.errors import InputError
from indexer.store import ledger
from tests.gateway.making import GTIN, body
from tests.gateway.making import event as made_event
from tests.gateway.making import product as made_product
from tests.indexer.core.cases import load, title

WHO = UUID(int=7)
LIMITS = Limits(items=10, record_bytes=64 << 10)
VAULT = Vault(secrets.token_bytes(32))


def made(sent: bytes, limits: Limits = LIMITS):
    return read(canonical.decode(sent), WHO, VAULT, limits).drafts


def items(*given):
    return canonical.encode({"items": list(given)})


def refused(sent: bytes, limits: Limits = LIMITS) -> InputError:
    with pytest.raises(InputError) as error:
        made(sent, limits)
    return error.value


def test_a_draft_is_what_will_be_hashed():
    stated = made_event(**{"suyuan:price": 3299})
    [one] = made(body(stated))
    content: Any = canonical.decode(one.content)
    record.check(content)
    assert one.digest == sha256(one.content).digest() == record.digest(content)
    assert (content["participant"], content["kind"], content["schema"]) == (
        str(WHO),
        1,
        event.SCHEMA,
    )
    assert content["blind"] == record.blind(one.key)
    assert "suyuan:price" not in content["body"]
    assert disclosure.reveal(content["body"], one.disclosures) == stated


def test_master_data_has_its_own_kind_and_schema():
    [one] = made(body(made_product()))
    content: Any = canonical.decode(one.content)
    assert (one.kind, content["kind"], content["schema"]) == (2, 2, product.SCHEMA)
    assert content["body"] == made_product()


def test_no_record_key_is_used_twice():
    keys = [one.key for one in made(body(*(made_event(str(n)) for n in range(5))))]
    assert len(set(keys)) == 5


def test_a_visible_code_is_named_in_the_open_and_a_concealed_one_under_the_vault():
    classed = f"https://id.gs1.org/01/{GTIN}/10/LOT1"
    stated = made_event("A1", quantityList=[{"epcClass": classed, "quantity": 3}])
    [one] = made(items({"event": stated, "conceal": ["/quantityList/0/epcClass"]}))
    visible = code.canonical(code.parse(f"https://id.gs1.org/01/{GTIN}/21/A1"))
    concealed = code.canonical(code.parse(classed))
    assert one.names == {(ledger.name(visible), False), (VAULT.concealed_name(concealed), True)}


def test_a_code_is_concealed_with_the_list_around_it():
    [one] = made(items({"event": made_event("A1"), "conceal": ["/epcList"]}))
    assert [concealed for _, concealed in one.names] == [True]


def test_a_products_record_names_its_class():
    [one] = made(body(made_product()))
    gtin = code.canonical(code.parse(GTIN))
    assert one.names == {
        (ledger.name(gtin), False),
        (ledger.described(gtin), False),
        (ledger.describing(str(WHO), "Product"), False),
    }


def test_master_data_that_conceal_what_they_describe_are_found_by_their_owner_alone():
    [one] = made(items({"event": made_product(), "kind": 2, "conceal": ["/gtin"]}))
    gtin = code.canonical(code.parse(GTIN))
    assert one.names == {
        (VAULT.concealed_name(gtin), True),
        (ledger.describing(str(WHO), "Product"), False),
    }


def test_all_that_a_topic_misses_is_told_each_by_its_place():
    lacking = made_event("1", **{"suyuan:topic": "trade"}, bizStep="retail_selling")
    with pytest.raises(draft.RefusedError) as error:
        made(items({"event": made_event("2")}, {"event": lacking}))
    places = [one.place.removeprefix("/items/1/event") for one in error.value.faults]
    assert places == ["/readPoint", "/suyuan:seller", "/bizTransactionList", "/suyuan:region"]
    assert error.value.facts["count"] == 4


@pytest.mark.parametrize(
    ("sent", "place", "kind"),
    [
        (b"[]", "", draft.BodyShapeError),
        (b"{}", "/items", draft.BodyShapeError),
        (b'{"items":[]}', "/items", draft.BodyShapeError),
        (b'{"items":{}}', "/items", draft.BodyShapeError),
        (b'{"items":[{}],"a/b":1}', "/a~1b", statement.UnknownMemberError),
        (b'{"items":[{}],"signature":"00"}', "/sequence", draft.SignatureIncompleteError),
        (b'{"items":[{}],"key":"00"}', "/sequence", draft.SignatureIncompleteError),
        (b'{"items":[{}],"sequence":0}', "/key", draft.SignatureIncompleteError),
        (b'{"items":[{}],"sequence":0,"key":""}', "/signature", draft.SignatureIncompleteError),
        (b'{"items":[1]}', "/items/0", statement.ItemShapeError),
        (b'{"items":[{"event":1}]}', "/items/0/event", statement.ItemShapeError),
        (b'{"items":[{}]}', "/items/0/event", statement.ItemShapeError),
        (b'{"items":[{"Event":{}}]}', "/items/0/Event", statement.UnknownMemberError),
        (
            b'{"items":[{"event":{},"recordKey":"00"}]}',
            "/items/0/recordKey",
            statement.RecordKeyGivenError,
        ),
        (
            b'{"items":[{"event":{},"amends":"00"}]}',
            "/items/0/amends",
            record.AmendsError,
        ),
        (b'{"items":[{"event":{},"kind":3}]}', "/items/0/amends", record.AmendsError),
        (
            b'{"items":[{"event":{},"kind":3,"amends":"00"}]}',
            "/items/0/amends",
            statement.ItemShapeError,
        ),
        (b'{"items":[{"event":{},"kind":6}]}', "/items/0/kind", record.UnknownKindError),
        (b'{"items":[{"event":{},"kind":true}]}', "/items/0/kind", record.UnknownKindError),
        (b'{"items":[{"event":{},"kind":"1"}]}', "/items/0/kind", record.UnknownKindError),
        (b'{"items":[{"event":{},"conceal":"/a"}]}', "/items/0/conceal", statement.ItemShapeError),
        (
            b'{"items":[{"event":{},"conceal":["/a",1]}]}',
            "/items/0/conceal/1",
            statement.ItemShapeError,
        ),
        (b'{"items":[{"event":{},"kind":2}]}', "/items/0/event/type", statement.KindDiffersError),
        (
            b'{"items":[{"event":{"type":"Product"}}]}',
            "/items/0/event/type",
            statement.KindDiffersError,
        ),
    ],
)
def test_a_wrong_shape_is_named_by_its_place(sent, place, kind):
    error = refused(sent)
    assert (error.place, type(error)) == (place, kind)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"{",
        b'{"items":[NaN]}',
        b'{"items":[1e400]}',
        b'{"items":[{"event":{"a":"\\u0000"}}]}',
        b'{"items":[{"event":{"a":"\\ud800"}}]}',
        b'{"items":[],"items":[]}',
        b"\xef\xbb\xbf{}",
        b'{"items":' + b"[" * 40 + b"]" * 40 + b"}",
    ],
)
def test_what_is_no_admitted_json_is_refused(sent):
    assert isinstance(refused(sent), canonical.JsonError)


def test_a_fault_in_an_event_is_named_where_it_stands():
    wrong = made_event(epcList=["https://id.gs1.org/01/06945000000016/21/1"])
    error = refused(body(made_event("1"), wrong))
    assert error.place == "/items/1/event/epcList/0"
    assert error.place in str(error) or "check digit" in str(error)


def test_every_faulty_item_is_told_and_the_first_comes_first():
    wrong = made_event(action="LOOK")
    error = refused(body(made_event("1"), wrong, made_event("2"), {**wrong, "eventTime": "now"}))
    assert isinstance(error, RefusedError)
    assert error.place == "/items/1/event/action"
    assert [fault.place.split("/")[2] for fault in error.faults] == ["1", "3"]
    assert error.facts["count"] == 2


def test_no_more_than_twenty_faults_are_told_and_all_are_counted():
    error = refused(
        body(*(made_event(str(n), action="LOOK") for n in range(30))), Limits(100, 1000)
    )
    assert isinstance(error, RefusedError)
    assert (len(error.faults), error.facts["count"]) == (20, 30)


def test_too_many_items_are_refused():
    assert isinstance(
        refused(body(*(made_event(str(n)) for n in range(11)))), draft.TooManyItemsError
    )
    assert len(made(body(*(made_event(str(n)) for n in range(10))))) == 10


def test_too_large_a_record_is_refused():
    sent = body(made_event(**{"suyuan:note": "x" * 3000}))
    error = refused(sent, Limits(10, 3000))
    assert (error.place, type(error)) == ("/items/0", draft.RecordTooLargeError)
    assert len(made(sent, Limits(10, 4000))) == 1


@pytest.mark.parametrize(
    ("wished", "at"),
    [
        (["/nothing"], 0),
        (["/suyuan:conclusion", "/epcList/7"], 1),
        (["bizStep"], 0),
        (["/type"], 0),
        (["/@context/0"], 0),
        ([""], 0),
        (["/epcList/-"], 0),
    ],
)
def test_a_wish_that_cannot_be_heeded_is_named_by_its_place(wished, at):
    stated = made_event(**{"suyuan:price": 1, "suyuan:conclusion": "合格"})
    assert refused(items({"event": stated, "conceal": wished})).place == f"/items/0/conceal/{at}"


def test_reserved_names_are_refused_in_the_event():
    error = refused(body(made_event(ilmd={"_sd": []}, action="ADD")))
    assert error.place.startswith("/items/0/event/ilmd")


def test_secrets_do_not_show():
    [one] = made(body(made_event(**{"suyuan:price": 3299})))
    assert one.key.hex() not in repr(one)
    assert one.disclosures[0] not in repr(one)


BASE = "ab" * 32


def test_a_correction_is_checked_concealed_and_indexed_as_what_it_corrects():
    stated = made_event(**{"suyuan:price": 3299})
    [one] = made(items({"event": stated, "kind": 3, "amends": BASE}))
    content: Any = canonical.decode(one.content)
    record.check(content)
    assert (content["kind"], content["amends"], content["schema"]) == (3, BASE, event.SCHEMA)
    assert "suyuan:price" not in content["body"]
    assert (ledger.amends(bytes.fromhex(BASE)), False) in one.names
    assert (ledger.name(f"https://id.gs1.org/01/{GTIN}/21/1"), False) in one.names
    assert one.amends == bytes.fromhex(BASE)
    [product_too] = made(items({"event": made_product(), "kind": 3, "amends": BASE}))
    corrected: Any = canonical.decode(product_too.content)
    assert corrected["schema"] == product.SCHEMA


@pytest.mark.parametrize(
    ("kind", "body", "schema"),
    [
        (4, {"reason": "did_not_occur"}, retraction.WITHDRAWAL),
        (5, {"scope": "concealed", "basis": "consent_withdrawn"}, retraction.ERASURE),
    ],
)
def test_withdrawals_and_erasures_name_nothing_but_what_they_amend(kind, body, schema):
    [one] = made(items({"event": body, "kind": kind, "amends": BASE}))
    content: Any = canonical.decode(one.content)
    assert (content["schema"], content["body"]) == (schema, body)
    assert one.names == {(ledger.amends(bytes.fromhex(BASE)), False)}


@pytest.mark.parametrize(
    ("kind", "body", "place"),
    [
        (4, {}, "/items/0/event/reason"),
        (4, {"reason": 7}, "/items/0/event/reason"),
        (5, {"scope": "whole", "basis": "ordered"}, "/items/0/event/scope"),
        (5, {"scope": "concealed", "basis": "because"}, "/items/0/event/basis"),
    ],
)
def test_why_has_to_be_said(kind, body, place):
    assert refused(items({"event": body, "kind": kind, "amends": BASE})).place == place


def declaration(**more):
    declared = {"declarationTime": "2026-11-21T12:00:00Z", "reason": "incorrect_data", **more}
    return made_event(eventID="urn:uuid:1", errorDeclaration=declared)


def test_an_error_declaration_withdraws_the_event_it_is_about():
    sent: Any = {"items": [{"event": declaration()}]}
    (about,) = draft.declared(sent)
    assert about.event_id == "urn:uuid:1"
    [one] = read(sent, WHO, VAULT, LIMITS, {about: bytes.fromhex(BASE)}).drafts
    content: Any = canonical.decode(one.content)
    assert (content["kind"], content["amends"]) == (4, BASE)
    assert content["body"] == declaration()


def test_one_about_an_event_that_was_never_recorded_is_a_record_of_its_own():
    [one] = read({"items": [{"event": declaration()}]}, WHO, VAULT, LIMITS).drafts
    content: Any = canonical.decode(one.content)
    assert (content["kind"], content["body"]) == (1, declaration())
    assert (ledger.identified(str(WHO), "urn:uuid:1"), False) in one.names
    assert (ledger.name(f"https://id.gs1.org/01/{GTIN}/21/1"), False) in one.names


def test_one_about_several_events_is_refused():
    sent: Any = {"items": [{"event": made_event()}, {"event": declaration()}]}
    (about,) = draft.declared(sent)
    with pytest.raises(DeclaredUnclearError) as error:
        read(sent, WHO, VAULT, LIMITS, {about: None})
    assert error.value.place == "/items/1/event/eventID"


def test_what_is_signed_as_an_event_is_misplaced_and_no_withdrawal():
    key = {"recordKey": "11" * 32}
    signed: Any = {"sequence": 0, "key": "22" * 20, "signature": "33" * 65}
    signed["items"] = [{"event": made_event(), **key}, {"event": declaration(), **key}]
    (about,) = draft.declared(signed)
    for digest in (bytes.fromhex(BASE), None):
        sent = read(signed, WHO, VAULT, LIMITS, {about: digest})
        assert [one.kind for one in sent.drafts] == [1, 1]
        assert isinstance(sent.misplaced, DeclarationMisplacedError)
        assert sent.misplaced.place == "/items/1/event/errorDeclaration"
        assert (BASE in str(sent.misplaced)) == (digest is not None)
    assert read(signed, WHO, VAULT, LIMITS).misplaced is None


def test_no_correction_is_an_error_declaration():
    wrong = items({"event": declaration(), "kind": 3, "amends": BASE})
    found = refused(wrong)
    assert (found.code, found.place) == (
        "DECLARATION_CORRECTS",
        "/items/0/event/errorDeclaration",
    )


def test_an_error_declaration_may_name_the_record_itself():
    sent: Any = {"items": [{"event": declaration(), "kind": 4, "amends": BASE}]}
    assert draft.declared(sent) == []
    assert read(sent, WHO, VAULT, LIMITS).drafts[0].kind == 4
    wrong = {"items": [{"event": declaration(reason=1), "kind": 4, "amends": BASE}]}
    assert refused(canonical.encode(wrong)).place == "/items/0/event/errorDeclaration/reason"


def test_an_event_is_found_by_the_id_its_participant_gave_it():
    [one] = made(body(made_event(eventID="urn:uuid:1")))
    assert (ledger.identified(str(WHO), "urn:uuid:1"), False) in one.names
    hidden = {"event": made_event(eventID="urn:uuid:1"), "conceal": ["/eventID"]}
    [concealed] = made(items(hidden))
    assert concealed.names ^ one.names == {
        (ledger.identified(str(WHO), "urn:uuid:1"), False),
        (VAULT.concealed_event(WHO, "urn:uuid:1"), True),
    }


def test_what_is_concealed_is_indexed_so_and_the_rest_as_its_readers_find_it():
    """The reconciler makes the open names again from the content alone, and must come to the same."""
    place = "https://id.gs1.org/414/6945000001012"
    serial = f"https://id.gs1.org/01/{GTIN}/21/1"
    lot = ledger.pieces(f"https://id.gs1.org/01/{GTIN}/10/H7")
    stated = made_event(action="ADD", ilmd={"suyuan:lot": "H7"}, readPoint={"id": place})
    [one] = made(items({"event": stated}))
    assert one.names == {(ledger.name(serial), False), (ledger.name(lot), False)}
    [lotless] = made(items({"event": stated, "conceal": ["/ilmd/suyuan:lot"]}))
    assert lotless.names == {(ledger.name(serial), False), (VAULT.concealed_name(lot), True)}
    # Without what it is about, its readers find it by where it was.
    [nameless] = made(items({"event": stated, "conceal": ["/epcList"]}))
    assert nameless.names == {
        (ledger.name(place), False),
        (VAULT.concealed_name(serial), True),
        (VAULT.concealed_name(lot), True),
    }
    for draft_made in (one, lotless, nameless):
        content: Any = canonical.decode(draft_made.content)
        found = {ledger.name(ledger.spelt(each)) for each in event.named(content)}
        assert found == {name for name, concealed in draft_made.names if not concealed}


WHOLE = [
    case
    for case in load("event", "names")
    if case["names"]
    and case["event"]["type"] in EVENTS
    and '"_sd"' not in json.dumps(case)
    and '"..."' not in json.dumps(case)
]


@pytest.mark.parametrize("case", WHOLE, ids=title)
def test_events_of_all_types_are_indexed_under_everything_they_name(case):
    [one] = made(items({"event": case["event"]}))
    content: Any = canonical.decode(one.content)
    assert disclosure.reveal(content["body"], one.disclosures) == case["event"]
    indexed = {name for name, _ in one.names}
    for role, pointer, canonical_code in case["names"]:
        named = ledger.pieces(canonical_code) if role == "lot" else canonical_code
        shown = f"{pointer}/".startswith(tuple(f"/{name}/" for name in content["body"]))
        open_name, hidden = ledger.name(named), VAULT.concealed_name(named)
        assert hidden in indexed or (shown and open_name in indexed)
    open_names = {name for name, concealed in one.names if not concealed}
    found = {ledger.name(ledger.spelt(each)) for each in event.named(content)}
    assert open_names == found | set(ledger.others(content))
