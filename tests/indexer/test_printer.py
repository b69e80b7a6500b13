from uuid import UUID

import msgspec
import structlog

from indexer import printer
from indexer.core.bundle import Missing
from indexer.core.verdict import RecordVerdict, State, Step, Verdict
from indexer.settings import Shown
from indexer.store.findings import Finding

ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))


def test_a_verdict_leads_with_its_state_and_names_every_record():
    good = RecordVerdict(ONE, 1, 1, False, [Step("content", State.VERIFIED)])
    bad = RecordVerdict(TWO, 2, 1, False, [Step("inclusion", State.ALTERED, "ROOT_DIFFERS")])
    steps = [Step("checkpoint", State.VERIFIED), Step("anchor", State.UNCHECKED, "NO_SIGHTING")]
    lines = list(printer.verdict(Verdict("code", steps, [good, bad], [Missing(THREE, 9)])))
    assert lines[0] == "ALTERED  code"
    assert "  ✓ checkpoint" in lines
    assert "  ? anchor NO_SIGHTING" in lines
    assert f"✓ record {ONE}  VERIFIED" in lines
    assert f"✗ record {TWO}  ALTERED" in lines
    assert "    ✗ inclusion ROOT_DIFFERS" in lines
    assert f"✗ record {THREE}  MISSING" in lines


def test_findings_say_where_and_what_to_do():
    found = [Finding("RECORD_MISSING", f"record {ONE}", 3, 3, ONE), Finding("CHAIN_REORG", "chain")]
    lines = list(printer.findings(found))
    assert lines[0] == f"RECORD_MISSING  record {ONE}  leaves 3-3"
    assert "backup" in lines[1]
    assert lines[2] == "CHAIN_REORG  chain"
    assert list(printer.findings([])) == ["chain and store agree"]
    known = Finding("ROLE_CHANGED", "RoleGranted 7/0")
    assert list(printer.findings([], [known])) == [
        "chain and store agree",
        "(acknowledged)  ROLE_CHANGED  RoleGranted 7/0",
    ]


def test_settings_can_be_copied_into_an_environment():
    row = Shown("SUYUAN_PORT", "where", "8001", "9000", "environment")
    assert next(iter(printer.settings([row]))) == "SUYUAN_PORT=9000"


def test_events_are_lines_of_json_where_no_eyes_are(capsys):
    printer.configure_log()
    try:
        structlog.get_logger("test").info("followed", blocks=3)
    finally:
        structlog.reset_defaults()
    said = msgspec.json.decode(capsys.readouterr().err)
    assert (said["event"], said["blocks"], said["level"]) == ("followed", 3, "info")
