"""The commands with which an enterprise signs for itself: keygen, apply, sign, submit, receipts.

They run on the enterprise's own machine, without the gateway's settings or a database. Passwords and API keys come from
prompts or from files, never from arguments, which every process of the machine can see.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from indexer.core.errors import InputError

if TYPE_CHECKING:
    from indexer.core.promise import Promise

app = typer.Typer(no_args_is_help=True, add_completion=False)
receipts = typer.Typer(no_args_is_help=True, help="What was promised, and whether it was kept.")
app.add_typer(receipts, name="receipts")

Json = Annotated[bool, typer.Option("--json", help="Print facts as JSON.")]
Source = Annotated[Path, typer.Argument(exists=True, help="A file, or a folder of files.")]
Key = Annotated[Path, typer.Option(exists=True, dir_okay=False, help="Key file.")]
Secret = Annotated[
    Path | None,
    typer.Option(envvar="SUYUAN_KEY_PASSWORD_FILE", help="File with the password; else asked."),
]
Folder = Annotated[
    Path, typer.Option(envvar="SUYUAN_JOURNAL", help="Folder of what was signed and promised.")
]
Trusted = Annotated[Path, typer.Option(exists=True, dir_okay=False, help="Trust settings.")]
ApiKey = Annotated[
    Path | None,
    typer.Option(envvar="SUYUAN_API_KEY_FILE", help="File with the gateway's API key, 0600."),
]
Conceal = Annotated[
    list[str] | None,
    typer.Option(help="JSON Pointer into every event that has it, beside the published list."),
]
Size = Annotated[int, typer.Option(min=1, max=1000, help="Most things in one submission.")]
Changed = Annotated[
    bool, typer.Option(help="A file that was sent before with other content is all new.")
]
Origin = Annotated[str, typer.Option(help="The log's name; the journal remembers it.")]
Who = Annotated[UUID | None, typer.Option("--participant", help="Your id in the register.")]


class IdentityNeededError(InputError):
    """Nothing says yet for which log and participant to sign."""

    code = "IDENTITY_NEEDED"
    sentence = "the journal is new: name the log with --origin and yourself with --participant"


class ApplicationIncompleteError(InputError):
    """An application without what the register wants to know."""

    code = "APPLICATION_INCOMPLETE"
    sentence = "an application needs {wanted}"


class ReceiptsNeededError(InputError):
    """Nothing says where the receipts are, or who shows the log."""

    code = "RECEIPTS_NEEDED"
    sentence = "name {wanted}"


@app.command()
def keygen(
    path: Annotated[Path, typer.Argument(help="The new key file.")],
    password_file: Secret = None,
    as_json: Json = False,
) -> None:
    """Make a signing key and write it, encrypted, into a new file (Ethereum keystore, mode 0600)."""
    from gateway.enterprise import keyfile, opening, telling

    address = keyfile.create(path, opening.password(path, password_file, confirm=True)())
    telling.facts({"key": address.hex(), "file": str(path)}, as_json=as_json)


@app.command()
def apply(
    key: Key,
    trust: Trusted,
    name: Annotated[str, typer.Option(help="The registered name.")] = "",
    credit_code: Annotated[str, typer.Option(help="Unified social credit code, GB 32100.")] = "",
    participant: Who = None,
    active: Annotated[
        Path | None, typer.Option(help="A key file of yours that vouches for --key, a further one.")
    ] = None,
    password_file: Secret = None,
    active_password_file: Annotated[
        Path | None, typer.Option(help="File with the password of --active.")
    ] = None,
) -> None:
    """Print the application, for admission or for a further key, that the registrar enters on chain."""
    from uuid_utils.compat import uuid7

    from gateway.enterprise import applying, opening, telling
    from indexer.core.trust import Trust

    where = applying.register(Trust.from_json(trust.read_bytes()))
    who = participant or uuid7()
    if active is None:
        if not name or not credit_code:
            raise ApplicationIncompleteError(wanted="--name and --credit-code")
        own = opening.unlock(key, password_file).private_key
        made = applying.admission(where, who, name, credit_code, own)
    else:
        if participant is None:
            raise ApplicationIncompleteError(wanted="--participant, whose further key this is")
        own = opening.unlock(key, password_file).private_key
        made = applying.addition(
            where, who, own, opening.unlock(active, active_password_file).private_key
        )
    telling.out.print(made.decode(), markup=False)


@app.command()
def sign(
    path: Source,
    key: Key,
    journal: Folder,
    origin: Origin = "",
    participant: Who = None,
    conceal: Conceal = None,
    size: Size = 100,
    changed: Changed = False,
    password_file: Secret = None,
    as_json: Json = False,
) -> None:
    """Sign what files state into the journal, without a network; `suyuan submit` without a path sends it."""
    from gateway.enterprise import opening, reading, telling
    from gateway.enterprise.delivery import Delivery, Manner
    from gateway.enterprise.journal import Identity, Journal
    from gateway.enterprise.signing import Signer
    from indexer.core.submission import log_id

    with Journal.open(journal) as kept:
        known, own = kept.identity, opening.unlock(key, password_file)
        name = origin or (known.origin if known else "")
        who = participant or (known.participant if known else None)
        if not name or who is None:
            raise IdentityNeededError
        identity = Identity(name, who, own.address)
        kept.bind(identity)
        signer = Signer(log_id(name), who, own.private_key)
        delivery = Delivery(kept, identity, signer, telling.say)
        made = delivery.run(reading.files(path), Manner(conceal or (), size, changed), None)
        telling.report(made, kept.next_sequence(), as_json=as_json)
    raise typer.Exit(2 if made.bad else 0)


@app.command()
def submit(
    gateway: Annotated[str, typer.Option(envvar="SUYUAN_GATEWAY", help="The gateway's base URL.")],
    journal: Folder,
    path: Annotated[
        Path | None, typer.Argument(exists=True, help="A file, or a folder of files.")
    ] = None,
    key: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Key file.")] = None,
    api_key_file: ApiKey = None,
    origin: Origin = "",
    conceal: Conceal = None,
    size: Size = 100,
    changed: Changed = False,
    adopt: Annotated[
        bool, typer.Option(help="Go on from the gateway's count: an older journal is lost.")
    ] = False,
    password_file: Secret = None,
    as_json: Json = False,
) -> None:
    """Sign files and send them, with all that was signed before and not answered; again after any interruption.

    A file in which anything is wrong is named and nothing of it is sent; the others are.
    """
    from gateway.enterprise import delivery as deliver
    from gateway.enterprise import opening, reading, telling
    from gateway.enterprise.journal import Journal
    from gateway.enterprise.signing import Signer
    from indexer.core.submission import log_id

    with Journal.open(journal) as kept, opening.gateway(gateway, api_key_file) as way:
        own = opening.unlock(key, password_file) if key else None
        identity = deliver.introduce(kept, way, own.address if own else None, origin, telling.say)
        kept.sends_to(gateway)
        delivery = deliver.Delivery(kept, identity, say=telling.say)
        if own is not None:
            log = log_id(identity.origin)
            delivery.signer = Signer(log, identity.participant, own.private_key)
        with telling.watched() as delivery.progress:
            delivery.agree(way, adopt=adopt)
            settled = delivery.settle(way, adopt=adopt)
            manner = deliver.Manner(conceal or (), size, changed)
            made = delivery.run(reading.files(path) if path else [], manner, way)
        made.answered += settled
        telling.report(made, kept.next_sequence(), as_json=as_json)
    raise typer.Exit(2 if made.bad else 0)


@receipts.command("list")
def show(journal: Folder, as_json: Json = False) -> None:
    """List what was signed, from which file, and what was promised for it."""
    from gateway.enterprise import telling
    from gateway.enterprise.journal import Journal

    with Journal.look(journal) as kept:
        telling.listed(list(kept.submissions()), as_json=as_json)


@receipts.command()
def check(
    trust: Trusted,
    file: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, help="Receipts in a file.")
    ] = None,
    journal: Annotated[Path | None, typer.Option(envvar="SUYUAN_JOURNAL")] = None,
    gateway: Annotated[str, typer.Option(help="Base URL of who shows the log.")] = "",
    rpc: Annotated[str, typer.Option(help="Ask this node of your own.")] = "",
    api_key_file: ApiKey = None,
    as_json: Json = False,
) -> None:
    """Hold receipts to the public log and the chain; exit status 0 only if all hold or still have time."""
    from gateway.enterprise import opening, telling
    from gateway.enterprise import receipts as held
    from indexer.core.promise import SOUND
    from indexer.core.trust import Trust

    believed = Trust.from_json(trust.read_bytes())
    promises, origin, shown_by = _promises(file, journal)
    if not (gateway or shown_by):
        raise ReceiptsNeededError(wanted="the gateway that shows the log with --gateway")
    found: list[held.Checked] = []
    with opening.gateway(gateway or shown_by, api_key_file) as way:

        def hint(one: "Promise") -> int | None:
            return way.index(one.submission) if api_key_file else None

        now = int(datetime.now(UTC).timestamp())
        for name, those in held.origins(believed, promises, origin).items():
            nodes = held.asked(believed, name, rpc)
            found += held.check(believed, name, those, way, nodes, now, hint)
    telling.checked(found, as_json=as_json)
    raise typer.Exit(0 if all(one.outcome in SOUND for one in found) else 1)


def _promises(file: Path | None, journal: Path | None) -> "tuple[list[Promise], str, str]":
    """Read receipts, with the log's name and the gateway's address where a journal knows them."""
    from gateway.enterprise import receipts as held
    from gateway.enterprise.journal import Journal

    if file is not None:
        return held.read(file.read_bytes()), "", ""
    if journal is None:
        raise ReceiptsNeededError(wanted="a file of receipts, or the journal with --journal")
    with Journal.look(journal) as kept:
        answers = [one.answer for one in kept.submissions()]
        found = [promise for answer in answers if answer for promise in held.read(answer)]
        identity = kept.identity
        return found, identity.origin if identity else "", kept.gateway
