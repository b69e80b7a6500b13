from pathlib import Path

import pytest

from indexer import settings
from indexer.chain.finality import UnknownFinalityError
from indexer.settings import NodeSettingError


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """No suyuan.toml and no variables of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in settings.Settings.model_fields:
        monkeypatch.delenv(settings.PREFIX + name.upper(), raising=False)


def test_defaults_suffice_to_start():
    told = settings.load()
    assert told.chain_rpc_urls == ("http://127.0.0.1:8545",)
    assert told.finality == "immediate"
    assert told.port == 8001


def test_the_environment_goes_before_the_file_and_the_file_before_defaults(monkeypatch):
    Path("suyuan.toml").write_text('party = "file"\nport = 9000\n')
    monkeypatch.setenv("SUYUAN_PARTY", "environment")
    monkeypatch.setenv("SUYUAN_CHAIN_RPC_URLS", "http://a:1, http://b:2 ,")
    monkeypatch.setenv("SUYUAN_CHAIN_FINALITY", "12")
    told = settings.load()
    assert (told.party, told.port) == ("environment", 9000)
    assert told.chain_rpc_urls == ("http://a:1", "http://b:2")
    assert told.finality == 12
    origins = {one.name: one.origin for one in settings.shown(told)}
    assert origins["SUYUAN_PARTY"] == "environment"
    assert origins["SUYUAN_PORT"] == "suyuan.toml"
    assert origins["SUYUAN_HOST"] == "default"


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "x"), ("CHAIN_RPC_URLS", ","), ("RPC_RATE", "0"), ("PARTY", "")]
)
def test_a_setting_that_does_not_do_is_named(monkeypatch, name, value):
    monkeypatch.setenv("SUYUAN_" + name, value)
    with pytest.raises(NodeSettingError, match="SUYUAN_" + name):
        settings.load()


def test_a_finality_that_is_none_is_refused_at_the_start(monkeypatch):
    monkeypatch.setenv("SUYUAN_CHAIN_FINALITY", "soon")
    with pytest.raises(UnknownFinalityError):
        settings.load()


def test_passwords_are_never_shown(monkeypatch):
    monkeypatch.setenv("SUYUAN_DATABASE_URL", "postgresql+psycopg://node:secret@db/suyuan")
    monkeypatch.setenv("SUYUAN_CHAIN_RPC_URLS", "https://me:secret@chain")
    assert "secret" not in str([vars(one) for one in settings.shown(settings.load())])


def test_every_setting_says_what_it_means():
    assert all(len(one.meaning) > 10 for one in settings.shown(settings.load()))
