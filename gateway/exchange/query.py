"""A query as it was understood: tests that an event must pass, what the store can narrow by, and the order of answers.

Narrowing is never the last word: it may let through what does not answer, and never keeps away what does.
"""

from dataclasses import dataclass, field
from datetime import datetime

from gateway.exchange.matching import Test
from indexer.core.canonical import Members


@dataclass
class Query:
    """What is asked, and in which order it is answered.

    `columns` narrow by a column of `gateway.summary`, `spans` by a time there, `codes` by the index of names: each list
    names alternatives of which one at least must stand in the record. `event_ids` narrows by ids.
    """

    tests: list[Test] = field(default_factory=list)
    columns: dict[str, list[str]] = field(default_factory=dict)
    spans: list[tuple[str, str, datetime]] = field(default_factory=list)
    codes: list[list[str]] = field(default_factory=list)
    event_ids: list[str] | None = None
    ordered_by: str | None = None  # eventTime or recordTime
    direction: str | None = None
    limit: int | None = None  # give no more than so many
    most: int | None = None  # refuse if there are more

    @property
    def by_event_time(self) -> bool:
        """Whether the time at which it happened orders events; else that of their recording."""
        return self.ordered_by == "eventTime"

    @property
    def descending(self) -> bool:
        """Whether the newest come first: where an order is asked for without a direction they do (8.2.7.1)."""
        return (self.direction or ("DESC" if self.ordered_by else "ASC")) == "DESC"

    def matches(self, event: Members) -> bool:
        """Tell whether an event answers."""
        return all(test(event) for test in self.tests)
