"""What is put together from the store, and that whatever lies there goes out without an error."""

import pytest

from gateway import evidence
from tests.gateway.making import event
from tests.gateway.web.serving import Site


@pytest.fixture
def site(database, tmp_path):
    with Site(database, tmp_path) as served:
        yield served


@pytest.mark.parametrize("data", [b"", b"[1]", b"{", b"\xff", b'{"a":1,"a":2}'])
def test_what_is_no_content_goes_out_as_an_empty_one(data):
    assert evidence.content(data) == {}


def test_content_is_read_as_it_was_written():
    assert evidence.content(b'{"a":1}') == {"a": 1}


def test_the_newest_final_anchor_with_its_checkpoint_carries_the_answer(site):
    site.send(site.member(), event("1"))
    site.place()
    with site.asking() as (verifier, connection):
        assert evidence.newest(connection, verifier.origin) == (None, None)
    size = site.anchor()
    with site.asking() as (verifier, connection):
        anchor, note = evidence.newest(connection, verifier.origin)
        assert anchor is not None
        assert anchor.size == size
        assert note is not None
        assert note.startswith(verifier.origin)
        assert evidence.newest(connection, "another.example/log") == (None, None)
