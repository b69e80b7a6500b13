"""What a party's node said about a real bundle, and what the pure check makes of it."""

from dataclasses import replace

import pytest

from gateway.devnet import Devnet
from indexer.chain import events, sighting
from indexer.chain.client import Client, UnreachableError
from indexer.core.proof import check
from indexer.core.sighting import Sighting
from indexer.core.verdict import State
from tests.indexer.book import GTIN


@pytest.fixture
def bundle(book):
    ids = book.grow(1, 2)
    return book.bundle(*ids[:1])


def code(serial: str = "0") -> str:
    return f"https://id.gs1.org/01/{GTIN}/21/{serial}"


def test_an_honest_nodes_word_makes_the_answer_verified(book, client, bundle):
    seen = sighting.gather(client, "regulator", book.trust(), bundle)
    assert seen.anchor == bundle.anchor
    assert seen.participants[book.participant].name == "燃气具制造有限公司"
    assert Sighting.from_json(seen.to_json()) == seen
    asked = bundle.records[0].content["body"]["epcList"][0]
    assert check(bundle, asked, book.trust(), [seen]).state is State.VERIFIED
    assert check(bundle, asked, book.trust(), []).state is State.UNCHECKED


def test_a_transaction_that_is_none_has_no_anchor(book, client, bundle):
    forged = replace(bundle, anchor=replace(bundle.anchor, transaction=b"\1" * 32))
    assert sighting.gather(client, "regulator", book.trust(), forged).anchor is None


def test_of_several_anchors_in_one_transaction_the_claimed_one_is_taken(
    book, client, bundle, monkeypatch
):
    anchors_in = events.anchors_in

    def twice(*asked):
        call = anchors_in(*asked)

        def read(raw):
            (one,) = call.read(raw)
            return [replace(one, number=one.number + 7), one]

        return replace(call, read=read)

    monkeypatch.setattr(events, "anchors_in", twice)
    seen = sighting.gather(client, "regulator", book.trust(), bundle)
    assert seen.anchor == bundle.anchor


def test_another_logs_anchor_is_not_this_ones(book, client, bundle, world):
    other = replace(bundle, origin="elsewhere.example/log")
    seen = sighting.gather(client, "regulator", book.trust(), other)
    assert seen.anchor is None
    assert seen.closed is None


def test_a_closed_log_is_reported_with_its_last_good_size(book, client, bundle, world):
    world.hands["admin"].close(book.log, 2)
    assert sighting.gather(client, "regulator", book.trust(), bundle).closed == 2


def test_finality_counts_in_what_is_final(book, client, bundle):
    deep = replace(book.trust(), finality=3)
    now = sighting.gather(client, "regulator", book.trust(), bundle).final
    assert sighting.gather(client, "regulator", deep, bundle).final == now - 3


def test_another_chain_is_reported_as_such(book, bundle, tmp_path):
    with Devnet.start(tmp_path) as other, Client([other.url]) as client:
        seen = sighting.gather(client, "regulator", book.trust(), bundle)
    assert seen.genesis != book.world.deployment.genesis
    asked = bundle.records[0].content["body"]["epcList"][0]
    assert check(bundle, asked, book.trust(), [seen]).state is State.UNCHECKED


def test_a_bundle_without_an_anchor_is_asked_about_its_keys_only(book, client, bundle):
    seen = sighting.gather(client, "regulator", book.trust(), replace(bundle, anchor=None))
    assert seen.anchor is None
    assert len(seen.keys) == 1


def test_a_node_that_is_away_is_an_outage(book, bundle):
    with Client(["http://127.0.0.1:9"]) as nobody, pytest.raises(UnreachableError):
        sighting.gather(nobody, "regulator", book.trust(), bundle)
