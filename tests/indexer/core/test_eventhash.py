import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.core.eventhash import event_hash, pre_hash
from tests.indexer.core.cases import OBJECTS, load, ops, title
from tests.indexer.core.events import INSPECTING

CASES = load("eventhash", "hash", "rule")
OWN = "https://suyuan.example/ns/"


def named(name):
    return next(case for case in CASES if case["name"] == name)["event"]


@pytest.mark.parametrize("case", CASES, ids=title)
def test_events_are_hashed_as_fixed(case):
    assert pre_hash(case["event"]) == case["pre_hash"]
    assert event_hash(case["event"]) == case["hash"]
    digest = hashlib.sha256(case["pre_hash"].encode()).hexdigest()
    assert case["hash"] == f"ni:///sha-256;{digest}?ver=CBV2.0"


def test_every_operation_of_the_vectors_is_run():
    assert ops("eventhash") == {"hash", "rule"}


def test_where_the_reference_does_otherwise_the_vectors_say_why():
    assert all(case["reference"] for case in load("eventhash", "rule"))


def test_one_event_in_three_spellings_has_one_hash():
    spellings = [
        named(f"{how} of the vocabulary{by}")
        for how, by in (
            ("bare words", ""),
            ("words", " by their URNs"),
            ("words", " by their Web URIs"),
        )
    ]
    assert len({json.dumps(event) for event in spellings}) == 3
    assert len({event_hash(event) for event in spellings}) == 1


@pytest.mark.parametrize("member", ["eventID", "recordTime", "errorDeclaration", "rdfs:comment"])
def test_what_is_left_out_changes_nothing(member):
    assert event_hash({**INSPECTING, member: "urn:x:other"}) == event_hash(INSPECTING)


@pytest.mark.parametrize("member", sorted(set(INSPECTING) - {"@context", "eventID"}))
def test_everything_else_counts(member):
    without = {name: value for name, value in INSPECTING.items() if name != member}
    assert event_hash(without) != event_hash(INSPECTING)


def shuffled(value, draw):
    if isinstance(value, dict):
        names = draw(st.permutations(list(value)))
        return {name: shuffled(value[name], draw) for name in names}
    if isinstance(value, list):
        return draw(st.permutations([shuffled(item, draw) for item in value]))
    return value


@given(st.sampled_from(CASES), st.data())
def test_the_order_of_members_and_of_lists_says_nothing(case, data):
    stated = {name: value for name, value in case["event"].items() if name != "@context"}
    event = {"@context": case["event"]["@context"], **shuffled(stated, data.draw)}
    assert event_hash(event) == case["hash"]


@given(OBJECTS, st.sampled_from([None, OWN, {"a": OWN}, [{"a": {"@id": OWN}}, 7], [[]]]))
def test_whatever_is_admitted_has_a_hash(members, context):
    event = {**INSPECTING, **members, "@context": context}
    assert event_hash(event).startswith("ni:///sha-256;")


def test_a_prefix_is_only_a_name_for_its_namespace():
    event = json.loads(json.dumps(INSPECTING).replace('"sy', '"own'))
    assert "own:inspector" in event
    assert event_hash(event) == event_hash(INSPECTING)
    http = json.loads(json.dumps(INSPECTING).replace(OWN, OWN.replace("https", "http")))
    assert event_hash(http) != event_hash(INSPECTING)


def test_a_document_may_say_which_members_are_no_part_of_its_events():
    marked = {**INSPECTING, "sy:captured": "17"}
    assert event_hash(marked) != event_hash(INSPECTING)
    assert event_hash(marked, {"sy:captured"}) == event_hash(INSPECTING)


def test_the_vectors_are_written_one_case_a_line():
    text = Path("indexer/core/vectors/eventhash.v1.json").read_text("utf-8")
    assert text.count("\n") == len(CASES) + 7
