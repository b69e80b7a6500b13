from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.settings import KeyFileError, write_key
from gateway.vault import SealBrokenError, Vault, open_disclosures, seal_disclosures

ROOT = bytes(range(32))
ONE, OTHER = UUID(int=1), UUID(int=2)
SECRET = b"\x55" * 32


@pytest.fixture
def vault():
    return Vault(ROOT)


def test_what_was_sealed_opens(vault):
    assert vault.open_custodial(ONE, vault.seal_custodial(ONE, SECRET)) == SECRET
    assert vault.open_record_key(ONE, vault.seal_record_key(ONE, SECRET)) == SECRET
    sealed = seal_disclosures(ONE, SECRET, ["a", "b"])
    assert open_disclosures(ONE, SECRET, sealed) == ["a", "b"]


def test_the_same_vault_opens_after_a_restart(vault):
    assert Vault(ROOT).open_custodial(ONE, vault.seal_custodial(ONE, SECRET)) == SECRET


def test_a_seal_holds_for_its_row_only(vault):
    with pytest.raises(SealBrokenError):
        vault.open_custodial(OTHER, vault.seal_custodial(ONE, SECRET))
    with pytest.raises(SealBrokenError):
        vault.open_record_key(OTHER, vault.seal_record_key(ONE, SECRET))
    with pytest.raises(SealBrokenError):
        open_disclosures(OTHER, SECRET, seal_disclosures(ONE, SECRET, []))


def test_a_seal_holds_for_its_purpose_only(vault):
    with pytest.raises(SealBrokenError):
        vault.open_record_key(ONE, vault.seal_custodial(ONE, SECRET))


def test_another_vault_opens_nothing(vault):
    with pytest.raises(SealBrokenError):
        Vault(b"\1" * 32).open_custodial(ONE, vault.seal_custodial(ONE, SECRET))


def test_without_its_record_key_a_disclosure_is_gone():
    with pytest.raises(SealBrokenError):
        open_disclosures(ONE, b"\0" * 32, seal_disclosures(ONE, SECRET, ["a"]))


@given(at=st.integers(0, 60), bit=st.integers(0, 7))
def test_no_altered_bit_survives(at, bit):
    sealed = bytearray(Vault(ROOT).seal_custodial(ONE, SECRET))
    assert len(sealed) == 61
    sealed[at] ^= 1 << bit
    with pytest.raises(SealBrokenError):
        Vault(ROOT).open_custodial(ONE, bytes(sealed))


@given(st.binary(max_size=80))
def test_any_other_bytes_only_fail_to_open(sealed):
    with pytest.raises(SealBrokenError):
        Vault(ROOT).open_record_key(ONE, sealed)


def test_two_seals_of_one_secret_differ(vault):
    assert vault.seal_custodial(ONE, SECRET) != vault.seal_custodial(ONE, SECRET)


def test_a_concealed_code_has_one_name_in_one_vault_and_another_in_the_next(vault):
    name = vault.concealed_name("https://id.gs1.org/01/06945000000015")
    assert len(name) == 16
    assert name == Vault(ROOT).concealed_name("https://id.gs1.org/01/06945000000015")
    assert name != vault.concealed_name("https://id.gs1.org/01/06945000000022")
    assert name != Vault(b"\1" * 32).concealed_name("https://id.gs1.org/01/06945000000015")


def test_a_concealed_id_of_an_event_is_each_participants_own(vault):
    name = vault.concealed_event(ONE, "urn:x:1")
    assert len(name) == 16
    assert name not in (
        vault.concealed_event(OTHER, "urn:x:1"),
        vault.concealed_event(ONE, "urn:x:2"),
        vault.concealed_name("urn:x:1"),
        Vault(b"\1" * 32).concealed_event(ONE, "urn:x:1"),
    )


def test_nothing_secret_shows(vault):
    shown = repr(vault) + str(vault)
    assert ROOT.hex() not in shown
    assert shown == "Vault(sealed)" * 2
    with pytest.raises(SealBrokenError) as error:
        vault.open_custodial(OTHER, vault.seal_custodial(ONE, SECRET))
    assert SECRET.hex() not in str(error.value)
    assert error.value.__cause__ is None


def test_the_vault_opens_from_its_file(vault, tmp_path):
    write_key(tmp_path / "vault.key", ROOT)
    opened = Vault.open(tmp_path / "vault.key")
    assert opened.open_custodial(ONE, vault.seal_custodial(ONE, SECRET)) == SECRET
    (tmp_path / "vault.key").chmod(0o644)
    with pytest.raises(KeyFileError):
        Vault.open(tmp_path / "vault.key")
