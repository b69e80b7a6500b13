"""Every way things go wrong, sorted by who must act, so that a caller catches a family and not a cause.

    SuyuanError
    ├── InputError          the caller sent something wrong          the caller              422   exit 2
    │   └── DuplicateError      it is there already                  the caller              409   exit 2
    ├── AccessError         the caller may not                       the caller or operator  403   exit 2
    │   └── UnknownCallerError  nobody we know                       the caller              401   exit 2
    ├── MissingError        no such thing                            the caller              404   exit 2
    ├── EvidenceError       the evidence does not hold               verdict or finding      200   exit 1
    ├── OutageError         something we lean on is away             time                    503   exit 75
    └── InconsistencyError  chain and store disagree, no retry helps a person; loops stop    500   exit 70

Each concrete error has a stable `code`, carries facts, and its class writes the sentence. Whatever is wrong with bytes
from outside surfaces as InputError (what a caller sends) or EvidenceError (what claims to be proof), never as a raw
ValueError. Concrete errors stand beside the code that raises them.
"""

from typing import ClassVar


class SuyuanError(Exception):
    """Facts about what went wrong; `sentence` is formatted with them."""

    code: ClassVar[str] = "ERROR"
    sentence: ClassVar[str] = "something went wrong"

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.sentence.format(**facts))


class InputError(SuyuanError):
    """The caller sent something wrong; `place` is a JSON Pointer (RFC 6901) into what was sent."""

    code = "INPUT"
    sentence = "the input is wrong"

    def __init__(self, *, place: str = "", **facts: object) -> None:
        self.place = place
        super().__init__(place=place, **facts)

    def under(self, prefix: str) -> "InputError":
        """Return the same error with `prefix` before its place, for a caller who knows where the part was found."""
        return self.moved("", prefix)

    def moved(self, old: str, new: str) -> "InputError":
        """Return the same error with `new` for `old` at the beginning of its place."""
        facts = {key: value for key, value in self.facts.items() if key != "place"}
        return type(self)(place=new + self.place.removeprefix(old), **facts)


class DuplicateError(InputError):
    """What was sent is there already."""

    code = "DUPLICATE"


class AccessError(SuyuanError):
    """The caller may not do this."""

    code = "ACCESS"


class UnknownCallerError(AccessError):
    """The caller did not say who it is, or nobody of that name is known."""

    code = "UNKNOWN_CALLER"


class MissingError(SuyuanError):
    """There is no such thing."""

    code = "MISSING"


class EvidenceError(SuyuanError):
    """The evidence does not hold; becomes a verdict or a finding."""

    code = "EVIDENCE"


class OutageError(SuyuanError):
    """Something we lean on is away: wait, back off, try again."""

    code = "OUTAGE"


class InconsistencyError(SuyuanError):
    """Chain and store disagree and no retry mends it: the loop stops and a person looks."""

    code = "INCONSISTENCY"


# One table maps families to the outside; a subclass not named here answers as its parent does.
HTTP: dict[type[SuyuanError], int] = {
    InputError: 422,
    DuplicateError: 409,
    AccessError: 403,
    UnknownCallerError: 401,
    MissingError: 404,
    EvidenceError: 200,
    OutageError: 503,
    InconsistencyError: 500,
    SuyuanError: 500,
}
EXIT: dict[type[SuyuanError], int] = {
    InputError: 2,
    AccessError: 2,
    MissingError: 2,
    EvidenceError: 1,
    OutageError: 75,
    InconsistencyError: 70,
    SuyuanError: 70,
}


def outside(table: dict[type[SuyuanError], int], error: SuyuanError) -> int:
    """Look an error up in `HTTP` or `EXIT` by its nearest family."""
    return next(table[kind] for kind in type(error).__mro__ if kind in table)
