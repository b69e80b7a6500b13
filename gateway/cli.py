"""The command `suyuan`: each command builds what a program needs from the settings and hands over.

A known error ends with one sentence and the exit status of its family; only a bug shows a traceback.
"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from gateway import settings as settings_module
from gateway.accounts.commands import app as participant
from gateway.enterprise import cli as enterprise
from gateway.processes import Processes
from gateway.returns.commands import app as operator
from indexer.core.errors import EXIT, SuyuanError, outside

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__.splitlines()[0])
db = typer.Typer(no_args_is_help=True, help="The database's schemas.")
app.add_typer(db, name="db")
app.add_typer(participant, name="participant")
app.add_typer(operator, name="operator")
app.add_typer(enterprise.app)
log = typer.Typer(no_args_is_help=True, help="The log's own affairs.")
app.add_typer(log, name="log")

Json = Annotated[bool, typer.Option("--json", help="Print facts as JSON.")]
_errors = Console(stderr=True, highlight=False)


def main() -> None:
    """Run a command and turn a known error into a sentence and an exit status."""
    try:
        app()
    except SuyuanError as error:
        _errors.print(f"{error.code}: {error}", markup=False, soft_wrap=True)
        sys.exit(outside(EXIT, error))


@app.command()
def up(
    demo: Annotated[bool, typer.Option(help="Play a product's life on it.")] = False,
    lan: Annotated[bool, typer.Option(help="Listen for a phone in the same network.")] = False,
    folder: Annotated[Path, typer.Option(help="Where everything lies; made afresh.")] = Path(
        ".suyuan/up"
    ),
    data: Annotated[Path | None, typer.Option(help="A folder to keep it all in instead.")] = None,
) -> None:
    """Run everything on this machine until Ctrl-C: database, local chain, gateway, regulator's node."""
    from gateway import machine, play, up

    say, now = _say(), datetime.now(UTC)
    binaries = settings_module.load().pg_bin
    new = up.kept(data) if data else bool(up.fresh(folder))
    where = up.addresses(lan=lan, say=say)
    processes = Processes(say)
    with (
        machine.Machine.keep(data, say, now, origin=up.ORIGIN, binaries=binaries)
        if data
        else machine.Machine.open(folder, say, origin=up.ORIGIN, binaries=binaries)
    ) as made:
        try:
            say("starting gateway, loop, follower and the regulator's node")
            up.start(made, where, processes)
            if demo and new:
                print(play.play(made, where, say, datetime.now(UTC)), flush=True)
            say(
                f"gateway {where.gateway}   regulator's node {where.node}   Ctrl-C stops everything"
            )
            up.until_told(processes)
        finally:
            say("stopping")
            processes.stop()


@app.command()
def gateway() -> None:
    """Serve the gateway's web side: enterprises' API, consumers' pages, the log's public tiles."""
    from gateway.app import serve

    serve(settings_module.load())


@app.command()
def loop() -> None:
    """Run the loop: sequence stored records, anchor the log's head. One leads, others stand by."""
    from gateway.loop import run

    run(settings_module.load(), lambda: datetime.now(UTC))


@app.command()
def settings(json: Json = False) -> None:
    """Print every setting with its meaning, default and origin."""
    told = settings_module.told(settings_module.load())
    if json:
        print(msgspec.json.encode(told).decode())
        return
    table = Table("setting", "value", "from", "meaning", "default")
    for one in told:
        table.add_row(one.name, one.value, one.origin, one.meaning, one.default)
    Console().print(table)


@db.command()
def upgrade() -> None:
    """Bring the schemas to this version; needs a login that may create roles and schemas."""
    from gateway.accounts.tables import MIGRATIONS
    from indexer.store import engine, migrate

    owner = engine.engine(settings_module.load().database_url, statement=None)
    migrate.upgrade(owner)
    migrate.upgrade(owner, MIGRATIONS)
    print("ledger and gateway are at this version")


@db.command()
def check() -> None:
    """Say whether the schemas are at this version; exit status 1 if not."""
    from gateway.accounts.tables import MIGRATIONS
    from indexer.store import engine, migrate

    store = engine.engine(settings_module.load().database_url)
    here = {
        "ledger": migrate.current(store),
        "gateway": migrate.current(store, MIGRATIONS),
    }
    for name, current in here.items():
        print(f"{name} {'is at this version' if current else 'needs `suyuan db upgrade`'}")
    raise typer.Exit(0 if all(here.values()) else 1)


@log.command("carry-on")
def carry_on(
    data: Annotated[
        Path | None, typer.Option(help="A folder of `suyuan up --data`: all else is in it.")
    ] = None,
    admin_key: Annotated[Path | None, typer.Option(help="Key file of the administrator.")] = None,
    registrar_key: Annotated[Path | None, typer.Option(help="Key file of the registrar.")] = None,
    rpc: Annotated[str, typer.Option(help="A node of the new chain.")] = "",
    deployment: Annotated[
        Path | None, typer.Option(help="What `python -m contracts.cli deploy` wrote there.")
    ] = None,
    applications: Annotated[
        Path | None, typer.Option(help="Folder of files with which owners of keys apply again.")
    ] = None,
    leave_behind: Annotated[
        bool, typer.Option(help="Go on without keys for which nobody can sign.")
    ] = False,
    json: Json = False,
) -> None:
    """Open the log on a new chain, its old one being lost. The loop and the followers must stand still."""
    from gateway import lasting

    known = settings_module.load()
    how = lasting.How(applications, leave_behind=leave_behind)
    now, say = datetime.now(UTC), _say()
    if data:
        done = lasting.carry_folder(data, how, known.pg_bin, now, say)
    elif admin_key and registrar_key and deployment:
        given = lasting.Given(admin_key, registrar_key, rpc or known.chain_rpc_urls[0], deployment)
        done = lasting.carry(known, given, how, now, say)
    else:
        raise lasting.NotEnoughError
    facts = {
        "chain": str(done.new.chain_id),
        "genesis": done.new.genesis.hex(),
        "traceLog": done.new.trace_log.hex(),
        "size": str(done.size),
        "root": done.root.hex(),
        "tail": str(done.tail),
        "participants": str(done.registered),
        "left": " ".join(key.hex() for key in done.left),
    }
    _tell(facts, json)


def _tell(facts: dict[str, str], json: bool) -> None:
    if json:
        print(msgspec.json.encode(facts).decode())
        return
    for name, value in facts.items():
        print(f"{name:12} {value}")


def _say() -> Callable[[str], None]:
    console = Console(stderr=True, highlight=False)
    began = datetime.now(UTC)

    def say(text: str) -> None:
        seconds = (datetime.now(UTC) - began).total_seconds()
        console.print(f"[{seconds:6.1f} s] {text}", markup=False, soft_wrap=True)

    return say
