"""The shell over the desk: words in, facts out. What they do is test_office.py's and the journeys'."""

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from gateway import demo
from gateway.settings import write_key
from tests.gateway.office import key, written

SUYUAN = Path(sys.executable).parent / "suyuan"


@pytest.fixture
def run(office, tmp_path):
    write_key(tmp_path / "vault.key", secrets.token_bytes(32))
    (tmp_path / "deployment.json").write_bytes(office.deployment.to_json())
    settings = {
        "SUYUAN_DATABASE_URL": office.database.url("admin"),
        "SUYUAN_DEPLOYMENT": str(tmp_path / "deployment.json"),
        "SUYUAN_VAULT_KEY_FILE": str(tmp_path / "vault.key"),
    }
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SUYUAN_")}

    def act(*words, status=0):
        done = subprocess.run(
            [SUYUAN, "participant", *words],
            env=clean | settings,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stderr
        assert "Traceback" not in done.stderr
        return done

    return act


def test_decisions_are_made_from_a_shell_and_shown(run, office, tmp_path):
    words = ("admit", demo.MAKER.name, demo.MAKER.credit_code, "--no-wait", "--json")
    made = json.loads(run(*words).stdout)
    who = made["participant"]
    office.settle()
    file = written(tmp_path / "claim.json", office.claim(UUID(who), key()))
    for command in (
        ("recover", who, "--file", file),
        ("suspend", who),
        ("reinstate", who),
        ("revoke-key", made["key"], "--next-sequence", "3"),
    ):
        (one,) = json.loads(run(*map(str, command), "--no-wait", "--json").stdout)["decisions"]
        assert one["state"] == "waiting"
    office.settle()
    shown = json.loads(run("show", who, "--json").stdout)
    assert {one["state"] for one in shown["decisions"]} == {"done"}
    assert shown["keys"][0]["nextSequence"] == 3
    assert run("cancel-recovery", who, "--no-wait").stdout.startswith("cancel_recovery waiting")
    assert "regulator" in run("complete-recovery", who, status=2).stderr
    assert demo.MAKER.name in run("list").stdout
    assert json.loads(run("list", "--json").stdout)["participants"][0]["participant"] == who
    assert "ended at sequence 3" in run("show", who).stdout


def test_an_enterprise_applies_with_its_own_key(run, office, tmp_path):
    claim = office.claim(uuid4(), key(), name=demo.SHOP.name, credit_code=demo.SHOP.credit_code)
    file = written(tmp_path / "claim.json", claim)
    made = json.loads(run("admit", "--application", file, "--no-wait", "--json").stdout)
    assert (made["participant"], made["key"]) == (str(claim.participant), claim.key.hex())
    office.settle()
    more = office.claim(claim.participant, key())
    refused = run("add-key", made["participant"], "--file", written(file, more), status=2)
    assert "KEY_WITHOUT_CONSENT" in refused.stderr


def test_api_keys_come_and_go(run):
    words = ("admit", demo.MAKER.name, demo.MAKER.credit_code, "--no-wait", "--json")
    who = json.loads(run(*words).stdout)["participant"]
    issued = json.loads(run("issue-api-key", who, "--role", "operator", "--json").stdout)
    assert issued["apiKey"].startswith("suyuan_")
    run("revoke-api-key", issued["id"])
    assert "API_KEY_MISSING" in run("revoke-api-key", issued["id"], status=2).stderr
    run("issue-api-key", who, "--role", "regulator", status=2)


def test_wrong_use_is_a_sentence_and_exit_status_two(run):
    assert "CREDIT_CODE" in run("admit", "名", "91440605MACX7R1K0Z", status=2).stderr
    assert "ADMISSION_ARGUMENTS" in run("admit", "名", status=2).stderr
    assert "PARTICIPANT_UNKNOWN" in run("suspend", str(uuid4()), status=2).stderr
    assert "KEY_UNREGISTERED" in run("revoke-key", "00" * 20, status=2).stderr
