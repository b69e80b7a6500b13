"""What stands of master data, out of a real store: versions, corrections, withdrawals, and whose word counts."""

from uuid import UUID

import pytest

from gateway.catalogue import desk
from gateway.catalogue.desk import Shelf
from gateway.vault import Vault
from indexer.core import code, masterdata
from indexer.core.code import Code, Scheme
from indexer.core.header import split
from tests.gateway.catalogue.stating import (
    GLN,
    correct,
    document,
    goods,
    material,
    site_data,
    state,
    withdraw,
)
from tests.gateway.making import GTIN, event, product
from tests.gateway.web.serving import Site

TYPES = list(masterdata.SCHEMAS)


@pytest.fixture
def site(database, tmp_path):
    with Site(database, tmp_path) as served:
        served.open_log()
        yield served


def on_shelf(site, member, look):
    with site.asking() as (_, connection):
        return look(Shelf(connection, Vault(site.vault_key), member.id))


def current(site, member, types=TYPES, before=None, limit=100):
    page = on_shelf(site, member, lambda shelf: shelf.page(types, before, limit))
    return {str(one): [str(each) for each in every] for one, every in page.current.items()}


def public(site, text):
    with site.asking() as (_, connection):
        found = desk.public(connection, code.parse(text))
    return found and (
        str(found.current) if found.current else None,
        [str(one) for one in found.versions],
        [str(one) for one in found.others],
    )


def test_a_newer_body_takes_the_place_of_the_older_and_both_stay(site):
    member = site.member()
    (first,) = state(site, member, product())
    (second,) = state(site, member, product(model="B"))
    (other,) = state(site, member, product(gtin="06945000000022"))
    assert current(site, member) == {other: [other], second: [second, first]}
    assert public(site, GTIN) == (second, [second, first], [])


def test_a_correction_of_an_old_version_does_not_make_it_the_newest(site):
    member, reviewer = site.member(), site.reviewer()
    (first,) = state(site, member, product())
    (second,) = state(site, member, product(model="B"))
    corrected = correct(site, member, reviewer, first, product(model="A2"))
    assert corrected > second
    assert current(site, member) == {second: [corrected, second, first]}
    assert public(site, GTIN)[0] == second
    newest = correct(site, member, reviewer, second, product(model="B2"))
    assert public(site, GTIN)[0] == newest
    assert list(current(site, member)) == [newest]


def test_a_correction_that_makes_it_another_thing_speaks_of_the_first_no_more(site):
    member, reviewer = site.member(), site.reviewer()
    (first,) = state(site, member, product())
    other = correct(site, member, reviewer, first, product(gtin="06945000000022"))
    assert public(site, GTIN) == (None, [other, first], [])
    assert public(site, "06945000000022")[0] == other
    assert list(current(site, member)) == [other]


def test_withdrawn_the_version_before_counts_again_and_then_none(site):
    member, reviewer = site.member(), site.reviewer()
    (first,) = state(site, member, product())
    (second,) = state(site, member, product(model="B"))
    withdraw(site, member, reviewer, second)
    assert public(site, GTIN)[0] == first
    withdraw(site, member, reviewer, first)
    assert public(site, GTIN) == (None, [second, first], [])
    assert current(site, member) == {}


def test_a_stranger_is_listed_apart_and_a_product_outweighs_a_material(site):
    member, stranger = site.member(), site.member(1, "广州岭顺供应链管理有限公司")
    (bought,) = state(site, member, material())
    assert public(site, GTIN) == (bought, [bought], [])
    (made,) = state(site, stranger, product())
    assert public(site, GTIN) == (made, [made], [bought])
    (again,) = state(site, member, product(model="mine"))
    assert public(site, GTIN) == (made, [made], [again])
    assert current(site, member) == {again: [again], bought: [bought]}


def test_events_that_name_the_class_do_not_hide_what_it_is(site):
    member = site.member()
    (first,) = state(site, member, product())
    moved = {"epcClass": f"https://id.gs1.org/01/{GTIN}", "quantity": 1}
    for _ in range(3):
        site.send(member, *[event("1", quantityList=[moved]) for _ in range(200)])
    assert public(site, GTIN)[0] == first
    assert site.about("1").product["model"] == "JSQ30-16X"


def test_whoever_conceals_what_it_describes_still_finds_every_version(site):
    member = site.member()
    hidden = [{"event": product(model=one), "conceal": ["/gtin"]} for one in "AB"]
    first, second = (state(site, member, one)[0] for one in hidden)
    assert current(site, member) == {second: [second, first]}
    assert public(site, GTIN) is None
    found = on_shelf(site, member, lambda shelf: shelf.of(code.parse(GTIN), TYPES))
    assert [str(one) for one in found.current] == [second]


def test_pages_list_each_thing_once_on_the_page_of_its_newest_version(site):
    member = site.member()
    (first,) = state(site, member, product())
    (place,) = state(site, member, site_data())
    (second,) = state(site, member, product(model="B"))
    pages, before = [], None
    while True:
        page = on_shelf(site, member, lambda shelf, at=before: shelf.page(TYPES, at, 1))
        pages.append([str(one) for one in page.current])
        before = page.before
        if before is None:
            break
    assert pages == [[second], [place], [], []]
    assert UUID(first) < UUID(place) < UUID(second)
    assert list(current(site, member, ["Site"])) == [place]
    assert current(site, member, ["Material"]) == {}


def test_an_element_that_says_nothing_new_is_left_out(site):
    member, stranger = site.member(), site.member(1, "广州岭顺供应链管理有限公司")
    sent = document(goods("阀"), goods("炉", "urn:x:stove"), goods("阀"))
    first = on_shelf(site, member, lambda shelf: shelf.fresh(sent))
    assert [place[-1] for place, _ in first] == ["0", "1"]
    state(site, member, *(body for _, body in first))
    assert on_shelf(site, member, lambda shelf: shelf.fresh(sent)) == []
    assert len(on_shelf(site, stranger, lambda shelf: shelf.fresh(sent))) == 2
    changed = document(goods("阀门"), goods("炉", "urn:x:stove"))
    (new,) = on_shelf(site, member, lambda shelf: shelf.fresh(changed))
    assert new[0].endswith("/0")
    state(site, member, new[1])
    # Back to what it was is something new again.
    assert len(on_shelf(site, member, lambda shelf: shelf.fresh(sent))) == 1


def test_an_elements_concealed_attributes_are_compared_opened(site):
    member = site.member()
    street = {"id": "urn:epcglobal:cbv:mda#streetAddressOne", "attribute": "示例路 8 号"}
    sent = document({"id": "urn:epc:id:sgln:6945000.00101.0", "attributes": [street]})
    ((_, body),) = list(split(sent))
    (record,) = state(site, member, body)
    assert "示例路" not in site.http.get(f"/api/v1/records/{record}").text
    assert on_shelf(site, member, lambda shelf: shelf.fresh(sent)) == []


def test_a_place_is_called_as_the_participant_that_speaks_of_it_calls_it(site):
    member, stranger = site.member(), site.member(1, "广州岭顺供应链管理有限公司")
    state(site, member, site_data("一厂"))
    state(site, member, site_data("二厂"))
    place = Code(Scheme.GLN, GLN)
    with site.asking() as (_, connection):
        found = desk.sites(connection, [(member.id, place), (stranger.id, place)])
        assert desk.sites(connection, []) == {}
    assert {who: said["name"] for (who, _), said in found.items()} == {member.id: {"zh": "二厂"}}
