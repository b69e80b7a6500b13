"""What is summed up of a record; and that a store from before is summed up by its migration."""

import secrets
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import draft, summary
from gateway.draft import Limits
from gateway.vault import Vault
from indexer.core import canonical
from tests.gateway.making import NOW, body, event, product

VAULT = Vault(secrets.token_bytes(32))
MS = int(NOW.timestamp() * 1000)
PLACE = "https://id.gs1.org/414/6945000001012"


def row(item):
    sent = draft.read({"items": [item]}, uuid4(), VAULT, Limits(10, 100_000))
    return summary.row(sent.drafts[0], MS)


def test_an_event_is_summed_up_in_normal_spelling():
    sent = event(
        bizStep="urn:epcglobal:cbv:bizstep:shipping",
        disposition="https://ref.gs1.org/cbv/Disp-active",
        readPoint={"id": "urn:epc:id:sgln:0614141.07346.0"},
    )
    made = row({"event": sent})
    assert made == {
        "kind": 1,
        "type": "ObjectEvent",
        "event_time": made["event_time"],
        "action": "OBSERVE",
        "biz_step": "shipping",
        "disposition": "active",
        "read_point": "https://id.gs1.org/414/0614141073467",
        "biz_location": None,
        "hidden": False,
    }
    assert made["event_time"].isoformat() == "2026-11-21T10:00:00+00:00"


def test_nothing_that_is_concealed_is_summed_up():
    sent = event(bizStep="shipping", disposition="active", readPoint={"id": PLACE})
    pointers = ["/bizStep", "/disposition", "/readPoint", "/eventTime"]
    made = row({"event": sent, "conceal": pointers})
    assert made["hidden"]
    assert [made[name] for name in ("biz_step", "disposition", "read_point")] == [None] * 3
    assert made["event_time"] == NOW
    assert row({"event": sent, "conceal": ["/readPoint/id"]})["hidden"]
    assert not row({"event": sent, "conceal": ["/epcList/0"]})["hidden"]


def test_of_records_that_are_no_events_only_master_data_is_summed_up():
    made = row({"event": product(), "kind": 2})
    assert (made["kind"], made["type"], made["event_time"]) == (2, "Product", NOW)
    withdrawn = {"event": {"reason": "did_not_occur"}, "kind": 4, "amends": "00" * 32}
    assert row(withdrawn) is None
    declared = event(errorDeclaration={"declarationTime": "2026-11-22T00:00:00Z"})
    made = row({"event": declared, "kind": 4, "amends": "00" * 32})
    assert (made["kind"], made["type"]) == (4, "ObjectEvent")


def test_terms_are_listed_once_in_order_and_none_is_too_long():
    sent = [event(bizStep="shipping"), event(bizStep="packing", readPoint={"id": PLACE})]
    sent.append(event(bizStep="https://example.com/" + "x" * 600))
    rows = [row({"event": one}) for one in sent] + [row({"event": product(), "kind": 2})]
    assert summary.terms(rows) == [
        ("biz_step", "packing"),
        ("biz_step", "shipping"),
        ("read_point", PLACE),
        ("type", "ObjectEvent"),
    ]


@given(st.text(max_size=60))
def test_a_word_or_code_in_any_text_has_one_spelling(text):
    assert summary.spelt(summary.spelt(text)) == summary.spelt(text)
    assert summary.word(text) is not None


@pytest.mark.parametrize("odd", [None, 5, [], {}, {"id": 5}])
def test_what_is_no_word_or_place_is_none(odd):
    assert summary.place(odd) is None
    assert summary.word(odd) is None


def test_a_store_from_before_is_summed_up_by_the_migration(server):
    from alembic import command
    from sqlalchemy import text

    from gateway.accounts.tables import MIGRATIONS
    from indexer.store import migrate
    from indexer.store.engine import engine

    name = f"test_{secrets.token_hex(8)}"
    server.ensure_database(name)
    owner = engine(server.superuser_url(name))
    migrate.upgrade(owner)
    with owner.connect() as connection:
        command.upgrade(migrate._config(MIGRATIONS, connection), "0002")
        connection.commit()
    sent = draft.read(canonical.decode(body(event("1"))), uuid4(), VAULT, Limits(10, 100_000))
    with owner.begin() as connection:
        stated = {"id": uuid4(), "one": uuid4(), "content": sent.drafts[0].content, "at": MS}
        connection.execute(text(OLD), stated)
    migrate.upgrade(owner, MIGRATIONS)
    with owner.connect() as connection:
        rows = connection.execute(text("select * from gateway.summary")).all()
        terms = connection.execute(text("select field, value from gateway.term")).all()
    owner.dispose()
    assert [(one.type, one.hidden, one.received_at) for one in rows] == [("ObjectEvent", True, MS)]
    assert rows[0].event_time.isoformat().startswith("2026-11-21T")
    assert [tuple(one) for one in terms] == [("type", "ObjectEvent")]


OLD = """
with stated as (
  insert into ledger.submission
    (id, participant, key, sequence, count, root, digests, signature, received_at, anchor_by, receipt)
  values (:id, gen_random_uuid(), decode(repeat('00', 20), 'hex'), 0, 2, sha256('r'),
    sha256('a') || sha256('b'), decode(repeat('00', 65), 'hex'), :at, 1, decode(repeat('00', 65), 'hex'))
)
insert into ledger.record (id, submission, position, kind, digest, content)
values (:one, :id, 0, 1, sha256('a'), :content), (gen_random_uuid(), :id, 1, 1, sha256('b'), 'altered')
"""
