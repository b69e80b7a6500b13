"""The administrator's hand from a shell: `python -m contracts.cli deploy | open | rotate | close | admit | …`.

Prints the facts of what was done as one line of JSON. Keys come from files that only their owner can read, never from
arguments, which every process on the machine can see.
"""

import sys
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from contracts import operate, sending
from indexer.chain.deployment import Deployment
from indexer.core import canonical, submission
from indexer.core.errors import EXIT, SuyuanError, outside


class _MisshapenHexError(typer.BadParameter):
    def __init__(self, digits: int = 0) -> None:
        super().__init__(f"{digits or 'an even number of'} hex digits are wanted")


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        raise _MisshapenHexError from None


def _address(text: str) -> bytes:
    value = _hex(text)
    if len(value) != 20:
        raise _MisshapenHexError(40)
    return value


def _hash(text: str) -> bytes:
    value = _hex(text)
    if len(value) != 32:
        raise _MisshapenHexError(64)
    return value


Rpc = Annotated[str, typer.Option(help="JSON-RPC address of a node of the chain.")]
KeyFile = Annotated[Path, typer.Option(exists=True, dir_okay=False, help="Key of who acts.")]
DeploymentFile = Annotated[
    Path, typer.Option("--deployment", exists=True, dir_okay=False, help="What deploy wrote.")
]
Address = Annotated[bytes, typer.Option(parser=_address, metavar="ADDRESS")]
Hash = Annotated[bytes, typer.Option(parser=_hash, metavar="HEX")]
Signature = Annotated[bytes, typer.Option(parser=_hex, metavar="HEX", help="Its signature.")]
Custodial = Annotated[bool, typer.Option(help="Whether the platform holds the key.")]
Participant = Annotated[UUID, typer.Argument()]

app = typer.Typer(help=__doc__, no_args_is_help=True, pretty_exceptions_enable=False)


@app.command()
def deploy(
    rpc: Rpc,
    key_file: KeyFile,
    registrar: Address,
    regulator: Address,
    operator: Address,
    out: Annotated[Path, typer.Option(dir_okay=False, help="Where to write the deployment.")],
) -> None:
    """Put both contracts on a chain, administered by the account that deploys them."""
    key = sending.read_key(key_file)
    deployed = operate.deploy(
        rpc, admin=key, registrar=registrar, regulator=regulator, operator=operator
    )
    out.write_bytes(deployed.to_json())
    print(deployed.to_json().decode(), end="")


@app.command(name="open")
def open_(
    origin: str,
    rpc: Rpc,
    key_file: KeyFile,
    deployment: DeploymentFile,
    operator: Address,
    log_key: Hash,
    receipt_key: Address,
    size: int = 0,
    root: Annotated[str, typer.Option(metavar="HEX")] = operate.EMPTY_ROOT.hex(),
    predecessor: Annotated[str, typer.Option(help="Origin of the log it carries on.")] = "",
) -> None:
    """Open a log. Administrator."""
    before = submission.log_id(predecessor) if predecessor else operate.NONE
    done = _hand(rpc, deployment, key_file).open_log(
        origin, operator, log_key, receipt_key, size=size, root=_hash(root), predecessor=before
    )
    _show(done, log=submission.log_id(origin).hex())


@app.command()
def rotate(
    origin: str,
    rpc: Rpc,
    key_file: KeyFile,
    deployment: DeploymentFile,
    operator: Address,
    log_key: Hash,
    receipt_key: Address,
) -> None:
    """Replace a log's operator and keys. Administrator."""
    log = submission.log_id(origin)
    done = _hand(rpc, deployment, key_file).rotate(log, operator, log_key, receipt_key)
    _show(done, log=log.hex())


@app.command()
def close(
    origin: str,
    rpc: Rpc,
    key_file: KeyFile,
    deployment: DeploymentFile,
    last_good: Annotated[int, typer.Option(help="The largest size that still counts.")],
    successor: Annotated[str, typer.Option(help="Origin of the log that carries it on.")] = "",
) -> None:
    """End a log. Administrator."""
    log = submission.log_id(origin)
    after = submission.log_id(successor) if successor else operate.NONE
    _show(_hand(rpc, deployment, key_file).close(log, last_good, after), log=log.hex())


