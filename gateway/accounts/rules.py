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


class ParticipantNameError(InputError):
    """A name that cannot be shown."""

    code = "PARTICIPANT_NAME"
    sentence = "a participant's name has 1 to 200 printable characters and no blanks around it"


def check_name(name: str) -> None:
    """Refuse a name that is empty, too long or holds what cannot be printed."""
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable() or name != name.strip():
        raise ParticipantNameError(place="/name")
