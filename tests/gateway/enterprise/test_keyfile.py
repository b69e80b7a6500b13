import stat

import pytest
from eth_account import Account

from gateway.enterprise import keyfile
from gateway.enterprise.keyfile import KeystoreError, OwnKey, PasswordError, SecretFileError
from indexer.core import canonical, submission

FAST = 2**10
PASSWORD = "口令 1".encode()


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "own.key"
    keyfile.create(made, PASSWORD, rounds=FAST)
    return made


def ask(password=PASSWORD):
    return lambda: password


def test_a_key_comes_back_with_its_password_and_any_wallet_reads_it(tmp_path):
    path = tmp_path / "own.key"
    address = keyfile.create(path, PASSWORD, rounds=FAST)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    opened = keyfile.unlock(path, ask())
    assert opened.address == address == submission.address(opened.private_key)
    assert bytes(Account.decrypt(path.read_text(), PASSWORD.decode())) == opened.private_key
    assert opened.private_key.hex() not in path.read_text() + repr(opened)


def test_a_wallets_file_is_read_too(tmp_path):
    path = tmp_path / "wallet.json"
    made = Account.encrypt(b"\5" * 32, PASSWORD.decode(), kdf="pbkdf2", iterations=1000)
    path.write_bytes(canonical.encode(made))
    path.chmod(0o600)
    assert keyfile.unlock(path, ask()) == OwnKey(submission.address(b"\5" * 32), b"\5" * 32)


def test_a_wrong_password_is_said(path):
    with pytest.raises(PasswordError, match="does not open the key file"):
        keyfile.unlock(path, ask(b"other"))


def test_nothing_is_asked_over_a_file_that_is_no_key(tmp_path):
    def never():
        raise AssertionError

    path = tmp_path / "other.json"
    path.write_text('{"version": 4}')
    path.chmod(0o600)
    with pytest.raises(KeystoreError, match="version 3"):
        keyfile.unlock(path, never)
    with pytest.raises(KeystoreError, match="cannot be read"):
        keyfile.unlock(tmp_path / "absent", never)


@pytest.mark.parametrize("lacking", ["kdfparams", "ciphertext", "mac", "kdf"])
def test_a_damaged_file_is_said(path, lacking):
    kept = canonical.decode(path.read_bytes())
    assert isinstance(kept, dict)
    crypto = kept["crypto"]
    assert isinstance(crypto, dict)
    del crypto[lacking]
    path.write_bytes(canonical.encode(kept))
    with pytest.raises(KeystoreError, match="damaged"):
        keyfile.unlock(path, ask())


def test_a_file_open_to_others_is_refused(path, tmp_path):
    path.chmod(0o640)
    with pytest.raises(KeystoreError, match="0640"):
        keyfile.unlock(path, ask())
    lying = tmp_path / "password"
    lying.write_bytes(PASSWORD + b"\n")
    lying.chmod(0o644)
    with pytest.raises(SecretFileError, match="0644"):
        keyfile.secret(lying)
    lying.chmod(0o600)
    assert keyfile.secret(lying) == PASSWORD
    lying.write_bytes(b"\n")
    with pytest.raises(SecretFileError, match="empty"):
        keyfile.secret(lying)


def test_a_key_is_never_replaced(path):
    before = path.read_bytes()
    with pytest.raises(KeystoreError, match="cannot be written"):
        keyfile.create(path, PASSWORD, rounds=FAST)
    assert path.read_bytes() == before
