"""The command `suyuan-node`: a second party's tools, none of which needs a gateway or a key.

A known error ends with one sentence and the exit status of its family; only a bug shows a traceback.
"""

import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Annotated

import msgspec
import structlog
import typer
from rich.console import Console
from rich.progress import Progress
from sqlalchemy import Engine, text

from indexer import carrying, printer, settings, vitals
from indexer.chain import sighting
from indexer.chain.client import Client
from indexer.chain.deployment import Deployment
from indexer.core.bundle import Bundle
from indexer.core.checkpoint import Verifier
from indexer.core.errors import EXIT, InputError, OutageError, SuyuanError, outside
from indexer.core.proof import check
from indexer.core.sighting import Sighting
from indexer.core.submission import log_id
from indexer.core.trust import Endpoint, Log, Trust
from indexer.core.verdict import State
from indexer.follower import Follower
from indexer.reconciler import Reconciler
from indexer.runner import Runner
from indexer.store import findings, migrate
from indexer.store.engine import engine as open_engine

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__.splitlines()[0])
Json = Annotated[bool, typer.Option("--json", help="Print facts as JSON.")]
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False)]
_errors = Console(stderr=True, highlight=False)
_out = Console(highlight=False, soft_wrap=True)


class NoDatabaseError(InputError):
    """A command that needs a database, and none is set."""

    code = "DATABASE_UNSET"
    sentence = "this needs a database: set SUYUAN_DATABASE_URL"


class NotMigratedError(InputError):
    """A database without the ledger's tables."""

    code = "DATABASE_NOT_MIGRATED"
    sentence = "the database has no ledger yet: run `suyuan-node upgrade` as its owner"


class PairError(InputError):
    """An argument that should name a party and its address."""

    code = "PAIR"
    sentence = "{given!r} is not PARTY=URL"


def main() -> None:
    """Run a command and turn a known error into a sentence and an exit status."""
    printer.configure_log()
    try:
        app()
    except SuyuanError as error:
        _errors.print(f"{error.code}: {error}", markup=False, soft_wrap=True)
        sys.exit(outside(EXIT, error))


@app.command()
def follow() -> None:
    """Follow the chain and reconcile chain and store, until stopped."""
    told = settings.load()
    with _opened(told, vitals.FOLLOWER) as (engine, client, deployment):
        follower = Follower(
            engine, client, deployment, told.finality, logs=[log_id(told.log_origin)]
        )
        reconciler = Reconciler(
            engine, client, deployment, told.log_origin, pace=told.recheck_leaves
        )
        stop = Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        structlog.get_logger("indexer.cli").info(
            "following", endpoint=client.endpoint, origin=told.log_origin
        )
        Runner(follower, reconciler, _now, told.follow_interval).run(stop)


@app.command()
def reconcile(as_json: Json = False) -> None:
    """Hold all of the store to all of the chain once; exit status 1 if anything does not fit."""
    told = settings.load()
    with _opened(told) as (engine, client, deployment):
        reconciler = Reconciler(engine, client, deployment, told.log_origin)
        with Progress(console=_errors, transient=True, disable=not _errors.is_terminal) as bar:
            task = bar.add_task("leaves", total=None)
            found = reconciler.run(
                _now(), lambda done, all_: bar.update(task, completed=done, total=all_)
            )
        with engine.connect() as connection:
            known = findings.acknowledged(connection)
    unique = {one.name: one for one in found}
    fresh = [one for name, one in unique.items() if name not in known]
    seen = [one for name, one in unique.items() if name in known]
    if as_json:
        lists = {"findings": fresh, "acknowledged": seen}
        _print_json({name: [vitals.finding(one) for one in some] for name, some in lists.items()})
    else:
        _print(printer.findings(fresh, seen))
    if reconciler.away and not fresh:
        raise reconciler.away
    if reconciler.away:
        _errors.print(f"{reconciler.away.code}: {reconciler.away}", markup=False)
    raise typer.Exit(1 if fresh else 0)


@app.command()
def acknowledge(
    subject: Annotated[str, typer.Argument(help="What it is about, as `reconcile` prints it.")],
    as_json: Json = False,
) -> None:
    """Note that you have looked at a finding and that it was meant: it no longer counts, and stays to be seen."""
    with _opened(settings.load()) as (engine, *_), engine.begin() as connection:
        noted = findings.acknowledge(connection, subject, _now())
    if as_json:
        _print_json({"acknowledged": [vitals.finding(one) for one in noted]})
    else:
        _print(f"{one.kind}  {one.subject}  acknowledged" for one in noted)


@app.command()
def serve() -> None:
    """Serve the verifier page, trust settings, findings and the door to the chain."""
    from indexer import node

    node.serve(settings.load())


