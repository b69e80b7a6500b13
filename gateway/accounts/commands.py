"""The commands `suyuan participant …`: the operator's desk from a shell.

A command writes a decision and waits until the registry shows it as final; how it comes along is told on standard
error. With --no-wait it only decides.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar
from uuid import UUID

import msgspec
import typer
from rich.console import Console

from gateway import settings
from indexer.core.canonical import Members

if TYPE_CHECKING:
    from gateway.accounts.decisions import Decision
    from gateway.accounts.office import Office

T = TypeVar("T")

app = typer.Typer(no_args_is_help=True, help="The operator's desk: who may submit.")

Json = Annotated[bool, typer.Option("--json", help="Print facts as JSON.")]
NoWait = Annotated[bool, typer.Option("--no-wait", help="Decide, and do not wait for the chain.")]
Participant = Annotated[UUID, typer.Argument(metavar="PARTICIPANT")]
Claimed = typer.Option(exists=True, dir_okay=False, help="What `suyuan apply` wrote.")
File = Annotated[Path, Claimed]
_errors = Console(stderr=True, highlight=False)


class Role(StrEnum):
    """What an API key is for."""

    PARTICIPANT = "participant"
    OPERATOR = "operator"


@app.command()
def admit(
    name: Annotated[str | None, typer.Argument(help="The registered name.")] = None,
    credit_code: Annotated[
        str | None, typer.Argument(help="Unified social credit code, GB 32100.")
    ] = None,
    application: Annotated[Path | None, Claimed] = None,
    json: Json = False,
    no_wait: NoWait = False,
) -> None:
    """Admit an enterprise under a custodial key, or by application with its own; its API key is shown once."""
    named = (name, credit_code) if name is not None and credit_code is not None else None
    _tell(_at(lambda it, now: it.admit(named, application, now, wait=not no_wait)), json)


@app.command()
def add_key(
    participant: Participant, file: File, json: Json = False, no_wait: NoWait = False
) -> None:
    """Add a key of the enterprise's own; a custodial one vouches for it and ends with that."""
    _decided(_at(lambda it, now: it.add_key(participant, file, now, wait=not no_wait)), json)


@app.command()
def revoke_key(
    address: str,
    next_sequence: Annotated[
        int | None,
        typer.Option(min=0, help="The first that no longer counts; by default behind all we have."),
    ] = None,
    json: Json = False,
    no_wait: NoWait = False,
) -> None:
    """End a signing key for ever."""
    wait = not no_wait
    _decided(_at(lambda it, now: it.revoke_key(address, next_sequence, now, wait=wait)), json)


@app.command()
def suspend(participant: Participant, json: Json = False, no_wait: NoWait = False) -> None:
    """Accept nothing new of an enterprise."""
    _act("suspend", participant, json, no_wait)


@app.command()
def reinstate(participant: Participant, json: Json = False, no_wait: NoWait = False) -> None:
    """End a suspension."""
    _act("reinstate", participant, json, no_wait)


@app.command()
def recover(
    participant: Participant, file: File, json: Json = False, no_wait: NoWait = False
) -> None:
    """Ask for a key in place of those that are lost; the regulator must agree, and seven days pass."""
    _decided(_at(lambda it, now: it.recover(participant, file, now, wait=not no_wait)), json)


@app.command()
def cancel_recovery(participant: Participant, json: Json = False, no_wait: NoWait = False) -> None:
    """End a recovery without effect."""
    _act("cancel_recovery", participant, json, no_wait)


@app.command()
def complete_recovery(
    participant: Participant, json: Json = False, no_wait: NoWait = False
) -> None:
    """Add the recovered key, seven days after the regulator agreed."""
    _act("complete_recovery", participant, json, no_wait)


@app.command("list")
def list_(json: Json = False) -> None:
    """List all participants: what was entered here, and how each stands in the registry."""
    rows = _at(lambda it, _: it.participants())
    if json:
        print(msgspec.json.encode({"participants": rows}).decode())
        return
    for row in rows:
        key = row["key"] or "-"
        print(
            f"{row['participant']}  {row['status']:12}  {key:9}  {row['creditCode']}  {row['name']}"
        )


@app.command()
def show(participant: Participant, json: Json = False) -> None:
    """Show one participant: its keys, its standing, and what was decided about it."""
    from gateway.accounts import shown

    told = _at(lambda it, _: it.participant(participant))
    if json:
        print(msgspec.json.encode(told).decode())
        return
    for line in shown.lines(told):
        print(line)


@app.command()
def issue_api_key(
    participant: Participant,
    role: Annotated[Role, typer.Option(help="What it is for.")] = Role.PARTICIPANT,
    json: Json = False,
) -> None:
    """Issue another API key; it is shown once."""
    _tell(_at(lambda it, now: it.issue(participant, role, now)), json)


@app.command()
def revoke_api_key(
    key: Annotated[UUID, typer.Argument(help="The API key's id.")], json: Json = False
) -> None:
    """End an API key by its id."""
    _tell(_at(lambda it, now: it.revoke(key, now)), json)


def _at(work: "Callable[[Office, datetime], T]") -> T:
    """Work at the operator's desk, which takes its time to import."""
    from gateway.accounts import shown
    from gateway.accounts.office import Office

    def hear(one: "Decision") -> None:
        _errors.print(shown.line(shown.decision(one)), markup=False, soft_wrap=True)

    with Office.open(settings.load(), hear) as office:
        return work(office, datetime.now(UTC))


def _act(name: str, participant: UUID, json: bool, no_wait: bool) -> None:
    _decided(_at(lambda it, now: it.act(name, participant, now, wait=not no_wait)), json)


def _decided(stand: list[Members], json: bool) -> None:
    from gateway.accounts import shown

    if json:
        print(msgspec.json.encode({"decisions": stand}).decode())
        return
    for one in stand:
        print(shown.line(one))


def _tell(facts: Members, json: bool) -> None:
    if json:
        print(msgspec.json.encode(facts).decode())
        return
    for name, value in facts.items():
        print(f"{name:12} {value}")
