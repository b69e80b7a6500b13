"""Writes indexer/core/vectors/proof.v1.json; a test holds the committed file to it.

    python -m tests.indexer.core.make_proof_vectors

Each case is a bundle, the code asked about, trust and sightings, and the verdict both languages
must come to. What a case expects is written down beside it, so that the file cannot agree with a
mistake by being made from it.
"""

from pathlib import Path
from typing import Any

from tests.indexer.core import proof_answers, proof_forgeries, proof_heads, vector_file
from tests.indexer.core.proof_case import Case

FILE = Path("indexer/core/vectors/proof.v1.json")


def cases() -> list[Case]:
    """Return every case, in the file's order."""
    found = [
        *proof_answers.good(),
        *proof_answers.waiting(),
        *proof_answers.wanting(),
        *proof_forgeries.altered(),
        *proof_heads.heads(),
        *proof_heads.chains(),
    ]
    names = [case.name for case in found]
    assert len(set(names)) == len(names)
    return found


def made() -> dict[str, Any]:
    """Return the vectors as a JSON value."""
    return {
        "format": "suyuan/vectors/v1",
        "subject": "proof",
        "about": "check: judging bundle, code, trust and sightings gives verdict, byte for byte in "
        "canonical JSON. refuse: the bundle is none, because of what is at this JSON Pointer.",
        "cases": [*(case.vector() for case in cases()), *proof_heads.refused()],
    }


def written() -> bytes:
    """Return the file's bytes."""
    return vector_file.written(made())


if __name__ == "__main__":
    FILE.write_bytes(written())
