"""The commands as people and programs run them: what they print, and with which status they end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from gateway.settings import inherited
from indexer.core.trust import Endpoint, Trust
from indexer.core.verdict import State
from indexer.follower import Follower
from tests.contracts.world import World
from tests.indexer.book import GTIN, Book

ROOT = Path(__file__).parents[2]
WITHOUT_GATEWAY = (
    "import sys; sys.modules['gateway'] = sys.modules['contracts'] = None\n"
    "sys.modules['web3'] = sys.modules['eth_account'] = None\n"
    "from indexer.cli import main\n"
    "sys.argv[0] = 'suyuan-node'; main()\n"
)


def run(*words: object, **variables: object) -> subprocess.CompletedProcess[str]:
    """Run suyuan-node where no gateway can be imported."""
    told = {f"SUYUAN_{name.upper()}": str(value) for name, value in variables.items()}
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_GATEWAY, *map(str, words)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**inherited(), **told},
        check=False,
        timeout=120,
    )


@pytest.fixture
def variables(world, book, database, tmp_path):
    (tmp_path / "deployment.json").write_bytes(world.deployment.to_json())
    return {
        "database_url": database.url("node"),
        "chain_rpc_urls": world.net.url,
        "deployment": tmp_path / "deployment.json",
        "log_origin": book.origin,
        "follow_interval": 0.1,
    }


@pytest.fixture
def evidence(book, world, tmp_path):
    """A proof and trust settings as files, and the code they are about."""
    ids = book.grow(1, 2)
    (tmp_path / "bundle.json").write_bytes(book.bundle(ids[0]).to_json())
    trust = book.trust(Endpoint("regulator", world.net.url))
    (tmp_path / "trust.json").write_bytes(trust.to_json())
    number = book.bundle(ids[0]).records[0].content["body"]["epcList"][0].rpartition("/")[2]
    return tmp_path / "bundle.json", tmp_path / "trust.json", f"(01){GTIN}(21){number}"


def test_a_proof_is_verified_without_gateway_or_database(evidence):
    bundle, trust, code = evidence
    done = run("verify", bundle, "--code", code, "--trust", trust)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("VERIFIED  https://id.gs1.org/01/")


def test_a_verdict_can_be_read_by_programs(evidence):
    bundle, trust, code = evidence
    done = run("verify", bundle, "--code", code, "--trust", trust, "--json")
    verdict = msgspec.json.decode(done.stdout)
    assert verdict["state"] == State.VERIFIED
    assert verdict["steps"][1]["facts"]["parties"] == ["regulator"]


def test_ones_own_node_can_be_asked_instead(evidence, world):
    bundle, trust, code = evidence
    words = ("verify", bundle, "--code", code, "--trust", trust, "--json", "--rpc", world.net.url)
    verdict = msgspec.json.decode(run(*words).stdout)
    assert verdict["steps"][1]["facts"]["parties"] == ["you"]


@pytest.mark.parametrize(
    ("case", "state"), [("body", "ALTERED"), ("code", "UNKNOWN"), ("away", "UNCHECKED")]
)
def test_everything_but_verified_ends_with_one(evidence, case, state):
    bundle, trust, code = evidence
    words = []
    if case == "body":
        bundle.write_bytes(bundle.read_bytes().replace(b"inspecting", b"destroying"))
    if case == "code":
        code = f"(01){GTIN}(21)ANOTHER"
    if case == "away":
        words = ["--rpc", "http://127.0.0.1:9"]
    done = run("verify", bundle, "--code", code, "--trust", trust, *words)
    assert done.returncode == 1
    assert done.stdout.startswith(state)
    assert ("you: " in done.stderr) == (case == "away")


@pytest.mark.parametrize("which", ["bundle", "trust", "code"])
def test_wrong_use_ends_with_two_and_one_sentence(evidence, which):
    bundle, trust, code = evidence
    if which == "bundle":
        bundle.write_bytes(b"{")
    if which == "trust":
        trust.write_bytes(b'{"format":"other"}')
    if which == "code":
        code = "not a code"
    done = run("verify", bundle, "--code", code, "--trust", trust)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_reconciling_an_honest_ledger_ends_with_zero(variables, book, follow):
    book.grow(1, 2)
    follow()
    done = run("reconcile", **variables)
    assert (done.returncode, done.stdout) == (0, "chain and store agree\n"), done.stderr


def test_reconciling_names_the_records_that_were_tampered_with(variables, book, follow):
    ids = book.grow(1, 3)
    follow()
    book.tamper("update ledger.record set content = content || ' ' where id = :id", id=ids[0])
    book.tamper("delete from ledger.record where id = :id", id=ids[2])
    done = run("reconcile", **variables)
    assert done.returncode == 1
    assert f"BODY_ALTERED  record {ids[0]}" in done.stdout
    assert f"RECORD_MISSING  record {ids[2]}" in done.stdout
    done = run("reconcile", "--json", **variables)
    found = msgspec.json.decode(done.stdout)["findings"]
    assert {(one["kind"], one["record"]) for one in found} == {
        ("BODY_ALTERED", str(ids[0])),
        ("RECORD_MISSING", str(ids[2])),
    }
    assert all(one["advice"]["zh"] and one["advice"]["en"] for one in found)


def test_a_changed_role_counts_until_it_is_acknowledged(variables, owner, node, client, devnet):
    book = Book(owner, World.on(devnet))  # contracts of its own: others should not find this
    variables["deployment"].write_bytes(book.world.deployment.to_json())
    variables["log_origin"] = book.origin
    registrar = book.world.participants.functions.REGISTRAR_ROLE().call()
    account = book.world.hands["stranger"].web3.to_checksum_address(book.world.address("stranger"))
    book.world.send("admin", book.world.participants.functions.grantRole(registrar, account))
    follower = Follower(node, client, book.world.deployment)
    while follower.step() != "idle":
        pass
    done = run("reconcile", "--json", **variables)
    (found,) = msgspec.json.decode(done.stdout)["findings"]
    assert (done.returncode, found["kind"]) == (1, "ROLE_CHANGED")
    assert found["facts"]["roleName"] == "REGISTRAR_ROLE"
    assert found["facts"]["account"] == book.world.address("stranger").hex()
    noted = run("acknowledge", found["subject"], "--json", **variables)
    assert noted.returncode == 0, noted.stderr
    done = run("reconcile", **variables)
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "chain and store agree",
        f"(acknowledged)  ROLE_CHANGED  {found['subject']}",
    ]
    assert run("acknowledge", "RoleGranted 0/0", **variables).returncode == 2


def test_what_does_not_fit_is_not_acknowledged_away(variables, book, follow):
    (one,) = book.grow(1)
    follow()
    book.tamper("delete from ledger.record where id = :id", id=one)
    run("reconcile", **variables)
    done = run("acknowledge", f"record {one}", **variables)
    assert (done.returncode, "FINDING_STANDS" in done.stderr) == (2, True)


def test_a_chain_that_is_away_is_to_be_tried_again(variables, book, follow):
    book.grow(1)
    follow()
    done = run("reconcile", **{**variables, "chain_rpc_urls": "http://127.0.0.1:9"})
    assert done.returncode == 75
    assert done.stderr.startswith("CHAIN_UNREACHABLE")


@pytest.mark.parametrize(
    ("change", "code", "status"),
    [
        ({"database_url": ""}, "DATABASE_UNSET", 2),
        ({"database_url": "postgresql+psycopg://nobody@127.0.0.1:9/x"}, "DATABASE", 75),
        ({"chain_finality": "soon"}, "FINALITY_UNKNOWN", 2),
        ({"port": "none"}, "NODE_SETTING", 2),
    ],
)
def test_known_errors_are_one_sentence_and_their_familys_status(variables, change, code, status):
    done = run("reconcile", **{**variables, **change})
    assert done.returncode == status, done.stderr
    assert done.stderr.startswith(code + ":")
    assert "Traceback" not in done.stderr


def test_a_database_without_a_ledger_is_made_one_by_upgrade(variables, database, owner):
    with owner.begin() as connection:
        connection.execute(text("drop schema ledger cascade"))
        connection.execute(text("drop table suyuan_ledger_version"))
    assert "DATABASE_NOT_MIGRATED" in run("reconcile", **variables).stderr
    done = run("upgrade", **{**variables, "database_url": database.url("superuser")})
    assert done.returncode == 0, done.stderr
    assert run("reconcile", **variables).returncode == 0


def test_following_goes_on_until_told_to_stop_and_logs_in_json(variables, book, node):
    ids = book.grow(1, 2)
    book.tamper("delete from ledger.record where id = :id", id=ids[1])
    told = {f"SUYUAN_{name.upper()}": str(value) for name, value in variables.items()}
    command = [sys.executable, "-c", WITHOUT_GATEWAY, "follow"]
    with subprocess.Popen(
        command, cwd=ROOT, env={**inherited(), **told}, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            wait_for(lambda: findings(node), process)
            assert findings(node) == [("RECORD_MISSING", ids[1])]
            book.grow(1)
            wait_for(lambda: anchors(node, book.log) == 2, process)
        finally:
            process.send_signal(signal.SIGTERM)
            lines = process.communicate(timeout=30)[1].splitlines()
    assert process.returncode == 0
    events = [msgspec.json.decode(line) for line in lines]
    assert events[0]["event"] == "following"
    told_findings = [one for one in events if one["event"] == "finding"]
    assert [(one["kind"], one["record"]) for one in told_findings] == [
        ("RECORD_MISSING", str(ids[1]))
    ]


def test_following_another_chain_stops_at_once_and_leaves_a_finding(variables, world, node):
    deployment = Path(str(variables["deployment"]))
    wrong = msgspec.json.decode(deployment.read_bytes())
    deployment.write_bytes(msgspec.json.encode({**wrong, "genesis": "ab" * 32}))
    done = run("follow", **variables)
    assert done.returncode == 70
    assert "CHAIN_REPLACED" in done.stderr
    assert "ab" * 32 in done.stderr
    assert findings(node) == [("CHAIN_REPLACED", None)]


def findings(node) -> list[tuple[str, object]]:
    with node.connect() as connection:
        found = connection.execute(text("select kind, record from ledger.finding"))
        return [(row.kind, row.record) for row in found]


def anchors(node, log) -> int:
    query = text("select count(*) from ledger.anchor where log = :log")
    with node.connect() as connection:
        count: int = connection.execute(query, {"log": log}).scalar_one()
        return count


def wait_for(happened, process) -> None:
    until = time.monotonic() + 60
    while not happened():
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.1)


def test_settings_are_printed_with_their_origin(variables):
    done = run("settings", **variables)
    assert f"SUYUAN_LOG_ORIGIN={variables['log_origin']}\n" in done.stdout
    rows = {one["name"]: one for one in msgspec.json.decode(run("settings", "--json").stdout)}
    assert rows["SUYUAN_PORT"]["default"] == "8001"
    assert os.environ.get("SUYUAN_PORT") or rows["SUYUAN_PORT"]["origin"] == "default"


def test_trust_settings_are_made_from_a_deployment(variables, book, world):
    key = str(book.signer.verifier)
    words = ("--deployment", variables["deployment"], "--log-key", key, "--operator", "gateway")
    done = run("trust", *words, "--rpc", f"regulator={world.net.url}")
    assert Trust.from_json(done.stdout.encode()) == book.trust(Endpoint("regulator", world.net.url))
    assert run("trust", *words, "--rpc", "nobody").returncode == 2
    assert run("trust", *words, "--finality", "12").stdout.count('"finality":12') == 1
