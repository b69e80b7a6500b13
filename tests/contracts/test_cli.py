"""The administrator's hand from a shell, from deployment to a closed log."""

import json
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from coincurve import PrivateKey
from typer.testing import CliRunner

from contracts import cli, consent, sending
from indexer.chain.deployment import Deployment
from indexer.core.submission import address, log_id
from tests.contracts.world import LOG_KEY, World


@pytest.fixture(scope="module")
def files(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hand")
    for role, key in world.keys.items():
        (folder / role).write_text(key.hex())
        (folder / role).chmod(0o600)
    (folder / "deployment.json").write_bytes(world.deployment.to_json())
    return folder


def run(world: World, files: Path, role: str, *arguments: object) -> dict[str, object]:
    """Run a command by its shell words and return the facts it prints."""
    words = [str(one) for one in arguments]
    words += ["--rpc", world.net.url, "--key-file", str(files / role)]
    if arguments[0] != "deploy":
        words += ["--deployment", str(files / "deployment.json")]
    done = CliRunner().invoke(cli.app, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    facts = json.loads(done.output)
    assert isinstance(facts, dict)
    return facts


def roles(world: World) -> list[str]:
    return [
        word
        for role in ("registrar", "regulator", "operator")
        for word in (f"--{role}", world.address(role).hex())
    ]


def test_deploy_writes_what_readers_load(world: World, files: Path, tmp_path: Path):
    out = tmp_path / "new.json"
    facts = run(world, files, "admin", "deploy", *roles(world), "--out", out)
    assert facts["traceLog"] == Deployment.load(out).trace_log.hex()
    assert Deployment.load(out).chain_id == 31337


def test_a_log_from_open_to_close(world: World, files: Path):
    keys = ["--log-key", LOG_KEY.hex(), "--receipt-key", world.address("stranger").hex()]
    operator = ["--operator", world.address("operator").hex()]
    facts = run(world, files, "admin", "open", "cli.example", *operator, *keys)
    log = log_id("cli.example")
    assert facts["log"] == log.hex()
    run(world, files, "admin", "rotate", "cli.example", *operator, *keys)
    after = ["--last-good", "0", "--successor", "next.example"]
    run(world, files, "admin", "close", "cli.example", *after)
    assert world.log.functions.logOf(log).call()[9] == log_id("next.example")
    past = ["--size", 5, "--root", "07" * 32, "--predecessor", "old.example"]
    run(world, files, "admin", "open", "old.example", *operator, *keys, *past)
    assert world.log.functions.head(log_id("old.example")).call() == [1, 5, b"\7" * 32]


def test_a_participant_from_admission_to_revocation(world: World, files: Path):
    participant, key = uuid4(), PrivateKey().secret
    said = consent.Possession(participant, address(key))
    possession = consent.sign(said, world.deployment, key)
    names = ["--name", "安装服务有限公司", "--credit-code", "91110000600037341L"]
    shown = ["--participant-key", "0x" + address(key).hex(), "--possession", possession.hex()]
    run(world, files, "registrar", "admit", participant, *names, *shown, "--custodial")
    assert world.participants.functions.keyOf(address(key)).call()[:2] == [participant.bytes, True]
    run(world, files, "registrar", "suspend", participant)
    run(world, files, "registrar", "reinstate", participant)
    assert world.participants.functions.participantOf(participant.bytes).call()[2] == 1
    run(world, files, "registrar", "revoke", address(key).hex(), "--next-sequence", 3)
    assert world.participants.functions.keyOf(address(key)).call()[3:] == [True, 3]


def test_a_recovery_takes_two_hands_and_its_time_and_a_key_in_use_vouches_at_once(
    world: World, files: Path
):
    participant, lost = world.new_participant()
    key, more = PrivateKey().secret, PrivateKey().secret
    named = ["--participant-key", address(key).hex()]
    claim = ["--possession", world.possession(participant, key).hex()]
    run(world, files, "registrar", "request-recovery", participant, *named, *claim)
    run(world, files, "regulator", "cancel-recovery", participant)
    run(world, files, "registrar", "request-recovery", participant, *named, *claim)
    run(world, files, "regulator", "approve-recovery", participant, *named)
    with pytest.raises(sending.RefusedError, match="ParticipantsTooEarly"):
        run(world, files, "registrar", "complete-recovery", participant)
    run(world, files, "registrar", "cancel-recovery", participant)
    claim = ["--possession", world.possession(participant, more).hex()]
    claim += ["--consent", world.consent(participant, more, False, lost).hex()]
    named = ["--participant-key", address(more).hex()]
    run(world, files, "registrar", "add-key", participant, *named, *claim)
    assert world.participants.functions.keyOf(address(more)).call()[0] == participant.bytes


def shell(world: World, files: Path, role: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "contracts.cli", *words, "--rpc", world.net.url]
    command += ["--key-file", str(files / role)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_one_account_in_two_roles_is_wrong_use_and_leaves_nothing(world: World, files: Path):
    out = files / "never.json"
    done = shell(world, files, "registrar", "deploy", *roles(world), "--out", str(out))
    assert done.returncode == 2
    assert done.stderr.startswith("CONTRACT_ROLES_NOT_SEPARATE: ")
    assert not out.exists()


def test_an_open_key_file_is_refused_and_its_key_not_shown(world: World, files: Path):
    (files / "open").write_text(world.keys["admin"].hex())
    (files / "open").chmod(0o644)
    done = shell(world, files, "open", "deploy", *roles(world), "--out", str(files / "no.json"))
    assert done.returncode == 2
    assert "chmod 600" in done.stderr
    assert world.keys["admin"].hex() not in done.stdout + done.stderr


@pytest.mark.parametrize("word", ["", "zz", "0x12", "00" * 21])
def test_what_is_no_address_is_named(world: World, files: Path, word: str):
    options = ["--rpc", world.net.url, "--key-file", str(files / "admin")]
    options += ["--deployment", str(files / "deployment.json"), "--next-sequence", "0"]
    done = CliRunner().invoke(cli.app, ["revoke", word, *options])
    assert done.exit_code == 2
    assert "hex digits" in done.output


def test_keys_are_never_arguments():
    for command in cli.app.registered_commands:
        assert command.callback is not None
        assert not {"key", "private_key"} & set(command.callback.__annotations__)
    assert sending.read_key.__annotations__["path"] is Path
