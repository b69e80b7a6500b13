import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.core import ecode
from indexer.core.ecode import Ecode, EcodeError


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1009647007264657137080782", ("1", "0096", "47007264657137080782")),
        ("000016901234567892", ("0", "0001", "6901234567892")),
        ("201281", ("2", "0128", "1")),
        ("300121aB9", ("3", "00121", "aB9")),
        ("400001水A-", ("4", "00001", "水A-")),
    ],
)
def test_codes_fall_into_version_system_and_item(text, parts):
    assert ecode.parse(text) == Ecode(*parts)
    assert "".join(ecode.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5",
        "6901234567892",
        "1009",
        "10064",
        "1００96470",
        "10064 1",
        "10064\n",
        "30012",
        "300121é",
        "4",
        "400001\u3000",
    ],
)
def test_other_texts_are_refused(text):
    with pytest.raises(EcodeError):
        ecode.parse(text)


@given(st.text(max_size=12).map("400001".__add__))
def test_version_four_takes_whatever_can_be_seen(text):
    try:
        item = ecode.parse(text).item
    except EcodeError:
        return
    assert item.isprintable() or not item.isascii()
    assert not any(one.isspace() for one in item)
    assert "400001" + item == text
