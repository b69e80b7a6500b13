"""A record is laid out whatever its content has become."""

from dataclasses import replace

from gateway.web import shown
from tests.gateway.making import event


def test_names_are_the_registrys_and_the_newest_counts(site):
    member = site.member()
    with site.asking() as (_, connection):
        assert shown.names(connection, [member.id]) == {member.id: member.name}
        assert shown.names(connection, []) == {}


def test_content_that_does_not_open_is_shown_as_it_stands(site):
    member = site.member()
    site.send(member, event("1", **{"suyuan:price": 1}))
    answer = site.about("1", member.id)
    (entry,) = answer.bundle.records
    assert shown.body(entry)["suyuan:price"] == 1
    twice = replace(entry, disclosures=[*entry.disclosures, *entry.disclosures])
    assert shown.body(twice) == entry.content["body"]
    broken = replace(entry, content={"body": 5, "schema": 7})
    assert shown.body(broken) == {}
    made = shown.show(answer, broken, {})
    assert (made.schema_, made.participant.name, made.event) == (None, None, {})