@app.command()
def verify(
    bundle: File,
    code: Annotated[str, typer.Option(help="What was scanned.")],
    trust: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="Trust settings.")],
    rpc: Annotated[
        list[str] | None, typer.Option(help="Ask this node of your own, not those trust names.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check a proof against trust settings and other parties' nodes; exit status 0 only if VERIFIED."""
    evidence = Bundle.from_json(bundle.read_bytes())
    believed = Trust.from_json(trust.read_bytes())
    asked = [Endpoint("you", url) for url in rpc] if rpc else list(believed.rpc)
    verdict = check(evidence, code, believed, _sightings(asked, believed, evidence))
    if as_json:
        _out.print(verdict.to_json().decode(), markup=False)
    else:
        _print(printer.verdict(verdict))
    raise typer.Exit(0 if verdict.state is State.VERIFIED else 1)


@app.command("settings")
def show_settings(as_json: Json = False) -> None:
    """Show every setting with its meaning, default, value, and where the value came from."""
    rows = settings.shown(settings.load())
    if as_json:
        _print_json([dict(vars(row)) for row in rows])
    else:
        _print(printer.settings(rows))


@app.command("trust")
def make_trust(
    deployment: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="The contracts.")],
    log_key: Annotated[
        str, typer.Option(help="The key of the log's checkpoints, as notes have it.")
    ],
    operator: Annotated[str, typer.Option(help="The party that keeps the log.")],
    rpc: Annotated[
        list[str] | None, typer.Option(help="PARTY=URL of a node readers may ask.")
    ] = None,
    finality: Annotated[
        str, typer.Option(help="`immediate`, `finalized` or a depth.")
    ] = "immediate",
) -> None:
    """Print trust settings, for a file that ships with a verifier."""
    where = Deployment.load(deployment)
    key = Verifier.parse(log_key)
    settled = settings.load(chain_finality=finality).finality
    made = Trust(
        chain_id=where.chain_id,
        genesis=where.genesis,
        trace_log=where.trace_log,
        participants=where.participants,
        logs=[Log(key.name, key, operator)],
        finality=settled,
        witnesses=[],
        rpc=[_endpoint(pair) for pair in rpc or []],
    )
    _out.print(made.to_json().decode(), markup=False)


@app.command()
def upgrade() -> None:
    """Create or upgrade the ledger's tables, as the database's owner."""
    engine = _engine(settings.load())
    migrate.upgrade(engine)
    engine.dispose()


@app.command("carry-on")
def carry_on(
    deployment: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="Where the log goes on.")
    ],
    as_json: Json = False,
) -> None:
    """Follow the log to a new chain, its old one being lost; as the database's owner, the follower stopped."""
    told = settings.load()
    with _opened(told) as (engine, client, _):
        done = carrying.carry_on(engine, client, deployment, told, _now())
    facts = {"size": done.size, "root": done.root.hex(), "old": str(done.kept)}
    if as_json:
        _print_json(facts)
    else:
        _print(f"{name:6} {value}" for name, value in facts.items())


@contextmanager
def _opened(
    told: settings.Settings, name: str = "suyuan-node"
) -> Iterator[tuple[Engine, Client, Deployment]]:
    deployment = Deployment.load(told.deployment)
    engine = _engine(told, name)
    try:
        with engine.connect() as connection:
            if connection.execute(text("select to_regclass('ledger.finding')")).scalar() is None:
                raise NotMigratedError
        with Client(told.chain_rpc_urls) as client:
            yield engine, client, deployment
    finally:
        engine.dispose()


def _engine(told: settings.Settings, name: str = "suyuan-node") -> Engine:
    if not told.database_url:
        raise NoDatabaseError
    return open_engine(told.database_url, application=name)


def _sightings(asked: list[Endpoint], trust: Trust, bundle: Bundle) -> list[Sighting]:
    """Ask every party; one that does not answer is named and left out."""
    found = []
    for endpoint in asked:
        try:
            with Client([endpoint.url], batch=40) as client:
                found.append(sighting.gather(client, endpoint.party, trust, bundle))
        except OutageError as error:
            _errors.print(f"{endpoint.party}: {error}", markup=False, soft_wrap=True)
    return found


def _endpoint(pair: str) -> Endpoint:
    party, separator, url = pair.partition("=")
    if not (party and separator and url):
        raise PairError(given=pair)
    return Endpoint(party, url)


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        _out.print(line, markup=False)


def _print_json(value: object) -> None:
    _out.print(msgspec.json.encode(value).decode(), markup=False)


def _now() -> datetime:
    return datetime.now(UTC)
