import pytest

from gateway.exchange.xmlnames import (
    MissingAttributeError,
    MissingElementError,
    Names,
    UnknownAttributeError,
    attribute,
    bare,
    child,
    children,
    extension,
    needed,
)
from gateway.exchange.xmltree import read

ACME = "https://acme.example/epcis/"


def root(inside):
    return read(f'<root xmlns:acme="{ACME}" xmlns:b="urn:b">{inside}</root>'.encode()).root


def test_a_namespace_keeps_its_first_prefix():
    names = Names.of([("acme", ACME), ("other", ACME), ("b", "urn:b")])
    assert names.context() == {"acme": ACME, "b": "urn:b"}
    assert names.key(ACME, "x") == "acme:x"
    assert names.key("", "x") == "x"


def test_a_prefix_that_means_something_else_is_replaced():
    declared = [
        ("", "urn:default"),
        ("ns1", "urn:a"),
        ("ns1", "urn:b"),
        ("gs1", "urn:c"),
        ("é", "urn:d"),
    ]
    assert Names.of(declared).context() == {
        "ns2": "urn:default",
        "ns1": "urn:a",
        "ns3": "urn:b",
        "ns4": "urn:c",
        "ns5": "urn:d",
    }


def test_what_the_standard_defines_is_not_defined_again():
    declared = [
        ("mda", "urn:epcglobal:cbv:mda"),
        ("gs1", "https://gs1.org/voc/"),
        ("epcis", "urn:epcglobal:epcis:xsd:1"),
        ("xsi", "http://www.w3.org/2001/XMLSchema-instance"),
    ]
    names = Names.of(declared)
    assert names.key("urn:epcglobal:cbv:mda", "lotNumber") == "cbvmda:lotNumber"
    assert names.context() == {"gs1": "https://gs1.org/voc/"}


def test_wrappers_are_looked_through_and_foreign_ones_are_not():
    inside = "<a/><extension><b/><extension><c/></extension></extension><acme:extension><d/></acme:extension>"
    assert [one.name for one in children(root(inside))] == ["a", "b", "c", "extension"]


def test_children_are_found_by_name_among_the_standards_own():
    found = root("<acme:a/><extension><a>x</a></extension>")
    assert needed(found, "a").text == "x"
    assert child(found, "d") is None
    with pytest.raises(MissingElementError) as caught:
        needed(found, "d")
    assert caught.value.facts == {"place": "/root", "line": 1, "name": "d"}


def test_attributes_are_read_and_unknown_ones_refused():
    [found] = root(
        '<a id=" 7 " xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>'
    ).children
    assert attribute(found, "id") == "7"
    bare(found, "id")
    with pytest.raises(UnknownAttributeError):
        bare(found)
    with pytest.raises(MissingAttributeError):
        attribute(found, "type")


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<acme:a> text </acme:a>", "text"),
        ("<acme:a/>", ""),
        ('<acme:a b:c="1" d="2"/>', {"b:c": "1", "d": "2"}),
        ('<acme:a d="2">text</acme:a>', {"d": "2", "#text": "text"}),
        ("<acme:a><b:x>1</b:x><y>2</y></acme:a>", {"b:x": "1", "y": "2"}),
        ("<acme:a><b:x>1</b:x><b:x/><b:x><y/></b:x></acme:a>", {"b:x": ["1", "", {"y": ""}]}),
        ("<acme:a><extension><y/></extension></acme:a>", {"extension": {"y": ""}}),
    ],
)
def test_extensions_are_taken_over_whole(inside, expected):
    [found] = root(inside).children
    assert extension(found, Names.of([("acme", ACME), ("b", "urn:b")])) == expected
