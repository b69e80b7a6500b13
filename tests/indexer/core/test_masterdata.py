"""What master data name, by the vectors that the browser runs too, and that no body breaks the table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.core import code, event, filing, header, masterdata, material, product, site
from indexer.core.errors import InputError
from tests.indexer.core.cases import JSON, load, ops, title


@pytest.mark.parametrize("case", load("masterdata", "names"), ids=title)
def test_master_data_name_what_they_describe(case):
    named = [[one.role, one.pointer, code.canonical(one.code)] for one in event.names(case["body"])]
    assert named == case["named"]


@pytest.mark.parametrize("case", load("masterdata", "refuse-names"), ids=title)
def test_what_cannot_be_read_is_named(case):
    with pytest.raises(InputError) as caught:
        event.names(case["body"])
    assert (caught.value.code, caught.value.place) == (case["error"], case["place"])


def test_every_operation_is_run():
    assert ops("masterdata") == {"names", "refuse-names"}


def test_each_type_has_its_schema_and_the_weightiest_comes_first():
    assert {one.type: one.name for one in masterdata.SCHEMAS.values()} == {
        "Product": product.SCHEMA,
        "Material": material.SCHEMA,
        "Site": site.SCHEMA,
        "Participant": filing.SCHEMA,
        "VocabularyElement": header.SCHEMA,
    }
    assert next(iter(masterdata.SCHEMAS)) == "Product"
    assert list(masterdata.SCHEMAS)[-1] == "VocabularyElement"
    for one in masterdata.SCHEMAS.values():
        assert one.codes.keys() <= set(one.document["properties"])  # type: ignore[arg-type]


@given(
    st.sampled_from(sorted(masterdata.SCHEMAS)),
    st.dictionaries(st.sampled_from(["gtin", "gln", "id", "name", "attributes", "x:y"]), JSON),
)
def test_hostile_bodies_raise_input_errors_alone(kind, members):
    body = {"type": kind, **members}
    for read in (event.check, event.names):
        try:
            read(body)
        except InputError as error:
            str(error).encode()
