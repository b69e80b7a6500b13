"""The unified social credit code (GB 32100-2015) of a Chinese enterprise: 18 marks, of which the last is a check."""

from typing import Final

from indexer.core.canonical import Json
from indexer.core.errors import InputError

# Digits and capitals without I, O, S, V, Z; the last mark is a check character over 31.
ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))


class CreditCodeError(InputError):
    """A unified social credit code that cannot be one."""

    code = "CREDIT_CODE"
    sentence = "{credit_code!r} is no unified social credit code (GB 32100): {reason}"


def check(value: Json, place: str) -> None:
    """Refuse a code of the wrong length, letters or check character."""
    if (
        not isinstance(value, str)
        or len(value) != 18
        or any(mark not in ALPHABET for mark in value)
    ):
        reason = "it has 18 digits and capital letters without I, O, S, V and Z"
        raise CreditCodeError(place=place, credit_code=value, reason=reason)
    total = sum(
        ALPHABET.index(mark) * weight for mark, weight in zip(value, _WEIGHTS, strict=False)
    )
    wanted = ALPHABET[-total % 31]
    if value[17] != wanted:
        reason = f"its check character should be {wanted}"
        raise CreditCodeError(place=place, credit_code=value, reason=reason)
