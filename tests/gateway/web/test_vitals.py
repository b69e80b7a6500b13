"""The pulse is read from rows alone, step by step as they come."""

from datetime import UTC, datetime

from gateway.leader import Term
from gateway.web import vitals
from tests.gateway.making import NOW, event
from tests.gateway.web.serving import ORIGIN


def pulse(site):
    with site.asking() as (_, connection):
        return vitals.read(connection, ORIGIN)


def test_an_empty_store_has_a_pulse(site):
    seen = pulse(site)
    assert (seen.log_size, seen.anchored_size, seen.tip, seen.promise) == (0, 0, None, None)
    assert not seen.led
    assert seen.findings == {}


def test_a_promise_stands_from_the_receipt_to_the_final_anchor(site):
    member = site.member()
    first = site.send(member, event())["anchorBy"]
    assert pulse(site).promise == first
    site.place()
    assert (pulse(site).promise, pulse(site).log_size) == (first, 2)
    site.anchor(final=False)
    assert (pulse(site).promise, pulse(site).anchored_size) == (first, 0)
    site.settle()
    assert (pulse(site).promise, pulse(site).anchored_size) == (None, 2)
    second = site.send(member, event())["anchorBy"]
    assert pulse(site).promise == second


def test_who_leads_is_seen_while_the_lock_is_held(site):
    loop = site.desk.engine("loop")
    term = Term.begin(loop, ORIGIN, datetime.now(UTC))
    assert term is not None
    assert pulse(site).led
    term.end()
    loop.dispose()
    assert not pulse(site).led


def test_open_findings_are_counted_by_kind(site):
    site.find("RECORD_MISSING", "a", cleared=None)
    site.find("RECORD_MISSING", "b", cleared=None)
    site.find("BODY_ALTERED", "c", cleared=NOW)
    assert pulse(site).findings == {"RECORD_MISSING": 2}
