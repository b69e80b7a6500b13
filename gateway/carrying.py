"""A log goes on when its chain is lost: the same tree is opened on a new chain, and what was read of the old set aside.

Order: every final anchor gets its checkpoint, whoever was registered is registered again, the log is opened at its
last checkpoint, the deployment file is exchanged, and last the store lets go of the old chain. Each part first looks
whether it was done, so that a command that was killed is simply given again. Leaves beyond the last checkpoint stay in
the log; the loop anchors them next.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from contracts.operate import EMPTY_ROOT, Hand
from gateway.leader import Term
from gateway.members import Member, Proof, members, register
from gateway.publisher import Publisher
from indexer.chain import calls
from indexer.chain.calls import LogState
from indexer.chain.client import Client
from indexer.chain.deployment import Deployment, exchange
from indexer.core.checkpoint import Signer
from indexer.core.errors import InconsistencyError, InputError, OutageError
from indexer.core.submission import log_id
from indexer.store import former, ledger
from indexer.store.tables import checkpoint

Say = Callable[[str], None]


class LoopLeadsError(OutageError):
    """A loop is at work on the log."""

    code = "LOOP_LEADS"
    sentence = "a loop leads the log {origin}: stop it and the followers first"


class LeftBehindError(InputError):
    """Keys that nobody can register on the new chain for their owners."""

    code = "LEFT_BEHIND"
    sentence = (
        "{count} keys would not be known on the new chain, and what they signed would count as nobody's: {keys}. "
        "Let their owners sign for the new register {register} and name the folder of their files with --applications, "
        "or leave them behind with --leave-behind until they apply"
    )


class OpenedOtherwiseError(InconsistencyError):
    """The new chain knows the log already, and not as it stands here."""

    code = "OPENED_OTHERWISE"
    sentence = (
        "the log {origin} is open on the new chain with {found} leaves, and {size} are published here: "
        "somebody else opened it"
    )


@dataclass(frozen=True)
class Keys:
    """Who acts, and who the log's parties are from now on."""

    admin: bytes = field(repr=False)
    registrar: bytes = field(repr=False)
    operator: bytes  # address
    receipt: bytes  # address
    log: Signer = field(repr=False)


@dataclass(frozen=True)
class Carried:
    """What was done; `left` are the keys that the new chain does not know, `tail` the leaves to be anchored next."""

    size: int
    root: bytes
    tail: int
    registered: int
    left: tuple[bytes, ...]
    old: Deployment
    new: Deployment


@dataclass(frozen=True)
class Carrying:
    """One log on its way to `deployment`, whose contracts are there. `engine` is the owner's."""

    engine: Engine
    rpc: str
    deployment: Deployment
    origin: str
    keys: Keys
    folder: Path  # the log's files
    file: Path  # that names the deployment to everybody
    proofs: Callable[[Connection, Member], dict[bytes, Proof]]
    leave_behind: bool = False

    def run(self, now: datetime, say: Say) -> Carried:
        """Do all of it. The loop and the followers stand still meanwhile, and start anew afterwards."""
        term = Term.begin(self.engine, self.origin, now)
        if term is None:
            raise LoopLeadsError(origin=self.origin)
        try:
            with self.engine.begin() as connection:
                former.followed(connection)
            say("publishing what is final on the old chain")
            self._publish(term)
            say("registering participants and their keys again")
            known, left = self._register()
            say("opening the log on the new chain")
            size, root = self._open()
            say("setting the old chain aside")
            with self.engine.begin() as connection:
                tail = ledger.size(connection) - size
                old = former.set_aside(connection, self.deployment, now)
                # Inside, so that the file never names a chain before whose rows are there.
                exchange(self.file, old, self.deployment)
        finally:
            term.end()
        return Carried(size, root, tail, known, left, old, self.deployment)

    def _publish(self, term: Term) -> None:
        publisher = Publisher(self.engine, term, self.keys.log, self.folder)
        while publisher.step():
            pass

    def _register(self) -> tuple[int, tuple[bytes, ...]]:
        with self.engine.begin() as connection:
            found = members(connection)
            given = {member.id: self.proofs(connection, member) for member in found}
        left = {key: one.name for one in found for key in one.keys if key not in given[one.id]}
        if left and not self.leave_behind:
            shown = ", ".join(f"{key.hex()} of {name}" for key, name in left.items())
            raise LeftBehindError(
                count=len(left), keys=shown, register=self.deployment.participants.hex()
            )
        hand = Hand(self.rpc, self.deployment, self.keys.registrar)
        with Client([self.rpc]) as client:
            for member in found:
                register(client, hand, member, given[member.id])
        return len(found), tuple(left)

    def _open(self) -> tuple[int, bytes]:
        with self.engine.begin() as connection:
            size, root = _published(connection)
        state = self._state()
        if state is None:
            Hand(self.rpc, self.deployment, self.keys.admin).open_log(
                self.origin,
                self.keys.operator,
                self.keys.log.verifier.public,
                self.keys.receipt,
                size=size,
                root=root,
                predecessor=log_id(self.origin),
            )
            state = self._state()
        if state is None or (state.head.size, state.head.root) != (size, root):
            found = state.head.size if state else None
            raise OpenedOtherwiseError(origin=self.origin, found=found, size=size)
        return size, root

    def _state(self) -> LogState | None:
        with Client([self.rpc]) as client:
            return client.ask(calls.log_state(self.deployment.trace_log, log_id(self.origin)))


def _published(connection: Connection) -> tuple[int, bytes]:
    """Find the last published checkpoint: the empty log's, if there is none."""
    newest = select(checkpoint.c.size, checkpoint.c.root).order_by(checkpoint.c.size.desc())
    row = connection.execute(newest.limit(1)).one_or_none()
    return (0, EMPTY_ROOT) if row is None else (row.size, row.root)
