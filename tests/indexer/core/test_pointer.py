import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.core import pointer


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("", []),
        ("/", [""]),
        ("/foo/0", ["foo", "0"]),
        ("/a~1b", ["a/b"]),
        ("/m~0n", ["m~n"]),
        ("/~01", ["~1"]),
        ("/ ", [" "]),
        ("//", ["", ""]),
    ],
)
def test_pointers_of_rfc_6901_are_split(text, steps):
    assert pointer.tokens(text) == steps


@pytest.mark.parametrize("text", ["a", "#", "-", "/~", "/~2", "/a~", "a/b"])
def test_misspelt_pointers_are_refused_where_they_stand(text):
    with pytest.raises(pointer.MisspeltPointerError) as caught:
        pointer.tokens(text, place="/conceal/4")
    assert caught.value.place == "/conceal/4"


@given(st.lists(st.text(max_size=5), max_size=4))
def test_what_is_escaped_is_split_again(steps):
    assert pointer.tokens("".join(map(pointer.escape, steps))) == steps


@pytest.mark.parametrize("token", ["", "-", "01", "+1", "-1", "1.0", "１", "²", "1\n", "9" * 40])
def test_other_than_plain_decimals_are_no_indices(token):
    assert pointer.index(token) is None


def test_plain_decimals_are_indices():
    assert [pointer.index(token) for token in ("0", "7", "120")] == [0, 7, 120]
