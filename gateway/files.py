"""The log as plain files (C2SP tlog-tiles): a second copy beside the store, for restores and for web servers.

A file is there whole or not at all: it is written under another name, forced to the disk, and renamed. What is written
twice is the same bytes, so nothing here needs to know who leads.
"""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from indexer.core.errors import OutageError

CHECKPOINT: Final = "checkpoint"


class FilesError(OutageError):
    """The log's folder takes nothing: full, gone or closed to us."""

    code = "LOG_FILES"
    sentence = "{path} cannot be written: {reason}"


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files by their paths below `folder`; when this returns they survive a power cut."""
    touched: set[Path] = set()
    for name, data in files.items():
        path = folder / name
        try:
            touched |= _made(path.parent)
            _replace(path, data)
        except OSError as error:
            raise FilesError(path=path, reason=error.strerror) from None
        touched.add(path.parent)
    for one in touched:
        _sync(one)


def read(folder: Path, name: str) -> bytes | None:
    """Read a file by its path below `folder`; None if there is none."""
    try:
        return (folder / name).read_bytes()
    except OSError:
        return None


def _made(folder: Path) -> set[Path]:
    """Make a folder; return those that got an entry by it."""
    changed = set()
    for one in (*reversed(folder.parents), folder):
        if not one.exists():
            one.mkdir(exist_ok=True)
            changed.add(one.parent)
    return changed


def _replace(path: Path, data: bytes) -> None:
    passing = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with passing.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        passing.replace(path)
    finally:
        passing.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
