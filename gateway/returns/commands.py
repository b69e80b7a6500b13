"""The command `suyuan operator review`: the operator's answers from the shell, over the same interface as anybody's.

The key that signs an approval stays on the machine of whoever reviews: it is the account that operates the log.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from gateway.enterprise import opening
from gateway.settings import read_key
from indexer.core import canonical, record
from indexer.core.canonical import Json
from indexer.core.errors import EvidenceError
from indexer.core.submission import Approval, log_id, sign

app = typer.Typer(no_args_is_help=True, help="The operator's desk.")
review = typer.Typer(no_args_is_help=True, help="Applications to correct, withdraw or erase.")
app.add_typer(review, name="review")


class ShownDiffersError(EvidenceError):
    """The gateway asks for a signature over something else than it shows."""

    code = "SHOWN_DIFFERS"
    sentence = "what the gateway shows of application {application} has not the digest it asks to be signed"


AsJson = Annotated[bool, typer.Option("--json", help="Print facts as JSON.")]
Url = Annotated[str, typer.Option("--gateway", envvar="SUYUAN_GATEWAY", help="Its base URL.")]
ApiKey = Annotated[
    Path,
    typer.Option(envvar="SUYUAN_API_KEY_FILE", help="File with an API key of role operator, 0600."),
]
Application = Annotated[UUID, typer.Argument(metavar="APPLICATION")]
Reason = Annotated[str, typer.Option(help="Why, in words the applicant reads.")]


@review.command("list")
def listed(
    gateway: Url, api_key_file: ApiKey, everything: bool = False, as_json: AsJson = False
) -> None:
    """List applications that wait for an answer, or `--everything`."""
    with opening.gateway(gateway, api_key_file) as asked:
        found = asked.applications(waiting=not everything)
    if as_json:
        print(msgspec.json.encode(found).decode())
        return
    table = Table("application", "kind", "participant", "record", "state", "reason")
    for one in found:
        row = ("id", "kind", "participant", "amendsRecord", "state", "reason")
        table.add_row(*(str(one[name] or "") for name in row))
    Console().print(table)


@review.command()
def show(application: Application, gateway: Url, api_key_file: ApiKey) -> None:
    """Show an application beside the record it is about, as JSON."""
    with opening.gateway(gateway, api_key_file) as asked:
        print(
            msgspec.json.format(canonical.encode(asked.application(application)), indent=2).decode()
        )


@review.command()
def approve(
    application: Application,
    gateway: Url,
    api_key_file: ApiKey,
    operator_key: Annotated[
        Path, typer.Option(help="Key file of the account that operates the log.")
    ],
    reason: Reason = "checked",
    as_json: AsJson = False,
) -> None:
    """Sign the operator's consent; the correction, withdrawal or erasure may enter the log."""
    key, at = read_key(operator_key), int(datetime.now(UTC).timestamp())
    with opening.gateway(gateway, api_key_file) as asked:
        digest = _digest(asked.application(application))
        said = Approval(log_id(asked.origin()), digest, at)
        signature = sign(said.signing_hash(), key).hex()
        given: dict[str, Json] = {"reason": reason, "at": at, "signature": signature}
        _tell(asked.review(application, given), as_json)


@review.command()
def refuse(
    application: Application,
    gateway: Url,
    api_key_file: ApiKey,
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """Refuse an application for good."""
    with opening.gateway(gateway, api_key_file) as asked:
        _tell(asked.review(application, {"reason": reason}), as_json)


def _digest(shown: dict[str, Any]) -> bytes:
    """Hash what was shown ourselves: what is signed is what was read."""
    made = record.digest(shown["content"])
    if made.hex() != shown["digest"]:
        raise ShownDiffersError(application=shown["id"])
    return made


def _tell(answered: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(msgspec.json.encode(answered).decode())
    else:
        print(f"{answered['id']} {answered['state']}")
