import stat

import psycopg
import pytest

from contracts.operate import Hand
from gateway.machine import LOGINS, REGULATOR_PARTY, Machine
from indexer.core import submission
from indexer.core.trust import Trust


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    with Machine.open(
        tmp_path_factory.mktemp("machine") / "up", print, origin="machine.example/log"
    ) as made:
        yield made


def test_keys_lie_in_files_only_their_owner_reads(machine):
    for folder in (machine.folder, machine.keys):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    names = {path.name for path in machine.keys.iterdir()}
    assert names == {
        "admin.key", "registrar.key", "regulator.key", "operator.key", "log.key", "receipt.key",
        "vault.key",
    }  # fmt: skip
    for path in machine.keys.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_no_secret_shows_when_a_machine_is_printed(machine):
    shown = repr(machine)
    for password in machine.passwords.values():
        assert password not in shown
    for path in machine.keys.iterdir():
        assert path.read_text().strip() not in shown


def test_each_process_has_its_own_login(machine):
    for role in LOGINS:
        with psycopg.connect(machine.database_url(role).replace("+psycopg", "")) as connection:
            assert connection.execute("select current_user").fetchone() == (f"suyuan_{role}",)
        assert machine.environment(role)["SUYUAN_DATABASE_URL"] == machine.database_url(role)


def test_the_log_is_open_on_chain_under_the_keys_on_disk(machine):
    hand = Hand(machine.devnet.url, machine.deployment, machine.devnet.accounts[0])
    state = hand.trace_log.functions.logOf(submission.log_id(machine.origin)).call()
    assert bytes.fromhex(state[0][2:]) == submission.address(machine.devnet.accounts[3])
    assert bytes.fromhex(state[2][2:]) == machine.receipt_address


def test_trust_names_the_regulators_endpoint(machine):
    trust = Trust.from_json(machine.trust("http://127.0.0.1:8001/rpc"))
    assert trust.trace_log == machine.deployment.trace_log
    assert [(one.party, one.url) for one in trust.rpc] == [
        (REGULATOR_PARTY, "http://127.0.0.1:8001/rpc")
    ]
    assert trust.of(machine.origin)[0].operator != REGULATOR_PARTY
