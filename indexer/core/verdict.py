"""What checking came to, for a person to read and for programs to compare.

A verdict is the worst of its parts, so nothing that failed can hide behind something that held.
Reasons are stable words, not sentences: pages say them in the reader's language. Checking the same
bundle in Python and in the browser gives the same bytes (vectors/proof.v1.json).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from indexer.core import canonical
from indexer.core.bundle import Missing
from indexer.core.canonical import Members

FORMAT = "suyuan/verdict/v1"


class State(StrEnum):
    """How a thing stands, worst first."""

    ALTERED = "ALTERED"
    MISSING = "MISSING"
    UNKNOWN = "UNKNOWN"
    UNCHECKED = "UNCHECKED"
    PENDING = "PENDING"
    VERIFIED = "VERIFIED"


_WORST_FIRST = list(State)


def worst(states: Iterable[State]) -> State:
    """Return the worst of `states`, of which there is at least one."""
    return min(states, key=_WORST_FIRST.index)


@dataclass(frozen=True)
class Step:
    """One thing that was checked; `reason` is None exactly when it is VERIFIED."""

    name: str
    state: State
    reason: str | None = None
    facts: Members = field(default_factory=dict)

    def members(self) -> Members:
        """Return the step as JSON."""
        return {
            "name": self.name,
            "state": self.state.value,
            "reason": self.reason,
            "facts": self.facts,
        }


@dataclass(frozen=True)
class RecordVerdict:
    """How one record stands. Of a kind we do not know, or amending without the right to, it is proven and skipped."""

    id: UUID
    index: int | None
    kind: int | None
    skipped: bool
    steps: Sequence[Step]

    @property
    def state(self) -> State:
        """The worst of the record's steps."""
        return worst(step.state for step in self.steps)

    @property
    def speaks(self) -> bool:
        """Whether it speaks of the asked code itself, and not only of the class that it is of."""
        ways = [step.facts.get("by") for step in self.steps if step.name == "code"]
        return not self.skipped and any(way is not None and way != "CLASS" for way in ways)

    def members(self) -> Members:
        """Return the record's verdict as JSON."""
        return {
            "id": str(self.id),
            "index": self.index,
            "kind": self.kind,
            "skipped": self.skipped,
            "state": self.state.value,
            "steps": [step.members() for step in self.steps],
        }


@dataclass(frozen=True)
class Notice:
    """What a later record says of an earlier one, beside the verdict: AMENDED, WITHDRAWN or ERASED, by whom and why."""

    name: str
    record: UUID
    by: UUID
    participant: UUID
    reason: str | None

    def members(self) -> Members:
        """Return the notice as JSON."""
        return {
            "notice": self.name,
            "record": str(self.record),
            "by": str(self.by),
            "participant": str(self.participant),
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Verdict:
    """How a whole answer about `code` (canonical) stands."""

    code: str
    steps: Sequence[Step]
    records: Sequence[RecordVerdict]
    missing: Sequence[Missing]
    notices: Sequence[Notice] = ()

    @property
    def state(self) -> State:
        """The worst of all; UNKNOWN where nothing speaks of the code itself.

        Otherwise what is said of a whole class would vouch for any serial number somebody makes up.
        """
        states = [step.state for step in self.steps]
        counted = [record.state for record in self.records if not record.skipped]
        if self.missing:
            states.append(State.MISSING)
        elif not any(record.speaks for record in self.records):
            states.append(State.UNKNOWN)
        return worst(states + counted)

    def to_json(self) -> bytes:
        """Write the verdict in its canonical spelling."""
        return canonical.encode(self.members())

    def members(self) -> Members:
        """Return the verdict as JSON."""
        return {
            "format": FORMAT,
            "state": self.state.value,
            "code": self.code,
            "steps": [step.members() for step in self.steps],
            "records": [record.members() for record in self.records],
            "missing": [gap.members() for gap in self.missing],
            "notices": [notice.members() for notice in self.notices],
        }
