"""What can be decided about a participant, and what it must bring, as far as that is checked without asking anybody."""

from typing import Final

from indexer.core.errors import InputError

# The roles of API keys.
PARTICIPANT: Final = "participant"
OPERATOR: Final = "operator"

LONGEST_NAME: Final = 200

# What can be decided about a participant, and the event by which the registry shows that it happened.
EVENTS: Final = {
    "admit": "Admitted",
    "add_key": "KeyAdded",
    "revoke": "KeyRevoked",
    "suspend": "Suspended",
    "reinstate": "Reinstated",
    "request_recovery": "RecoveryRequested",
    "cancel_recovery": "RecoveryCancelled",
    "complete_recovery": "KeyRecovered",
}

# GB 32100-2015: digits and capitals without I, O, S, V, Z; the last is a check character over 31.
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))


class CreditCodeError(InputError):
    """A unified social credit code that cannot be one."""

    code = "CREDIT_CODE"
    sentence = "{credit_code!r} is no unified social credit code (GB 32100): {reason}"


class ParticipantNameError(InputError):
    """A name that cannot be shown."""

    code = "PARTICIPANT_NAME"
    sentence = "a participant's name has 1 to 200 printable characters and no blanks around it"


def check_credit_code(credit_code: str) -> None:
    """Refuse a unified social credit code of the wrong length, letters or check character."""
    if len(credit_code) != 18 or any(mark not in _ALPHABET for mark in credit_code):
        reason = "it has 18 digits and capital letters without I, O, S, V and Z"
        raise CreditCodeError(place="/creditCode", credit_code=credit_code, reason=reason)
    weighed = zip(credit_code, _WEIGHTS, strict=False)
    total = sum(_ALPHABET.index(mark) * weight for mark, weight in weighed)
    wanted = _ALPHABET[-total % 31]
    if credit_code[17] != wanted:
        reason = f"its check character should be {wanted}"
        raise CreditCodeError(place="/creditCode", credit_code=credit_code, reason=reason)


def check_name(name: str) -> None:
    """Refuse a name that is empty, too long or holds what cannot be printed."""
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable() or name != name.strip():
        raise ParticipantNameError(place="/name")
