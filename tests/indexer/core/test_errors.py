import pytest

from indexer.core import errors
from indexer.core.errors import DuplicateError, EvidenceError, InputError


class SpoiltError(InputError):
    code = "SPOILT"
    sentence = "{fruit} at {place} is spoilt"


def test_facts_become_a_sentence():
    error = SpoiltError(place="/basket/0", fruit="the pear")
    assert str(error) == "the pear at /basket/0 is spoilt"
    assert error.facts["fruit"] == "the pear"


def test_an_error_keeps_its_facts_when_its_place_is_known_better():
    error = SpoiltError(place="/0", fruit="the pear").under("/basket")
    assert isinstance(error, SpoiltError)
    assert error.place == error.facts["place"] == "/basket/0"
    assert str(error) == "the pear at /basket/0 is spoilt"


def test_an_error_moves_only_where_it_stood():
    error = SpoiltError(place="/basket/0", fruit="the pear")
    moved = error.moved("/basket", "/kitchen/bowl")
    assert isinstance(moved, SpoiltError)
    assert (moved.place, str(moved)) == ("/kitchen/bowl/0", "the pear at /kitchen/bowl/0 is spoilt")
    assert error.moved("/table", "").place == "/basket/0"


@pytest.mark.parametrize(
    ("error", "status", "exit_status"),
    [
        (SpoiltError(fruit="x"), 422, 2),
        (DuplicateError(), 409, 2),
        (EvidenceError(), 200, 1),
        (errors.UnknownCallerError(), 401, 2),
        (errors.OutageError(), 503, 75),
        (errors.InconsistencyError(), 500, 70),
        (errors.SuyuanError(), 500, 70),
    ],
)
def test_the_nearest_family_answers(error, status, exit_status):
    assert errors.outside(errors.HTTP, error) == status
    assert errors.outside(errors.EXIT, error) == exit_status
