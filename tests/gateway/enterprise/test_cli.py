"""The commands as a shell runs them; over a whole deployment they run in tests/journeys/test_own_keys.py."""

import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
import pytest

from gateway.enterprise import keyfile
from tests.gateway.making import event

SUYUAN = Path(sys.executable).parent / "suyuan"
PASSWORD = b"open sesame"


@pytest.fixture
def run(tmp_path):
    secret = tmp_path / "password"
    secret.touch(mode=0o600)
    secret.write_bytes(PASSWORD)

    def run(*arguments, **more):
        clean = {key: value for key, value in os.environ.items() if not key.startswith("SUYUAN_")}
        own = {
            "SUYUAN_KEY_PASSWORD_FILE": str(secret),
            "SUYUAN_JOURNAL": str(tmp_path / "journal"),
        }
        return subprocess.run(
            [SUYUAN, *arguments],
            env=clean | own | more,
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
        )

    return run


@pytest.fixture
def key(tmp_path):
    path = tmp_path / "own.key"
    keyfile.create(path, PASSWORD, rounds=2**10)
    return path


def test_a_key_is_made_once_and_its_address_told(run, tmp_path):
    done = run("keygen", "new.key", "--json")
    assert done.returncode == 0, done.stderr
    opened = keyfile.unlock(tmp_path / "new.key", lambda: PASSWORD)
    assert msgspec.json.decode(done.stdout) == {"key": opened.address.hex(), "file": "new.key"}
    again = run("keygen", "new.key")
    assert (again.returncode, "KEYSTORE" in again.stderr) == (2, True)


def test_an_application_says_what_it_lacks(run, key, tmp_path):
    trust = tmp_path / "trust.json"
    trust.write_bytes(
        b'{"format":"suyuan/trust/v1","chainId":1,"genesis":"%b","traceLog":"%b","participants":"%b",'
        b'"logs":[],"finality":"immediate","witnesses":[],"rpc":[]}'
        % (b"00" * 32, b"11" * 20, b"22" * 20)
    )
    common = ("apply", "--key", key, "--trust", trust)
    done = run(*common)
    assert (done.returncode, "--credit-code" in done.stderr) == (2, True)
    done = run(*common, "--active", key)
    assert (done.returncode, "--participant" in done.stderr) == (2, True)
    done = run(*common, "--name", "禅溪", "--credit-code", "91440605MACX7R1K0J")
    assert done.returncode == 0, done.stderr
    made = msgspec.json.decode(done.stdout)
    assert UUID(made["participant"]).version == 7
    assert len(made["possession"]) == 130


def test_files_are_signed_without_a_network_and_listed(run, key, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "1.json").write_bytes(msgspec.json.encode([event(str(n)) for n in range(3)]))
    (folder / "2.json").write_bytes(msgspec.json.encode([event("1", action="LOOK")]))
    who = str(uuid4())
    needed = run("sign", folder, "--key", key)
    assert (needed.returncode, "IDENTITY_NEEDED" in needed.stderr) == (2, True)
    named = ("--origin", "test.example/log", "--participant", who)
    done = run("sign", folder, "--key", key, *named, "--size", "2", "--json")
    assert done.returncode == 2
    told = msgspec.json.decode(done.stdout)
    assert (told["signed"], told["answered"], told["next"]) == (3, 0, 2)
    assert [(Path(one["file"]).name, one["place"]) for one in told["bad"]] == [
        ("2.json", "/0/action")
    ]
    assert "2.json/0/action" in done.stderr
    again = run("sign", folder / "1.json", "--key", key)
    assert (again.returncode, "signed before" in again.stderr) == (0, True)
    listed = msgspec.json.decode(run("receipts", "list", "--json").stdout)["receipts"]
    assert [(one["sequence"], one["count"], one["receipt"]) for one in listed] == [
        (0, 2, None),
        (1, 1, None),
    ]
    other = run("sign", folder, "--key", key, "--origin", "other.example/log")
    assert (other.returncode, "JOURNAL_DIFFERS" in other.stderr) == (2, True)


def test_an_api_key_that_is_open_to_others_is_never_sent(run, tmp_path):
    api_key = tmp_path / "api.key"
    api_key.write_text("key")
    api_key.chmod(0o644)
    done = run("submit", "--gateway", "http://127.0.0.1:9", "--api-key-file", api_key)
    assert (done.returncode, "SECRET_FILE" in done.stderr) == (2, True)
    assert run("receipts", "list").returncode == 0


def test_receipts_need_to_be_somewhere(run, tmp_path):
    trust = tmp_path / "trust.json"
    trust.write_bytes(b"{}")
    done = run("receipts", "check", "--trust", trust)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    absent = run("receipts", "list", SUYUAN_JOURNAL=str(tmp_path / "absent"))
    assert (absent.returncode, "JOURNAL_BROKEN" in absent.stderr) == (2, True)
