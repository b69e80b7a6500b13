"""Writes indexer/core/vectors/checkpoint.v1.json; a test holds the committed file to it.

python -m tests.indexer.core.make_checkpoint_vectors
"""

import base64
from hashlib import sha256, sha512
from pathlib import Path

from indexer.core import checkpoint
from indexer.core.checkpoint import Checkpoint, Signer, sign
from tests.indexer.core import vector_file

FILE = Path("indexer/core/vectors/checkpoint.v1.json")

# golang.org/x/mod, sumdb/note, note_test.go: a key, a text and the notes its authors published.
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_PETER_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_PETER_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6"
    "KE6RyyBwJnAM=\n"
)
GO_ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
GO_ENOCH_LINE = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WW"
    "d1RvMc+QQ=\n"
)

# RFC 8032 §7.1, tests 1 and 2: published secret keys, so no secret of ours.
LOG = Signer(
    "log.example/suyuan",
    bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"),
)
OTHER = Signer(
    "log.example/other",
    bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"),
)
HEAD = Checkpoint(LOG.name, 20852163, sha256(b"head").digest())


def made():
    """Return the vectors as a JSON value."""
    return {
        "format": "suyuan/vectors/v1",
        "subject": "checkpoint",
        "about": "C2SP signed-note and tlog-checkpoint; verifiers are the keys the reader knows. "
        "note: opening the note gives the text. checkpoint: the note holds this head. refuse: "
        "the note holds no head, with this error. Sources: golang.org/x/mod sumdb/note, "
        "note_test.go; keys of RFC 8032 section 7.1.",
        "cases": [
            *notes(),
            {"name": "one key", "op": "checkpoint", "origin": HEAD.origin, "size": HEAD.size, "root": HEAD.root.hex(),
             "verifiers": [str(LOG.verifier)], "text": checkpoint.format(HEAD, [LOG])},
            {"name": "two keys, one known", "op": "checkpoint", "origin": HEAD.origin, "size": HEAD.size,
             "root": HEAD.root.hex(), "verifiers": [str(LOG.verifier)],
             "text": checkpoint.format(HEAD, [OTHER, LOG])},
            {"name": "an empty log", "op": "checkpoint", "origin": HEAD.origin, "size": 0, "root": sha256().hexdigest(),
             "verifiers": [str(LOG.verifier)],
             "text": checkpoint.format(Checkpoint(LOG.name, 0, sha256().digest()), [LOG])},
            {"name": "an extension line", "op": "checkpoint", "origin": HEAD.origin, "size": HEAD.size,
             "root": HEAD.root.hex(), "verifiers": [str(LOG.verifier)],
             "text": sign(
                 checkpoint.format(HEAD, []).removesuffix("\n") + "extension 溯源\n", [LOG])},
            *(
                {"name": name, "op": "refuse", "verifiers": [str(LOG.verifier)], "text": text,
                 "error": error}
                for name, text, error in refused()
            ),
        ],
    }  # fmt: skip


def notes():
    peter, enoch = GO_PETER_LINE, GO_ENOCH_LINE
    for name, verifiers, lines in (
        ("one of one", [GO_PETER], peter),
        ("one of two known", [GO_PETER], peter + enoch),
        ("both known", [GO_PETER, GO_ENOCH], peter + enoch),
    ):
        yield {
            "name": name,
            "op": "note",
            "verifiers": verifiers,
            "text": GO_TEXT,
            "note": f"{GO_TEXT}\n{lines}",
        }


