import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.core import base64url


@given(st.binary(max_size=40))
def test_bytes_survive_and_have_no_padding(data):
    text = base64url.encode(data)
    assert text == base64.urlsafe_b64encode(data).decode().rstrip("=")
    assert base64url.decode(text) == data


@given(st.text(st.sampled_from("AQgwE0_-z=+/ \n水"), max_size=9))
def test_a_text_that_is_read_is_the_one_spelling(text):
    try:
        data = base64url.decode(text)
    except base64url.MisspeltBase64Error:
        return
    assert base64url.encode(data) == text


@pytest.mark.parametrize(
    "text", ["A", "AA==", "AB", "AAB", "A A", "AAAA\n", "//8", "++8", "ＡＡ", "AAA="]
)
def test_other_spellings_are_refused(text):
    with pytest.raises(base64url.MisspeltBase64Error):
        base64url.decode(text)
