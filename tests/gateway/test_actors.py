"""The demo's enterprises over a real deployment: test_demo.py plays them whole, here is what they leave on disk."""

import stat
from uuid import uuid4

import msgspec
import pytest

from gateway import demo
from gateway.actors import Actor, _folder, note
from gateway.enterprise import keyfile
from indexer.chain.deployment import Deployment


class Place:
    """As much of a machine as an enterprise's folder needs."""

    def __init__(self, folder):
        self.folder = folder
        self.deployment = Deployment(31337, b"\1" * 32, b"\2" * 20, b"\3" * 20, 0)


@pytest.fixture
def folder(tmp_path):
    return _folder(Place(tmp_path), demo.MAKER)  # type: ignore[arg-type]


def test_an_enterprises_secrets_are_its_own(folder):
    for name in ("own.key", "password"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    key = keyfile.unlock(folder / "own.key", lambda: keyfile.secret(folder / "password"))
    applied = msgspec.json.decode((folder / "application.json").read_bytes())
    assert applied["key"] == key.address.hex()
    assert applied["creditCode"] == demo.MAKER.credit_code
    assert key.private_key.hex() not in (folder / "own.key").read_text()


def test_a_shell_finds_its_settings_and_no_secret_in_them(folder):
    actor = Actor(demo.MAKER, uuid4(), bytes(20), "suyuan_secret", folder)
    path = note(actor, "http://127.0.0.1:8000")
    assert path is not None
    assert "SUYUAN_GATEWAY=http://127.0.0.1:8000" in path.read_text()
    assert "suyuan_secret" not in path.read_text() + repr(actor)
    assert note(Actor(demo.CARRIER, uuid4(), bytes(20), "x"), "http://127.0.0.1") is None
