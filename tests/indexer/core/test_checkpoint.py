import base64
import contextlib
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.core import checkpoint
from indexer.core.checkpoint import Checkpoint, Signer, Verifier
from indexer.core.errors import EvidenceError
from tests.indexer.core import make_checkpoint_vectors
from tests.indexer.core.make_checkpoint_vectors import (
    GO_ENOCH,
    GO_PETER,
    GO_PETER_LINE,
    GO_PETER_SECRET,
    GO_TEXT,
    HEAD,
    LOG,
    OTHER,
)
from tests.indexer.core.vector_file import cases

FILE = make_checkpoint_vectors.FILE


def verifiers(case):
    return [Verifier.parse(text) for text in case["verifiers"]]


def test_the_committed_vectors_are_what_their_maker_computes():
    assert make_checkpoint_vectors.FILE.read_bytes() == make_checkpoint_vectors.written()


@pytest.mark.parametrize("case", cases(FILE, "note"), ids=lambda case: case["name"])
def test_published_notes_open(case):
    assert checkpoint.open_note(case["note"], verifiers(case)) == case["text"]


def test_gos_own_key_signs_gos_own_note():
    secret = base64.b64decode(GO_PETER_SECRET.split("+", 4)[4])
    signer = Signer("PeterNeumann", secret[1:])
    assert str(signer.verifier) == GO_PETER
    assert checkpoint.sign(GO_TEXT, [signer]) == f"{GO_TEXT}\n{GO_PETER_LINE}"


@pytest.mark.parametrize("case", cases(FILE, "checkpoint"), ids=lambda case: case["name"])
def test_checkpoints_open(case):
    expected = Checkpoint(case["origin"], case["size"], bytes.fromhex(case["root"]))
    assert checkpoint.parse(case["text"], verifiers(case)) == expected


@pytest.mark.parametrize("case", cases(FILE, "refuse"), ids=lambda case: case["name"])
def test_what_only_looks_like_a_checkpoint_is_refused(case):
    with pytest.raises(EvidenceError) as raised:
        checkpoint.parse(case["text"], verifiers(case))
    assert raised.value.code == case["error"]


def test_the_standards_example_reads():
    # c2sp.org/tlog-checkpoint: its key is not published, so only the text is ours to read.
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    signed = checkpoint.sign(text, [LOG])
    root = bytes.fromhex("0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62")
    found = checkpoint.parse(signed, [LOG.verifier])
    assert found == Checkpoint("example.com/behind-the-sofa", 20852163, root)


def test_no_key_known_is_nothing_signed():
    with pytest.raises(checkpoint.NoteUnsignedError):
        checkpoint.parse(checkpoint.format(HEAD, [LOG]), [])


@given(st.data())
def test_no_altered_character_survives(data):
    text = checkpoint.format(HEAD, [LOG])
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda c: c != text[place]))
    with pytest.raises(EvidenceError):
        checkpoint.parse(text[:place] + other + text[place + 1 :], [LOG.verifier])


@given(st.integers(0, 2**53 - 1), st.binary(min_size=32, max_size=32))
def test_every_head_comes_back(size, root):
    head = Checkpoint("log.example/溯源", size, root)
    assert checkpoint.parse(checkpoint.format(head, [LOG]), [LOG.verifier]) == head


@given(st.text(st.characters()))
def test_any_text_raises_nothing_but_evidence_errors(text):
    known = [LOG.verifier]
    for note in (text, f"{text}\n\n— {LOG.name} AAAAAAAA\n", f"{text}\n\n— {text}\n"):
        with contextlib.suppress(EvidenceError):
            checkpoint.parse(note, known)
    with contextlib.suppress(EvidenceError):
        checkpoint.parse(checkpoint.sign(f"{text}\n", [LOG]) if text.isascii() else text, known)


@pytest.mark.parametrize("key", [GO_PETER, GO_ENOCH])
def test_a_verifier_key_has_one_spelling(key):
    assert str(Verifier.parse(key)) == key
    for start in range(len(key)):
        for end in range(start + 1, len(key) + 1):
            if (start, end) != (0, len(key)):
                with pytest.raises(checkpoint.NoteKeyError):
                    Verifier.parse(key[start:end])
    for place, char in enumerate(key):
        with pytest.raises(checkpoint.NoteKeyError):
            Verifier.parse(key[:place] + chr(ord(char) + 1) + key[place + 1 :])


@pytest.mark.parametrize(
    "key",
    [
        # The Go tests' own two, each with its hash adjusted to what it holds.
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        GO_PETER + "\n",
        GO_PETER.upper(),
        "",
    ],
)
def test_other_keys_are_refused(key):
    with pytest.raises(checkpoint.NoteKeyError):
        Verifier.parse(key)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u3000b", "a\u00a0b"])
def test_names_that_a_line_could_not_hold_are_refused(name):
    with pytest.raises(checkpoint.NoteKeyError):
        Signer(name, LOG.private)


def test_a_signer_needs_thirty_two_bytes_and_does_not_show_them():
    with pytest.raises(checkpoint.NoteKeyError):
        Signer("log.example", bytes(31))
    assert LOG.private.hex() not in repr(LOG)
    assert str(LOG.private) not in repr(LOG)


@pytest.mark.parametrize(
    "head",
    [
        Checkpoint("", 1, bytes(32)),
        Checkpoint("two\nlines", 1, bytes(32)),
        Checkpoint("bell\x07", 1, bytes(32)),
        Checkpoint("log.example", -1, bytes(32)),
        Checkpoint("log.example", 2**53, bytes(32)),
        Checkpoint("log.example", 1, bytes(31)),
    ],
)
def test_no_note_is_made_that_could_not_be_read_back(head):
    with pytest.raises(checkpoint.NoteMisshapenError):
        checkpoint.format(head, [LOG])


def test_sixteen_signatures_of_strangers_are_borne():
    strangers = [Signer(f"witness.example/{n}", sha256(bytes([n])).digest()) for n in range(16)]
    text = checkpoint.format(HEAD, [*strangers, LOG, OTHER])
    assert checkpoint.parse(text, [LOG.verifier]) == HEAD
    assert checkpoint.parse(text, [OTHER.verifier, LOG.verifier]) == HEAD
