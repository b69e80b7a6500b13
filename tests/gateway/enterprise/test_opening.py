"""What commands open, and from where their secrets come."""

import pytest

from gateway.enterprise import keyfile, opening
from gateway.enterprise.keyfile import PasswordError, SecretFileError
from tests.gateway.enterprise.test_sending import serving


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret"
    path.touch(mode=0o600)
    path.write_text("open sesame\n")
    return path


def test_a_key_opens_with_the_password_in_a_file(tmp_path, secret):
    path = tmp_path / "own.key"
    address = keyfile.create(path, opening.password(path, secret)(), rounds=2**10)
    assert opening.unlock(path, secret).address == address
    secret.write_text("other")
    with pytest.raises(PasswordError):
        opening.unlock(path, secret)


def test_a_password_file_is_read_when_it_is_needed_and_not_before(tmp_path):
    source = opening.password(tmp_path / "own.key", tmp_path / "absent")
    with pytest.raises(SecretFileError):
        source()


def test_a_gateway_is_asked_with_the_api_key_in_a_file(secret):
    with serving((200, {"origin": "test.example/log"}, {})) as script:
        for file in (secret, None):
            with opening.gateway(script.url, file) as way:
                assert way.origin() == "test.example/log"
        assert [one[3] for one in script.asked] == ["Bearer open sesame", None]
