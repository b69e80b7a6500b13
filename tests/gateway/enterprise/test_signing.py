"""What an enterprise signs and what the gateway makes of it: the same bytes, whatever is stated and hidden."""

import secrets
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import draft
from gateway import signed as rules
from gateway.draft import Limits
from gateway.enterprise import signing
from gateway.enterprise.signing import MOST_BYTES, Given, Signer, TooLargeToSendError, packs
from gateway.vault import Vault
from indexer.core import canonical, event, submission
from indexer.core.canonical import DEPTH
from indexer.core.errors import InputError
from indexer.core.pointer import escape
from indexer.core.record import Kind
from indexer.core.topics import TopicFaultsError
from tests.gateway.making import ORIGIN, product
from tests.gateway.making import event as made_event

LOG = submission.log_id(ORIGIN)
WHO = UUID(int=7)
SIGNER = Signer(LOG, WHO, b"\5" * 32)
KEY = submission.address(SIGNER.private_key)
VAULT = Vault(secrets.token_bytes(32))
LIMITS = Limits(items=1000, record_bytes=1 << 20)

NAMES = st.sampled_from(["suyuan:note", "suyuan:price", "suyuan:a/b", "suyuan:x~1", "ext:customer"])
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False, width=32).filter(lambda n: abs(n) < 2**50)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd/~"), inner, max_size=3)
    ),
    max_leaves=8,
)


def places(value: Any, place: str = "") -> list[str]:
    """Every place inside a value."""
    if not isinstance(value, dict | list):
        return []
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    return [
        one
        for step, inner in steps
        for here in [place + escape(step)]
        for one in [here, *places(inner, here)]
    ]


@st.composite
def stated(draw):
    """An event with extensions, and pointers into it of which none leads through another."""
    made = made_event("1", **draw(st.dictionaries(NAMES, VALUES, max_size=4)))
    made["bizTransactionList"] = [{"bizTransaction": "urn:x:1"}][: draw(st.integers(0, 1))]
    there = [one for one in places(made) if one.split("/")[1] not in ("@context", "type")]
    wished: list[str] = []
    for one in draw(st.lists(st.sampled_from(there), max_size=4, unique=True)):
        if not any((one + "/").startswith(w + "/") or w.startswith(one + "/") for w in wished):
            wished.append(one)
    return made, wished


@given(things=st.lists(stated(), min_size=1, max_size=4), sequence=st.integers(0, 2**53 - 1))
def test_both_sides_make_the_same_bytes_of_anything(things, sequence):
    ready = [SIGNER.ready(Given("", one, Kind.EVENT, wished)) for one, wished in things]
    made = SIGNER.sign(sequence, ready)
    sent = draft.read(canonical.decode(made.body), WHO, VAULT, LIMITS)
    assert [one.content for one in sent.drafts] == [one.statement.content for one in ready]
    assert [one.disclosures for one in sent.drafts] == [one.statement.disclosures for one in ready]
    assert sent.signed is not None
    said = rules.check_signature(LOG, WHO, sent, sent.signed)
    assert (said.sequence, said.count, said.root) == (sequence, len(things), made.root)
    assert sent.signed.key == KEY


def test_given_the_record_keys_everything_is_the_same_again():
    given = Given("", made_event(**{"suyuan:price": 1}), Kind.EVENT, ["/bizStep"])
    first, again = (SIGNER.sign(3, [SIGNER.ready(given, b"\7" * 32)]) for _ in range(2))
    assert first == again
    assert SIGNER.sign(3, [SIGNER.ready(given)]).root != first.root


def test_what_the_published_list_names_is_concealed_with_the_wishes_before_it():
    ready = SIGNER.ready(Given("", made_event(**{"suyuan:price": 1}), Kind.EVENT, ["/bizStep"]))
    assert ready.item["conceal"] == ["/bizStep", "/suyuan:price"]
    assert b"suyuan:price" not in ready.statement.content
    assert len(ready.statement.disclosures) == 2


def test_master_data_says_its_kind():
    ready = SIGNER.ready(Given("", product(), Kind.MASTER_DATA))
    assert ready.item["kind"] == 2
    sent = draft.read(canonical.decode(SIGNER.sign(0, [ready]).body), WHO, VAULT, LIMITS)
    assert sent.drafts[0].kind == 2


@pytest.mark.parametrize(
    ("changes", "conceal", "place"),
    [
        ({"action": "LOOK"}, [], "/epcisBody/eventList/3/action"),
        ({"epcList": ["urn:x"]}, ["/nowhere"], "/epcisBody/eventList/3"),
        ({"ilmd": {"_sd": []}, "action": "ADD"}, [], "/epcisBody/eventList/3/ilmd/_sd"),
    ],
)
def test_a_fault_is_named_by_its_place_in_the_file(changes, conceal, place):
    wrong = Given("/epcisBody/eventList/3", made_event(**changes), Kind.EVENT, conceal)
    with pytest.raises(InputError) as error:
        SIGNER.ready(wrong)
    assert error.value.place == place


def test_all_that_a_topic_misses_is_named_in_the_file():
    lacking = made_event(**{"suyuan:topic": "trade"}, bizStep="retail_selling")
    with pytest.raises(TopicFaultsError) as caught:
        SIGNER.ready(Given("/epcisBody/eventList/3", lacking, Kind.EVENT))
    assert {one.place for one in caught.value.faults} == {
        f"/epcisBody/eventList/3/{name}"
        for name in ("readPoint", "suyuan:seller", "bizTransactionList", "suyuan:region")
    }


def test_packs_keep_the_order_and_both_limits():
    one = SIGNER.ready(Given("", made_event(), Kind.EVENT))
    assert [len(pack) for pack in packs([one] * 250)] == [100, 100, 50]
    assert [len(pack) for pack in packs([one] * 5, 2)] == [2, 2, 1]
    large = replace(one, size=MOST_BYTES // 2)
    assert [len(pack) for pack in packs([large, one, large, large])] == [2, 1, 1]
    assert list(packs([])) == []


def test_what_fits_into_no_body_is_refused_before_it_is_signed():
    large = made_event(**{"suyuan:note": "x" * MOST_BYTES})
    with pytest.raises(TooLargeToSendError) as error:
        SIGNER.ready(Given("/3", large, Kind.EVENT))
    assert error.value.place == "/3"


def test_the_key_does_not_show():
    assert "0505" not in repr(SIGNER)
    ready = SIGNER.ready(Given("", made_event(**{"suyuan:price": 1}), Kind.EVENT), b"\7" * 32)
    assert "0707" not in repr(ready) + repr(SIGNER.sign(0, [ready]))


def test_the_deepest_event_still_travels():
    value: Any = 1
    for _ in range(DEPTH - 6):
        value = [value]
    stated_ = made_event(**{"suyuan:note": value})
    event.check(stated_)
    made = SIGNER.sign(0, [SIGNER.ready(Given("", stated_, Kind.EVENT))])
    assert len(canonical.encode(canonical.decode(made.body))) == len(made.body)
    assert signing.ITEMS == 100
