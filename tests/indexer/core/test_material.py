from typing import Any

import pytest

from indexer.core import material
from indexer.core.errors import InputError
from tests.indexer.core.schemas import valid

VALVE: dict[str, Any] = {
    "type": "Material",
    "gtin": "06945000000022",
    "id": "urn:x-demo:valve:dn15",
    "name": {"zh": "燃气比例阀"},
    "specification": "DN15，24 V",
    "kind": "part",
    "supplier": "https://id.gs1.org/417/6945000004013",
    "standard": "CJ/T 346",
}


def without(*names):
    return {name: value for name, value in VALVE.items() if name not in names}


@pytest.mark.parametrize("body", [VALVE, without("gtin"), without("id", "supplier", "standard")])
def test_a_material_goes_by_a_gtin_or_by_a_class_of_ones_own(body):
    material.check(body)
    assert valid(material.FORM.schema, body)


def test_one_of_them_must_be_there():
    with pytest.raises(InputError) as caught:
        material.check(without("gtin", "id"))
    assert (caught.value.code, caught.value.place) == ("MEMBER_MISSING", "/gtin")
    assert not valid(material.FORM.schema, without("gtin", "id"))


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"gtin": "06945000000023"}, "CODE_CHECK_DIGIT", "/gtin"),
        ({"id": "valve"}, "MEMBER_WRONG", "/id"),
        ({"kind": "valve"}, "MEMBER_WRONG", "/kind"),
        ({"specification": " "}, "MEMBER_WRONG", "/specification"),
        ({"price": 3}, "MEMBER_UNKNOWN", "/price"),
    ],
)
def test_what_is_wrong_is_named(changes, code, place):
    with pytest.raises(InputError) as caught:
        material.check({**VALVE, **changes})
    assert (caught.value.code, caught.value.place) == (code, place)
