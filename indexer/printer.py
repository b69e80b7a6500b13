"""What a command says to people: verdicts and findings as lines that can be read, piped and searched.

The state comes first on its line; records are named in full, so that a reader can search for one.
"""

import sys
from collections.abc import Iterable, Iterator

import structlog

from indexer import remedies
from indexer.core.verdict import State, Verdict
from indexer.settings import Shown
from indexer.store.findings import Finding

_SIGNS = {State.VERIFIED: "✓", State.PENDING: "…", State.UNCHECKED: "?"}


def configure_log() -> None:
    """Write events to standard error: for eyes on a terminal, as JSON lines elsewhere."""
    shape = (
        structlog.dev.ConsoleRenderer()
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            shape,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def verdict(judged: Verdict) -> Iterator[str]:
    """Tell a verdict: every step of the answer, and of each record what did not hold."""
    yield f"{judged.state}  {judged.code}"
    for step in judged.steps:
        yield f"  {_sign(step.state)} {step.name} {step.reason or ''}".rstrip()
    for record in judged.records:
        yield f"{_sign(record.state)} record {record.id}  {record.state}"
        for step in record.steps:
            if step.state is not State.VERIFIED:
                yield f"    {_sign(step.state)} {step.name} {step.reason}"
    for gap in judged.missing:
        yield f"✗ record {gap.id}  {State.MISSING}"


def findings(found: Iterable[Finding], acknowledged: Iterable[Finding] = ()) -> Iterator[str]:
    """Tell what does not fit, each with its smallest range and what to do, and last what is known already."""
    none = True
    for one in found:
        none = False
        yield _finding(one)
        yield f"    {remedies.remedy(one.kind).en}"
    if none:
        yield "chain and store agree"
    for one in acknowledged:
        yield f"(acknowledged)  {_finding(one)}"


def _finding(one: Finding) -> str:
    place = "" if one.first_index is None else f"  leaves {one.first_index}-{one.last_index}"
    return f"{one.kind}  {one.subject}{place}"


def settings(rows: Iterable[Shown]) -> Iterator[str]:
    """Tell every setting: name, value, where that came from, and what it means."""
    for row in rows:
        yield f"{row.name}={row.value}"
        default = "" if row.origin == "default" else f"; default {row.default!r}"
        yield f"    {row.meaning} ({row.origin}{default})"


def _sign(state: State) -> str:
    return _SIGNS.get(state, "✗")
