"""The desk as its shell uses it, without a shell."""

import threading
from uuid import UUID, uuid4

import pytest

from gateway.accounts import office as module
from gateway.accounts.decisions import State
from gateway.settings import load, write_key
from tests.gateway.making import CODES, NOW
from tests.gateway.office import key, written


@pytest.fixture
def desk(office, tmp_path):
    """The operator's desk by settings, and whatever it hears."""
    write_key(tmp_path / "vault.key", key())
    (tmp_path / "deployment.json").write_bytes(office.deployment.to_json())
    settings = load(
        database_url=office.database.url("admin"),
        deployment=tmp_path / "deployment.json",
        vault_key_file=tmp_path / "vault.key",
    )
    heard = []
    with module.Office.open(settings, lambda one: heard.append((one.act, one.state))) as made:
        yield made, heard


@pytest.fixture
def working(office):
    """Somebody who sends and follows meanwhile."""
    stop = threading.Event()

    def work():
        while not stop.wait(0.05):
            office.registrar.step(NOW)
            office.follow()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    stop.set()
    thread.join()


@pytest.mark.usefixtures("working")
def test_a_participant_from_admission_to_its_own_key(desk, office, tmp_path):
    at, heard = desk
    made = at.admit(("甲公司", CODES[0]), None, NOW, wait=True)
    who = UUID(made["participant"])
    assert made["apiKey"].startswith("suyuan_")
    assert heard[0] == ("admit", State.WAITING)
    assert heard[-1] == ("admit", State.DONE)
    file = written(tmp_path / "claim.json", office.claim(who, key()))
    added, ended = at.add_key(who, file, NOW, wait=True)
    assert (added["act"], ended["act"], ended["state"]) == ("add_key", "revoke", "done")
    (told,) = at.act("suspend", who, NOW, wait=True)
    assert told["state"] == "done"
    assert at.participant(who)["status"] == "suspended"
    (row,) = at.participants()
    assert (row["status"], row["key"]) == ("suspended", "own")


def test_without_waiting_it_only_decides(desk, office):
    at, heard = desk
    made = at.admit(("甲公司", CODES[0]), None, NOW, wait=False)
    assert "apiKey" not in made
    assert office.state(UUID(made["decision"])) is State.WAITING
    assert heard == []
    office.settle()
    (told,) = at.revoke_key("0x" + made["key"], 7, NOW, wait=False)
    assert (told["act"], told["state"], told["key"]) == ("revoke", "waiting", made["key"])


def test_api_keys_come_with_a_role_and_go(desk):
    at, _ = desk
    who = UUID(at.admit(("甲公司", CODES[0]), None, NOW, wait=False)["participant"])
    issued = at.issue(who, "operator", NOW)
    assert issued["role"] == "operator"
    assert at.revoke(UUID(issued["id"]), NOW) == {"revoked": issued["id"]}


def test_what_is_wrong_is_said_before_anything_is_decided(desk, office, tmp_path):
    at, _ = desk
    file = written(tmp_path / "claim.json", office.claim(uuid4(), key()))
    with pytest.raises(module.AdmissionArgumentsError):
        at.admit(None, None, NOW, wait=False)
    with pytest.raises(module.AdmissionArgumentsError):
        at.admit(("甲公司", CODES[0]), file, NOW, wait=False)
    with pytest.raises(module.OtherParticipantError):
        at.recover(uuid4(), file, NOW, wait=False)
    for text in ("", "zz", "00" * 19):
        with pytest.raises(module.AddressError):
            at.revoke_key(text, None, NOW, wait=False)
    assert at.participants() == []
