import pytest

from indexer.core import retraction
from indexer.core.errors import InputError


@pytest.mark.parametrize(
    "body", [{"reason": "did_not_occur"}, {"reason": "别的原因", "note": "见工单"}]
)
def test_a_withdrawal_says_why(body):
    retraction.check_withdrawal(body)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ([], ""),
        ({}, "/reason"),
        ({"reason": ""}, "/reason"),
        ({"reason": "x", "why": "y"}, "/why"),
        ({"reason": "x", "note": 7}, "/note"),
    ],
)
def test_a_withdrawal_that_does_not_is_refused(body, place):
    with pytest.raises(InputError) as error:
        retraction.check_withdrawal(body)
    assert error.value.place == place


@pytest.mark.parametrize("basis", sorted(retraction.BASES))
def test_an_erasure_has_a_legal_basis(basis):
    retraction.check_erasure({"scope": "concealed", "basis": basis})


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"basis": "ordered"}, "/scope"),
        ({"scope": "concealed"}, "/basis"),
        ({"scope": "whole", "basis": "ordered"}, "/scope"),
        ({"scope": "concealed", "basis": "ordered2"}, "/basis"),
    ],
)
def test_an_erasure_without_one_is_refused(body, place):
    with pytest.raises(InputError) as error:
        retraction.check_erasure(body)
    assert error.value.place == place
