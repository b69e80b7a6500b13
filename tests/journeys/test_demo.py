"""The demo as a newcomer meets it: pages and programs catch what was tampered with, Ctrl-C ends everything."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

BIN = Path(sys.executable).parent
ROOT = Path(__file__).parents[2]


def environment(path: Path) -> dict[str, str]:
    import shlex

    pairs = (line.partition("=") for line in path.read_text().splitlines())
    clean = {key: value for key, value in os.environ.items() if not key.startswith("SUYUAN_")}
    return clean | {key: shlex.split(value)[0] if value != "''" else "" for key, _, value in pairs}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "up"
    output = folder.parent / "terminal.txt"
    with output.open("wb") as terminal:
        process = subprocess.Popen(
            [BIN / "suyuan", "up", "--demo", "--folder", folder],
            cwd=ROOT,
            stdout=terminal,
            stderr=subprocess.STDOUT,
        )
    facts = folder.parent / "demo.json"
    end = time.monotonic() + 90
    while "Ctrl-C stops everything" not in output.read_text():
        assert process.poll() is None, output.read_text()
        assert time.monotonic() < end, output.read_text()
        time.sleep(0.1)
    yield json.loads(facts.read_text()), folder, output
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0, output.read_text()
    with pytest.raises(httpx.TransportError):
        httpx.get(json.loads(facts.read_text())["gateway"])


def run(folder, *command):
    return subprocess.run(
        [BIN / "suyuan-node", *command],
        env=environment(folder / "node.env"),
        capture_output=True,
        text=True,
        check=False,
    )


def units(facts):
    return {"amended" if one["amended"] else one["tampered"]: one for one in facts["units"]}


def test_the_terminal_shows_addresses_and_codes_to_scan(demo):
    facts, _, output = demo
    text = output.read_text()
    for unit in facts["units"]:
        assert unit["url"] in text
    assert "█" in text or "▄" in text


def test_reconcile_catches_both_and_names_the_records(demo):
    facts, folder, _ = demo
    done = run(folder, "reconcile", "--json")
    assert done.returncode == 1, done.stderr
    findings = json.loads(done.stdout)["findings"]
    named = {(finding["kind"], finding["record"]) for finding in findings}
    assert ("BODY_ALTERED", units(facts)["altered"]["record"]) in named
    assert ("RECORD_MISSING", units(facts)["deleted"]["record"]) in named
    assert {kind for kind, _ in named} == {"BODY_ALTERED", "RECORD_MISSING"}


@pytest.mark.parametrize(
    ("tampered", "state", "status"),
    [
        ("nothing", "VERIFIED", 0),
        ("amended", "VERIFIED", 0),
        ("altered", "ALTERED", 1),
        ("deleted", "MISSING", 1),
    ],
)
def test_a_carried_away_bundle_is_judged_alike(demo, tmp_path, tampered, state, status):
    facts, folder, _ = demo
    unit = units(facts)[tampered]
    bundle = httpx.get(unit["url"], headers={"Accept": "application/json"})
    file = tmp_path / "bundle.json"
    file.write_bytes(bundle.content)
    done = run(folder, "verify", file, "--code", unit["code"], "--trust", facts["trust"], "--json")
    assert done.returncode == status, done.stdout + done.stderr
    said = json.loads(done.stdout)
    assert said["state"] == state
    noticed = sorted(one["notice"] for one in said["notices"])
    assert noticed == (["AMENDED", "ERASED"] if tampered == "amended" else [])


def test_a_neighbour_in_the_same_submission_still_verifies(demo, tmp_path):
    """The deleted record shared its submission with the untouched unit's, which is VERIFIED above."""
    facts, _, _ = demo
    deleted, whole = units(facts)["deleted"], units(facts)["nothing"]
    assert (
        deleted["record"]
        not in httpx.get(whole["url"], headers={"Accept": "application/json"}).text
    )


def test_two_enterprises_sign_for_themselves_and_one_lets_the_platform_sign(demo):
    facts, _, _ = demo
    custodial = [one["custodial"] for one in facts["participants"]]
    # Maker, carrier, shop, supplier, and the operator itself.
    assert custodial == [False, True, False, True, True]
    shop = facts["participants"][2]
    done = subprocess.run(
        [BIN / "suyuan", "receipts", "check", "--trust", facts["trust"], "--json"],
        env=environment(Path(shop["settings"])),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    outcomes = {one["outcome"] for one in json.loads(done.stdout)["receipts"]}
    assert outcomes == {"HOLDS"}


def test_the_recall_of_a_valve_lot_finds_the_heaters_that_hold_one_and_the_one_that_did(demo):
    facts, _, _ = demo
    url = f"{facts['gateway']}/api/v1/trace/{facts['recalled']['code']}?only=items"
    found = {one["code"]: one["until"] for one in httpx.get(url).raise_for_status().json()["items"]}
    units_of = [unit["code"] for unit in facts["units"]]
    assert set(found) == set(units_of[:3]), (
        "the last has had a valve of the other lot from the beginning"
    )
    assert found[units_of[0]] is not None, "its valve was replaced"
    assert [found[one] for one in units_of[1:3]] == [None, None]


def test_a_heater_leads_back_to_the_brass_its_valves_are_made_of(demo):
    facts, _, _ = demo
    url = f"{facts['gateway']}/api/v1/trace/{units(facts)['nothing']['code']}?direction=back"
    story = httpx.get(url).raise_for_status().json()
    names = {one["code"].rpartition("/")[2] for one in story["nodes"]}
    assert {"HV2609A", "HV2610C", "CU59-0815", "069450000000000046"} <= names


def examples():
    """The README's runnable blocks, in its order."""
    return re.findall(r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text(), re.M | re.S)


def test_the_readmes_examples_run_one_after_the_other(demo):
    facts, folder, _ = demo
    assert len(examples()) == 6
    for block in examples():
        for written, here in (
            (".suyuan/demo.json", folder.parent / "demo.json"),
            (".suyuan/up", folder),
            (".venv/bin", BIN),
            ("http://127.0.0.1:8000", facts["gateway"]),
        ):
            block = block.replace(written, str(here))
        # What was just sent is proven once it is anchored, some seconds later.
        end = time.monotonic() + 30
        while True:
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", block],
                cwd=ROOT,
                env={name: value for name, value in os.environ.items() if "SUYUAN" not in name},
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode == 0 or "verify" not in block or time.monotonic() > end:
                break
            time.sleep(1)
        assert done.returncode == 0, block + done.stdout + done.stderr
