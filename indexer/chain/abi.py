"""What contracts say beyond static words: texts, and fields that are known by name and ABI type.

An answer comes from a stranger's machine: whatever is given is read, or refused with ValueError.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from eth_abi.abi import decode as abi_decode
from eth_abi.exceptions import DecodingError

from indexer.core.canonical import Json, Members


def strings(types: Sequence[str], encoded: bytes) -> tuple[str, str, int]:
    """Decode what is not static words: two texts and, if asked for, a number behind them."""
    try:
        found = abi_decode(types, encoded)
    except (DecodingError, OverflowError) as error:
        raise ValueError(type(error).__name__) from None
    return (*found, 0)[:3]


def facts(fields: Mapping[str, str], encoded: bytes) -> Members:
    """Decode fields by name and ABI type; bytes and addresses become hex.

    Text that cannot be text is kept as far as it can: whoever wrote it must not stop those who read it.
    """
    kinds = ["bytes" if kind == "string" else kind for kind in fields.values()]
    try:
        found = abi_decode(kinds, encoded)
    except (DecodingError, OverflowError) as error:
        raise ValueError(type(error).__name__) from None
    return {
        name: _fact(kind, value) for (name, kind), value in zip(fields.items(), found, strict=True)
    }


def _fact(kind: str, value: Any) -> Json:  # noqa: ANN401 - whatever the ABI holds
    if kind == "string":
        return str(value.decode("utf-8", "replace").replace("\0", "\ufffd"))
    if isinstance(value, bytes):
        return value.hex()
    return value.removeprefix("0x").lower() if isinstance(value, str) else int(value)
