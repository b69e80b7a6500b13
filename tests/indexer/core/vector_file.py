"""How vector files are written and read: JSON with one case a line, so that a difference shows which case."""

import json
from pathlib import Path
from typing import Any


def written(vectors: dict[str, Any]) -> bytes:
    """Return the bytes of a file of vectors."""
    head = [f"{_line(name)}: {_line(vectors[name])}," for name in ("format", "subject", "about")]
    cases = ",\n".join("  " + _line(case) for case in vectors["cases"])
    return "\n".join(
        ["{", *(f" {one}" for one in head), f' "cases": [\n{cases}\n ]', "}", ""]
    ).encode()


def cases(file: Path, op: str) -> list[dict[str, Any]]:
    """Return a file's cases of one operation, of which there is at least one."""
    found = [case for case in json.loads(file.read_text("utf-8"))["cases"] if case["op"] == op]
    assert found, op
    return found


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