@app.command()
def admit(
    participant: Participant,
    rpc: Rpc,
    key_file: KeyFile,
    deployment: DeploymentFile,
    name: Annotated[str, typer.Option(help="The name consumers see.")],
    credit_code: Annotated[str, typer.Option(help="Its unified social credit code.")],
    participant_key: Address,
    possession: Signature,
    custodial: Custodial = False,
) -> None:
    """Admit a participant with its first key. Registrar."""
    done = _hand(rpc, deployment, key_file).admit(
        participant,
        name,
        credit_code,
        participant_key,
        custodial=custodial,
        possession=possession,
    )
    _show(done, participant=str(participant))


@app.command()
def add_key(
    participant: Participant,
    rpc: Rpc,
    key_file: KeyFile,
    deployment: DeploymentFile,
    participant_key: Address,
    possession: Signature,
    consent: Annotated[
        bytes, typer.Option(parser=_hex, metavar="HEX", help="An active key's signature.")
    ],
    custodial: Custodial = False,
) -> None:
    """Add a key that an active one vouches for. Registrar."""
    hand = _hand(rpc, deployment, key_file)
    done = hand.add_key(
        participant, participant_key, custodial=custodial, possession=possession, consent=consent
    )
    _show(done, participant=str(participant), key=participant_key.hex())


@app.command()
def request_recovery(
    participant: Participant,
    rpc: Rpc,
    key_file: KeyFile,
    deployment: DeploymentFile,
    participant_key: Address,
    possession: Signature,
    custodial: Custodial = False,
) -> None:
    """Ask for a key in place of those that are lost. Registrar."""
    hand = _hand(rpc, deployment, key_file)
    done = hand.request_recovery(
        participant, participant_key, custodial=custodial, possession=possession
    )
    _show(done, participant=str(participant), key=participant_key.hex())


@app.command()
def approve_recovery(
    participant: Participant,
    rpc: Rpc,
    key_file: KeyFile,
    deployment: DeploymentFile,
    participant_key: Address,
) -> None:
    """Agree to a recovery that was asked for; its seven days begin. Regulator."""
    done = _hand(rpc, deployment, key_file).approve_recovery(participant, participant_key)
    _show(done, participant=str(participant), key=participant_key.hex())


@app.command()
def cancel_recovery(
    participant: Participant, rpc: Rpc, key_file: KeyFile, deployment: DeploymentFile
) -> None:
    """End a recovery without effect. Registrar or regulator."""
    done = _hand(rpc, deployment, key_file).cancel_recovery(participant)
    _show(done, participant=str(participant))


@app.command()
def complete_recovery(
    participant: Participant, rpc: Rpc, key_file: KeyFile, deployment: DeploymentFile
) -> None:
    """Add the recovered key once the seven days are over. Registrar."""
    done = _hand(rpc, deployment, key_file).complete_recovery(participant)
    _show(done, participant=str(participant))


@app.command()
def suspend(
    participant: Participant, rpc: Rpc, key_file: KeyFile, deployment: DeploymentFile
) -> None:
    """Accept nothing new of a participant. Registrar."""
    _show(_hand(rpc, deployment, key_file).suspend(participant), participant=str(participant))


@app.command()
def reinstate(
    participant: Participant, rpc: Rpc, key_file: KeyFile, deployment: DeploymentFile
) -> None:
    """End a suspension. Registrar."""
    _show(_hand(rpc, deployment, key_file).reinstate(participant), participant=str(participant))


@app.command()
def revoke(
    address: Annotated[bytes, typer.Argument(parser=_address, metavar="ADDRESS")],
    rpc: Rpc,
    key_file: KeyFile,
    deployment: DeploymentFile,
    next_sequence: Annotated[int, typer.Option(help="The first that no longer counts.")],
) -> None:
    """End a participant's key for ever. Registrar."""
    done = _hand(rpc, deployment, key_file).revoke(address, next_sequence)
    _show(done, key=address.hex())


def _hand(rpc: str, deployment: Path, key_file: Path) -> operate.Hand:
    return operate.Hand(rpc, Deployment.load(deployment), sending.read_key(key_file))


def _show(transaction: bytes, **facts: canonical.Json) -> None:
    print(canonical.encode({**facts, "transaction": transaction.hex()}).decode())


def main() -> None:
    """Run one command; errors go to standard error and decide the exit status."""
    try:
        app()
    except SuyuanError as error:
        print(f"{error.code}: {error}", file=sys.stderr)
        sys.exit(outside(EXIT, error))


if __name__ == "__main__":
    main()
