import pytest

from gateway.exchange import xmltree
from gateway.exchange.xmltree import (
    DEEPEST,
    DoctypeError,
    MalformedXmlError,
    TooDeepXmlError,
    TooLargeXmlError,
    read,
)


def test_elements_know_what_they_hold_and_where_they_stand():
    tree = read(b"<a>\n <b c='1' x:d='2' xmlns:x='urn:x'> te<!-- said -->xt </b>\n <b/><c/>\n</a>")
    first, second, third = tree.root.children
    assert first.attributes == [("", "c", "1"), ("urn:x", "d", "2")]
    assert first.text == "text"
    assert (first.place, first.line) == ("/a/b[1]", 2)
    assert (second.place, third.place, tree.root.place) == ("/a/b[2]", "/a/c", "/a")
    assert tree.declared == [("x", "urn:x")]


def test_namespaces_are_told_apart_from_names():
    tree = read(b"<a xmlns='urn:default'><x:b xmlns:x='urn:x'/><c xmlns=''/></a>")
    assert (tree.root.namespace, tree.root.name) == ("urn:default", "a")
    assert [(one.namespace, one.name) for one in tree.root.children] == [
        ("urn:x", "b"),
        ("", "c"),
    ]


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE a [<!ENTITY b "c">]>',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd">',
        '<!DOCTYPE a [<!ENTITY % p "x"> %p;]>',
        "<!DOCTYPE a>",
    ],
)
def test_a_document_type_is_refused(doctype):
    with pytest.raises(DoctypeError) as caught:
        read(f"<?xml version='1.0'?>\n{doctype}<a>&b;</a>".encode())
    assert caught.value.facts["line"] == 2


def test_an_entity_of_nobodys_is_no_xml():
    with pytest.raises(MalformedXmlError) as caught:
        read(b"<a>\n  &b;</a>")
    assert (caught.value.facts["line"], caught.value.facts["column"]) == (2, 3)
    assert read(b"<a>&amp;&#x4e2d;</a>").root.text == "&中"


def test_depth_is_bounded():
    assert read(b"<a>" * DEEPEST + b"</a>" * DEEPEST).root.name == "a"
    with pytest.raises(TooDeepXmlError) as caught:
        read(b"<a>" * 100_000)
    assert caught.value.place == "/a" * DEEPEST


def test_size_is_bounded():
    with pytest.raises(TooLargeXmlError):
        read(b" " * (xmltree.LARGEST + 1))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"<a>",
        b"<a></b>",
        b"<a/><b/>",
        b"<a b='1' b='2'/>",
        b"<x:a/>",
        b"<a>\x00</a>",
        b"<a>\xff</a>",
        b"<a><![CDATA[</a>",
        b"<?xml version='1.0' encoding='nothing-of-the-kind'?><a/>",
        b"<?xml version='1.0' encoding='utf-7'?><a/>",
        b"<?xml version='1.0' encoding='base64'?><a/>",
        b"<?xml version='1.0' encoding='shift_jis'?><a/>",
    ],
)
def test_what_is_no_xml_is_refused_by_name(data):
    with pytest.raises(MalformedXmlError):
        read(data)
