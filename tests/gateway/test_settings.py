import pytest

from gateway.settings import KeyFileError, SettingError, inherited, load, read_key, told, write_key


@pytest.fixture(autouse=True)
def bare(monkeypatch, tmp_path):
    for name in inherited_names():
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def inherited_names():
    import os

    return [name for name in os.environ if name.upper().startswith("SUYUAN_")]


def test_the_environment_goes_before_the_file_and_the_file_before_the_default(
    monkeypatch, tmp_path
):
    (tmp_path / "suyuan.toml").write_text('port = 9000\nhost = "127.0.0.9"\n')
    monkeypatch.setenv("SUYUAN_PORT", "9100")
    settings = load()
    assert (settings.port, settings.host, settings.anchor_deadline) == (9100, "127.0.0.9", 600)
    origins = {one.name: one.origin for one in told(settings)}
    assert origins["SUYUAN_PORT"] == "environment"
    assert origins["SUYUAN_HOST"] == "suyuan.toml"
    assert origins["SUYUAN_ANCHOR_DEADLINE"] == "default"


def test_arguments_go_before_everything(monkeypatch):
    monkeypatch.setenv("SUYUAN_PORT", "9100")
    settings = load(port=1)
    assert settings.port == 1
    assert {one.origin for one in told(settings, {"port": 1}) if one.name == "SUYUAN_PORT"} == {
        "argument"
    }


def test_endpoints_are_a_comma_list(monkeypatch):
    monkeypatch.setenv("SUYUAN_CHAIN_RPC_URLS", "http://a:1, http://b:2/rpc,")
    assert load().chain_rpc_urls == ("http://a:1", "http://b:2/rpc")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SUYUAN_PORT", "http"),
        ("SUYUAN_PORT", "65536"),
        ("SUYUAN_CHAIN_RPC_URLS", ""),
        ("SUYUAN_CHAIN_RPC_URLS", "a b"),
        ("SUYUAN_CHAIN_FINALITY", "soon"),
        ("SUYUAN_CHAIN_FINALITY", "0"),
        ("SUYUAN_LOG_ORIGIN", "a+b"),
        ("SUYUAN_LOG_ORIGIN", "a b"),
        ("SUYUAN_LOG_ENTRIES", "everybody"),
        ("SUYUAN_ANCHOR_INTERVAL", "0"),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingError) as error:
        load()
    assert error.value.facts["name"] == name


@pytest.mark.parametrize("value", ["immediate", "finalized", "12"])
def test_finality_is_one_of_three(monkeypatch, value):
    monkeypatch.setenv("SUYUAN_CHAIN_FINALITY", value)
    assert load().chain_finality == value


def test_every_setting_has_a_meaning_and_no_password_is_printed():
    settings = load(database_url="postgresql+psycopg://suyuan_web:s3cret@127.0.0.1:5432/suyuan")
    lines = told(settings)
    assert all(one.meaning for one in lines)
    assert not any("s3cret" in one.value for one in lines)
    assert "postgresql+psycopg://suyuan_web:***@127.0.0.1:5432/suyuan" in {
        one.value for one in lines
    }


def test_a_wrong_value_is_not_printed(monkeypatch):
    monkeypatch.setenv("SUYUAN_PORT", "s3cret")
    with pytest.raises(SettingError) as error:
        load()
    assert "s3cret" not in str(error.value)


def test_children_inherit_everything_but_our_settings(monkeypatch):
    monkeypatch.setenv("SUYUAN_PORT", "1")
    monkeypatch.setenv("OTHER_THING", "2")
    assert "SUYUAN_PORT" not in inherited()
    assert inherited()["OTHER_THING"] == "2"


def test_a_key_survives_its_file_and_the_file_is_its_owners(tmp_path):
    path = tmp_path / "a.key"
    write_key(path, bytes(range(32)))
    assert read_key(path) == bytes(range(32))
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_key_file_is_never_replaced(tmp_path):
    path = tmp_path / "a.key"
    write_key(path, b"\1" * 32)
    with pytest.raises(KeyFileError):
        write_key(path, b"\2" * 32)
    assert read_key(path) == b"\1" * 32


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_file_open_to_others_is_refused(tmp_path, mode):
    path = tmp_path / "a.key"
    write_key(path, b"\1" * 32)
    path.chmod(mode)
    with pytest.raises(KeyFileError, match="must be 0600"):
        read_key(path)


@pytest.mark.parametrize("text", ["", "00" * 31, "00" * 33, "0x" + "00" * 32, "AB" * 32, "zz" * 32])
def test_what_is_no_key_is_refused_and_not_repeated(tmp_path, text):
    path = tmp_path / "a.key"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(KeyFileError) as error:
        read_key(path)
    assert not text or text not in str(error.value)


def test_a_missing_key_file_is_named(tmp_path):
    with pytest.raises(KeyFileError, match="No such file"):
        read_key(tmp_path / "none.key")


def test_only_whole_keys_are_written(tmp_path):
    with pytest.raises(KeyFileError):
        write_key(tmp_path / "a.key", b"\1" * 31)
    assert not (tmp_path / "a.key").exists()
