from uuid import UUID

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_utils.crypto import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.core import submission
from indexer.core.errors import EvidenceError, InputError
from indexer.core.submission import Receipt, Submission
from tests.indexer.core.cases import load, ops, title

BYTES32 = st.binary(min_size=32, max_size=32)
SEQUENCES = st.integers(0, 2**53 - 1)
COUNTS = st.integers(1, 2**32 - 1)
SUBMISSIONS = st.builds(Submission, BYTES32, st.uuids(), SEQUENCES, COUNTS, BYTES32)
RECEIPTS = st.builds(
    Receipt,
    BYTES32,
    st.uuids(),
    st.binary(min_size=20, max_size=20),
    SEQUENCES,
    COUNTS,
    BYTES32,
    SEQUENCES,
    SEQUENCES,
)
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
KEYS = st.integers(1, ORDER - 1).map(lambda number: number.to_bytes(32, "big"))


def built(case):
    root = bytes.fromhex(case["root"])
    log, participant = bytes.fromhex(case["log"]), UUID(case["participant"])
    if case["op"] == "submission":
        return Submission(log, participant, case["sequence"], case["count"], root)
    return Receipt(
        log,
        participant,
        bytes.fromhex(case["key"]),
        case["sequence"],
        case["count"],
        root,
        case["receivedAt"],
        case["anchorBy"],
    )


def eip712_hash(structure):
    message = encode_typed_data(full_message=structure.typed_data())
    return keccak(b"\x19" + message.version + message.header + message.body)


@pytest.mark.parametrize("case", load("submission", "submission", "receipt"), ids=title)
def test_structures_hash_and_sign_as_fixed(case):
    structure, key = built(case), bytes.fromhex(case["privateKey"])
    assert structure.signing_hash().hex() == case["signingHash"]
    assert submission.sign(structure.signing_hash(), key).hex() == case["signature"]
    signature = bytes.fromhex(case["signature"])
    assert submission.recover(structure.signing_hash(), signature).hex() == case["address"]
    assert submission.address(key).hex() == case["address"]


@pytest.mark.parametrize("case", load("submission", "submission", "receipt"), ids=title)
def test_fixed_hashes_are_those_of_eth_account(case):
    assert eip712_hash(built(case)).hex() == case["signingHash"]


@pytest.mark.parametrize("case", load("submission", "log"), ids=title)
def test_logs_are_named_by_their_origin(case):
    assert submission.log_id(case["origin"]).hex() == case["log"]


@pytest.mark.parametrize("case", load("submission", "root"), ids=title)
def test_roots_bind_digests_in_order(case):
    digests = [bytes.fromhex(digest) for digest in case["digests"]]
    assert submission.root(digests).hex() == case["root"]


@pytest.mark.parametrize("case", load("submission", "address"), ids=title)
def test_addresses_are_ethereums(case):
    assert submission.address(bytes.fromhex(case["privateKey"])).hex() == case["address"]


@pytest.mark.parametrize("case", load("submission", "refuse-signature"), ids=title)
def test_signatures_of_another_form_are_refused(case):
    with pytest.raises(EvidenceError) as caught:
        submission.recover(bytes.fromhex(case["signingHash"]), bytes.fromhex(case["signature"]))
    assert caught.value.code == case["error"]


@pytest.mark.parametrize("case", load("submission", "recover"), ids=title)
def test_well_formed_signatures_recover_to_whoever_made_them(case):
    found = submission.recover(bytes.fromhex(case["signingHash"]), bytes.fromhex(case["signature"]))
    assert found.hex() == case["address"]


def test_every_operation_of_the_vectors_is_run():
    assert ops("submission") == {
        *("submission", "receipt", "log", "root", "address", "refuse-signature", "recover")
    }


@settings(max_examples=40, deadline=None)
@given(st.one_of(SUBMISSIONS, RECEIPTS), KEYS)
def test_packing_by_hand_agrees_with_eth_account(structure, key):
    assert structure.signing_hash() == eip712_hash(structure)
    signature = submission.sign(structure.signing_hash(), key)
    message = encode_typed_data(full_message=structure.typed_data())
    assert Account.recover_message(message, signature=signature)[2:].lower() == (
        submission.recover(structure.signing_hash(), signature).hex()
    )
    assert Account.sign_message(message, key).signature == signature


@settings(max_examples=60, deadline=None)
@given(SUBMISSIONS, st.integers(0, 64), st.integers(1, 255))
def test_no_altered_byte_of_a_signature_still_names_its_signer(structure, at, change):
    key = b"\x07" * 32
    signature = bytearray(submission.sign(structure.signing_hash(), key))
    signature[at] ^= change
    try:
        found = submission.recover(structure.signing_hash(), bytes(signature))
    except EvidenceError:
        return
    assert found != submission.address(key)


@settings(max_examples=60, deadline=None)
@given(BYTES32, st.binary(max_size=70))
def test_hostile_signatures_are_refused_as_evidence(signing_hash, signature):
    try:
        assert len(submission.recover(signing_hash, signature)) == 20
    except EvidenceError:
        return


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"log": b"x"}, "/log"),
        ({"sequence": -1}, "/sequence"),
        ({"sequence": 2**53}, "/sequence"),
        ({"count": 0}, "/count"),
        ({"count": 2**32}, "/count"),
        ({"root": bytes(33)}, "/root"),
    ],
)
def test_fields_that_do_not_fit_are_refused(changes, place):
    fields = {
        "log": bytes(32),
        "participant": UUID(int=1),
        "sequence": 0,
        "count": 1,
        "root": bytes(32),
    }
    with pytest.raises(InputError) as caught:
        Submission(**{**fields, **changes})
    assert caught.value.place == place


def test_receipts_check_their_own_fields():
    good = Receipt(bytes(32), UUID(int=1), bytes(20), 0, 1, bytes(32), 0, 0)
    for name, value in {"key": bytes(19), "received_at": -1, "anchor_by": 2**53}.items():
        with pytest.raises(InputError):
            Receipt(**{**vars(good), name: value})


def test_a_root_of_nothing_is_no_submission():
    with pytest.raises(InputError):
        Submission(bytes(32), UUID(int=1), 0, 0, submission.root([]))
