from datetime import UTC, datetime

import pytest

from gateway.exchange.parameters import take, whole
from gateway.exchange.problems import QueryParameterError
from gateway.exchange.query import Query
from tests.gateway.making import GTIN

AT = "2026-11-21T12:00:00Z"


def made(**asked):
    query = Query()
    for name, values in asked.items():
        take(query, name, values if isinstance(values, list) else [values], {})
    return query


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EQ_bizStp", "shipping"),
        ("nothing", "1"),
        ("EQ_", "1"),
        ("EQ_heat", "1"),
        ("EXISTS_heat", ""),
        ("MATCH_epcs", "urn:x:1"),
        ("GE_bizStep", "1"),
        ("EQ_quantity_KGM", "1"),
        ("EQ_quantity", "many"),
        ("GE_value_CEL", "warm"),
        ("GE_eventTime", "yesterday"),
        ("GE_eventTime", "2026-11-21"),
        ("GT_ex:heat", "warm"),
        ("MATCH_epc", ""),
        ("MATCH_epc", "urn:epc:idpat:sgtin:*"),
        ("orderBy", "action"),
        ("orderDirection", "UP"),
        ("eventCountLimit", "0"),
        ("maxEventCount", "-1"),
        ("maxEventCount", "9" * 30),
        ("EQ_bizStep", "a\0b"),
        ("EQ_a\0:b", "1"),
        ("HASATTR_bizLocation", "x"),
    ],
)
def test_what_is_unknown_or_of_another_kind_is_refused_by_its_name(name, value):
    with pytest.raises(QueryParameterError) as refused:
        made(**{name: value})
    assert name.replace("\0", "") in str(refused.value)
    assert refused.value.place.startswith("/query/")


def test_a_comparison_takes_one_value():
    for name, value in (("GE_eventTime", AT), ("GE_quantity", "1"), ("GT_ex:heat", "1")):
        with pytest.raises(QueryParameterError):
            made(**{name: [value, value]})


def test_what_the_store_can_narrow_by_is_said():
    epc = f"https://id.gs1.org/01/{GTIN}/21/1"
    query = made(
        EQ_bizStep=["urn:epcglobal:cbv:bizstep:shipping"],
        EQ_readPoint=["(414)0614141073467"],
        GE_eventTime=AT,
        LT_recordTime=AT,
        MATCH_epc=[f"(01){GTIN}(21)1"],
        MATCH_parentID=["urn:epc:idpat:sscc:0614141.*"],
        EQ_eventID=["urn:uuid:1"],
    )
    at = datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert query.columns == {
        "biz_step": ["shipping"],
        "read_point": ["https://id.gs1.org/414/0614141073467"],
    }
    assert query.spans == [("event_time", "GE", at), ("received_at", "LT", at)]
    assert query.codes == [[epc]]
    assert query.event_ids == ["urn:uuid:1"]
    assert len(query.tests) == 7


def test_conditions_on_one_member_narrow_together():
    query = made(EQ_bizStep=["shipping", "packing"], EQ_eventID=["a", "b"])
    take(query, "EQ_bizStep", ["packing", "loading"], {})
    take(query, "EQ_eventID", ["b"], {})
    assert query.columns == {"biz_step": ["packing"]}
    assert query.event_ids == ["b"]


def test_a_whole_number_has_bounds():
    assert whole("perPage", "7", least=1) == 7
    with pytest.raises(QueryParameterError):
        whole("perPage", "0", least=1)
