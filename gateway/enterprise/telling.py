"""What the enterprise's commands say: facts on standard output, the way there on standard error."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import msgspec
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from gateway.enterprise.delivery import Report
from gateway.enterprise.journal import Kept
from gateway.enterprise.receipts import Checked
from indexer.core import canonical
from indexer.core.promise import Promise

_MEANS = {
    "HOLDS": "covered by a final anchor",
    "PENDING": "not covered yet, and there is time",
    "LATE": "covered, but not by the time it was promised",
    "ANCHOR_LATE": "not covered, and nothing was anchored since: an outage",
    "RECEIPT_BROKEN": "a later anchor leaves it out: the gateway broke its promise",
    "FORGED": "signed by no key that ever served the log",
}

err = Console(stderr=True, highlight=False)
out = Console(highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """Say something on the way."""
    err.print(text, markup=False, soft_wrap=True)


def facts(found: Mapping[str, object], *, as_json: bool) -> None:
    """Print facts by name."""
    if as_json:
        out.print(msgspec.json.encode(found).decode(), markup=False)
        return
    for name, value in found.items():
        out.print(f"{name:12} {value}", markup=False)


@contextmanager
def watched() -> Iterator[Callable[[int, int], None]]:
    """Show submissions going out: a bar on a terminal, a line for every hundred elsewhere."""
    with Progress(console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("submissions", total=None)

        def told(done: int, due: int) -> None:
            bar.update(task, completed=done, total=due)
            if not err.is_terminal and due and (done == due or (done and done % 100 == 0)):
                say(f"{done} of {due} submissions answered")

        yield told


def report(made: Report, next_sequence: int, *, as_json: bool) -> None:
    """Print what a run did, and name every file that was not sent with the place of what is wrong."""
    bad = [
        {"file": str(path), "code": one.code, "place": one.place, "detail": str(one)}
        for path, one in made.bad
    ]
    for one in bad:
        say(f"{one['file']}{one['place']}: {one['code']}: {one['detail']}")
    told = {"files": made.files, "signed": made.signed, "answered": made.answered}
    facts({**told, "next": next_sequence, "bad": bad if as_json else len(bad)}, as_json=as_json)


def listed(kept: Sequence[Kept], *, as_json: bool) -> None:
    """Print what was signed, and what was promised for it."""
    rows = [
        {
            "sequence": one.sequence,
            "file": one.name,
            "first": one.first,
            "count": one.count,
            "receipt": canonical.decode(one.answer) if one.answer else None,
        }
        for one in kept
    ]
    if as_json:
        facts({"receipts": rows}, as_json=True)
        return
    table = Table("sequence", "things", "from", "to be anchored by")
    for one in kept:
        due = "not answered"
        if one.answer:
            due = _time(Promise.read(canonical.decode(one.answer)).said.anchor_by)
        table.add_row(str(one.sequence), str(one.count), f"{one.name} item {one.first}", due)
    out.print(table)


def checked(found: Sequence[Checked], *, as_json: bool) -> None:
    """Print what became of each receipt."""
    rows = [
        {
            "key": one.promise.said.key.hex(),
            "sequence": one.promise.said.sequence,
            "submission": str(one.promise.submission),
            "outcome": str(one.outcome),
            "index": one.index,
            "anchorBy": one.promise.said.anchor_by,
            "inTimeTold": one.told,
            "party": one.party,
        }
        for one in found
    ]
    if as_json:
        facts({"receipts": rows}, as_json=True)
        return
    for one in found:
        said = one.promise.said
        line = f"{one.outcome:14} sequence {said.sequence} of {said.key.hex()}, due {_time(said.anchor_by)}"
        out.print(f"{line}: {_MEANS[one.outcome]}, by {one.party}'s node", markup=False)


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(sep=" ", timespec="seconds")
