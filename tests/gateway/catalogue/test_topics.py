"""The six topics over HTTP: every example is taken as it stands, and without any one fact it is refused by name."""

from copy import deepcopy
from typing import Any

import pytest

from gateway.catalogue import topics
from indexer.core import canonical, filing
from indexer.core.topic import is_step
from indexer.core.topics import FILING, TOPICS
from tests.gateway.web.serving import Site
from tests.gateway.web.test_submissions import problem
from tests.indexer.core.schemas import valid


@pytest.fixture
def site(database, tmp_path):
    with Site(database, tmp_path) as served:
        yield served


def example(site, name):
    return site.http.get(f"/api/v1/topics/{name}").json()["examples"][0]


def send(site, member, name, stated):
    path = "/api/v1/masterdata" if name == FILING else "/api/v1/submissions"
    item = stated if name == FILING else {"event": stated}
    return site.post(member, canonical.encode({"items": [item]}), path)


def lacking(name):
    """Give each required field's place and an example without what may hold it."""
    described: Any = topics.document(name)
    stated = described["examples"][0]
    if name == FILING:
        required: Any = filing.FORM.schema["required"]
        # Without a type it would be no master data at all.
        for one in required:
            if one != "type":
                yield f"/{one}", {key: value for key, value in stated.items() if key != one}
        return
    for fact in TOPICS[name].facts:
        if not fact.required or not is_step(stated["bizStep"], fact.steps or TOPICS[name].steps):
            continue
        without = deepcopy(stated)
        for place in fact.places:
            inside = without
            for step in place.path[:-1]:
                inside = inside.get(step, {})
            inside.pop(place.path[-1], None)
        yield fact.places[0].pointer, without


def test_the_six_are_listed_with_their_schemas(site):
    said = site.http.get("/api/v1/topics")
    assert said.headers["access-control-allow-origin"] == "*"
    assert [one["name"] for one in said.json()] == [FILING, *TOPICS]
    for one in said.json():
        answer = site.http.get(one["schema"])
        schema = answer.json()
        assert answer.headers["content-type"] == "application/schema+json"
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert schema["$id"].endswith(one["schema"])
        assert (schema["title"], schema["description"]) == (one["zh"], one["en"])
        assert valid(schema, schema["examples"][0])
        for name, field in schema["properties"].items():
            for inner in field.get("properties", {"": field}).values():
                assert (
                    {"const", "enum"} & inner.keys()
                    or inner.keys() >= {"title"}
                    or name == "bizStep"
                )


def test_a_topic_nobody_has_is_not_found(site):
    said = problem(site.http.get("/api/v1/topics/sale"), 404, "TOPIC_MISSING")
    assert "purchase" in said["detail"]


@pytest.mark.parametrize("name", [FILING, *TOPICS])
def test_its_example_is_taken_as_it_stands_and_without_any_one_fact_refused(site, name):
    member = site.member()
    answer = send(site, member, name, example(site, name))
    assert answer.status_code == 201, answer.text
    before = site.rows()
    count = 0
    prefix = "/items/0" if name == FILING else "/items/0/event"
    for place, stated in lacking(name):
        said = problem(send(site, member, name, stated), 422, place=prefix + place)
        assert said["code"] in ("TOPIC_FIELD_MISSING", "MEMBER_MISSING")
        assert [one["place"] for one in said["errors"]] == [prefix + place]
        count += 1
    assert count >= 6
    assert site.rows() == before


def test_all_that_is_missing_is_named_at_once(site):
    stated = example(site, "purchase")
    bare = {name: value for name, value in stated.items() if not name.startswith("suyuan:")}
    sent = {"items": [{"event": {**bare, "suyuan:topic": "purchase"}}, {"event": 5}]}
    said = problem(site.post(site.member(), canonical.encode(sent)), 422, "SUBMISSION_REFUSED")
    assert [one["place"].removeprefix("/items/0/event") for one in said["errors"]] == [
        "/suyuan:supplier",
        "/suyuan:materialName",
        "/suyuan:specification",
        "/ilmd/suyuan:lot",
        "/suyuan:productionDate",
        "/suyuan:certificate",
        "/items/1/event",
    ]


def test_what_is_nobodys_business_is_not_in_what_everybody_reads(site):
    member = site.member()
    secrets = {
        "filing": ("何某某", "示例路", "0757-8000 0000", "梁某"),
        "purchase": ("6945000004013", "PO-2026-0917", '"quantity":500'),
        "production": ("梁某",),
        "inspection": ("黄某",),
        "logistics": ("粤E·00000", "岭顺", "6945000003016"),
        "trade": ("3299", "XS-2026-1119", "417/6945000003016"),
    }
    for name, words in secrets.items():
        sent = send(site, member, name, example(site, name)).json()
        url = f"/api/v1/records/{sent['records'][0]['id']}"
        public = site.http.get(url).text
        whole = site.http.get(url, headers=member.headers).text
        for one in words:
            assert one not in public, (name, one)
            assert one in whole, (name, one)