def refused():
    """Yield what only looks like a checkpoint: its name, the text, the error's code."""
    good = checkpoint.format(HEAD, [LOG])
    text, line = good.split("\n\n")
    root = text.split("\n")[2]
    shape = "NOTE_MISSHAPEN"
    yield "nothing", "", shape
    yield "no signature", f"{text}\n", shape
    yield "a blank line but no signature", f"{text}\n\n", shape
    yield "no blank line", f"{text}\n{line}", shape
    yield "no newline at the end", good.removesuffix("\n"), shape
    yield "a line after the signatures", f"{good}more\n", shape
    yield "a carriage return", good.replace("\n\n", "\r\n\n"), shape
    yield "a control character", good.replace("log.", "log\x07", 1), shape
    yield "a NUL", f"\x00{good}", shape
    yield "a hyphen for the dash", good.replace("—", "-"), shape
    yield "two spaces", good.replace("— ", "—  "), shape
    yield "a name with a plus", good.replace("— log", "— l+og"), shape
    yield "a name with an ideographic space", good.replace("— log", "— l\u3000og"), shape
    yield "a signature without padding", good.rstrip("=\n") + "\n", shape
    yield "a signature of three bytes", f"{text}\n\n— {LOG.name} AAAA\n", shape
    yield "a signature in base64url", f"{text}\n\n— {LOG.name} AAAAAAA_\n", shape
    yield "the key signs twice", good + line, shape
    yield "sixty-five signatures", good + f"— {OTHER.name} AAAAAAAA\n" * 64, shape
    yield "too long", "x" * 65536 + good, shape
    for name, changed in (
        ("a leading zero", text.replace("20852163", "020852163")),
        ("a plus before the size", text.replace("20852163", "+20852163")),
        ("a negative size", text.replace("20852163", "-1")),
        ("no size", text.replace("20852163\n", "")),
        ("size in other digits", text.replace("20852163", "٢٠")),
        ("size as a fraction", text.replace("20852163", "1.0")),
        ("size beyond 2^53", text.replace("20852163", "9007199254740992")),
        ("an empty line for size", text.replace("20852163", "")),
        ("no origin", text.removeprefix(LOG.name)),
        ("root of 31 bytes", text.replace(root, "AAAA" * 10 + "AA==")),
        ("root of 33 bytes", text.replace(root, "AAAA" * 11)),
        ("root with stray bits", text.replace(root, "A" * 42 + "B=")),
        ("root without padding", text.replace(root, root.rstrip("="))),
        ("an empty line in the text", f"{text}\n\nextension"),
    ):
        yield f"signed: {name}", sign(f"{changed}\n", [LOG]), shape
    yield "another key", checkpoint.format(HEAD, [OTHER]), "NOTE_UNSIGNED"
    other = Signer(LOG.name, OTHER.private)
    yield "another key of the same name", checkpoint.format(HEAD, [other]), "NOTE_UNSIGNED"
    again = f"{text}\n\n{Signer('log.example/x', LOG.private).line((text + chr(10)).encode())}"
    yield "the key under another name", again, "NOTE_UNSIGNED"
    yield "another size", good.replace("20852163", "20852164"), "NOTE_FORGED"
    yield "another origin", good.replace("log", "lag", 1), "NOTE_FORGED"
    moved = checkpoint.format(Checkpoint(HEAD.origin, 1, HEAD.root), [LOG]).split("\n\n")[1]
    yield "a signature from another checkpoint", f"{text}\n\n{moved}", "NOTE_FORGED"
    yield "one good, one of ours cut short", (
        f"{text}\n\n— {LOG.name} {cut(line)}\n"
    ), "NOTE_FORGED"  # fmt: skip
    twisted = base64.b64encode(LOG.verifier.hash + torsioned((text + "\n").encode())).decode()
    yield "a nonce with a part of small order, which only a check times the cofactor lets pass", (
        f"{text}\n\n— {LOG.name} {twisted}\n"
    ), "NOTE_FORGED"  # fmt: skip


def torsioned(text):
    """Sign with a nonce R + T, T of order 2: what a log's owner can make so that readers disagree."""
    nonce = Signer("nonce.example", sha256(b"nonce").digest())
    point = int.from_bytes(nonce.verifier.public, "little")
    y, odd = point % 2**255, point >> 255
    # T is (0, -1), and adding it turns (x, y) into (-x, -y).
    turned = (2**255 - 19 - y | (1 - odd) << 255).to_bytes(32, "little")
    hashed = sha512(turned + LOG.verifier.public + text).digest()
    order = 2**252 + 27742317777372353535851937790883648493
    s = (scalar(nonce) + int.from_bytes(hashed, "little") * scalar(LOG)) % order
    return turned + s.to_bytes(32, "little")


def scalar(signer):
    """Return the secret scalar of RFC 8032, section 5.1.5."""
    low = int.from_bytes(sha512(signer.private).digest()[:32], "little")
    return low & ~(7 | 1 << 255) & (1 << 255) - 1 | 1 << 254


def cut(line):
    """Shorten a signature to 62 bytes and keep its base64 in order."""
    return line.split(" ")[2][:88]


def written():
    """Return the file's bytes."""
    return vector_file.written(made())


if __name__ == "__main__":
    FILE.write_bytes(written())
