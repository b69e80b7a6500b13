import pytest

from gateway.catalogue.examples import GOLDEN
from indexer.core import filing
from indexer.core.errors import InputError
from tests.indexer.core.schemas import valid

MAKER = GOLDEN["filing"]
REQUIRED = filing.FORM.schema["required"]
assert isinstance(REQUIRED, list)


def test_a_whole_filing_passes():
    filing.check(MAKER)
    assert valid(filing.FORM.schema, MAKER)


@pytest.mark.parametrize("name", REQUIRED)
def test_what_a_filing_needs_must_be_there(name):
    lacking = {key: value for key, value in MAKER.items() if key != name}
    with pytest.raises(InputError) as caught:
        filing.check(lacking)
    assert (caught.value.code, caught.value.place) == ("MEMBER_MISSING", f"/{name}")
    assert not valid(filing.FORM.schema, lacking)


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"id": "L1"}, "MEMBER_WRONG", "/id"),
        ({"creditCode": "91440605MACX7R1K0K"}, "CREDIT_CODE", "/creditCode"),
        ({"roles": []}, "MEMBER_WRONG", "/roles"),
        ({"roles": ["maker", "friend"]}, "MEMBER_WRONG", "/roles/1"),
        ({"regionCode": 440605}, "MEMBER_WRONG", "/regionCode"),
        ({"licences": []}, "MEMBER_WRONG", "/licences"),
        ({"licences": [{"kind": "ccc"}]}, "MEMBER_MISSING", "/licences/0/number"),
        (
            {"licences": [{"kind": "ccc", "number": "1", "validUntil": "soon"}]},
            "MEMBER_WRONG",
            "/licences/0/validUntil",
        ),
    ],
)
def test_what_is_wrong_is_named(changes, code, place):
    with pytest.raises(InputError) as caught:
        filing.check({**MAKER, **changes})
    assert (caught.value.code, caught.value.place) == (code, place)
