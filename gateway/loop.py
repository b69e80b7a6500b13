"""The process `suyuan loop`: leads or stands by; while it leads, its stages run side by side.

An outage is waited out, by one stage without holding up the others. What no retry mends ends the process with the
family's exit status, for a person to look. Losing the lead is no failure: the process stands by again. While the stages
work, this thread does nothing but keep the leader's pulse, so that a step that takes long is not taken for a pause.
"""

import secrets
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Self

import structlog
from sqlalchemy import Engine

from gateway.accounts.decisions import CHANNEL as DECISION
from gateway.anchorer import Anchorer
from gateway.eraser import Eraser
from gateway.leader import PULSE, LeadershipLostError, Term
from gateway.oversight.examiner import Examiner
from gateway.publisher import Publisher
from gateway.registrar import Registrar
from gateway.sequencer import Sequencer
from gateway.settings import Settings, read_key
from gateway.standby import Standby
from gateway.vault import Vault
from indexer.chain.client import Client
from indexer.chain.deployment import Deployment
from indexer.core.checkpoint import Signer
from indexer.core.errors import OutageError
from indexer.store.engine import engine

# Who speaks, and whom it wakes.
SUBMISSION: Final = "suyuan_submission"
LOG: Final = "suyuan_log"
ANCHOR: Final = "suyuan_anchor"

# A word can get lost with a connection; this often everything is looked at unasked, in seconds.
_TICK = 1.0
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0

Clock = Callable[[], datetime]

_log = structlog.get_logger(__name__)


@dataclass
class Stage:
    """One stage at work in a thread: steps until told to stop, sleeping when there is nothing to do.

    `step` returns whether there may be more at once.
    """

    name: str
    step: Callable[[], bool]
    stop: threading.Event
    wake: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Step until `stop`. Everything but an outage ends it."""
        pause = 0.0
        while not self.stop.is_set():
            self.wake.clear()
            try:
                more = self.step()
            except LeadershipLostError:
                raise
            except OutageError as error:
                pause = min(max(2 * pause, _FIRST_PAUSE), _LONGEST_PAUSE)
                _log.warning("stage_waits", stage=self.name, error=str(error), seconds=pause)
                self.stop.wait(pause)
                continue
            if pause:
                _log.info("stage_goes_on", stage=self.name)
            pause = 0.0
            if not more:
                self.wake.wait(_TICK)


@dataclass
class Loop:
    """Everything the process holds whether it leads or not."""

    settings: Settings
    clock: Clock
    engine: Engine
    client: Client
    deployment: Deployment
    operator_key: bytes = field(repr=False)
    log_key: Signer = field(repr=False)
    registrar_key: bytes | None = field(default=None, repr=False)
    vault: Vault | None = field(default=None, repr=False)
    stop: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def open(cls, settings: Settings, clock: Clock) -> Self:
        """Read the key files and the deployment."""
        # A name of this process's own: by it the next leader finds every session of a leader that is paused.
        instance = f"suyuan-loop-{secrets.token_hex(8)}"
        return cls(
            settings=settings,
            clock=clock,
            engine=engine(settings.database_url, application=instance),
            client=Client(settings.chain_rpc_urls),
            deployment=Deployment.load(settings.deployment),
            operator_key=read_key(settings.operator_key_file),
            log_key=Signer(settings.log_origin, read_key(settings.log_key_file)),
            registrar_key=_registrar_key(settings.registrar_key_file),
            vault=_vault(settings.vault_key_file),
        )

    def run(self) -> None:
        """Lead whenever nobody else does, until `stop`."""
        pause, told = _FIRST_PAUSE, False
        standby = Standby(self.engine, self.settings.log_origin)
        while not self.stop.is_set():
            try:
                standby.look()
                term = self._begin()
                pause = _FIRST_PAUSE
                if term is not None:
                    told = False
                    self._lead(term)
                elif not told:
                    _log.info("leadership_awaited", origin=self.settings.log_origin)
                    told = True
                self.stop.wait(_TICK)
            except OutageError as error:
                _log.warning("loop_waits", error=str(error), seconds=pause)
                self.stop.wait(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)

    def close(self) -> None:
        """Let go of all connections."""
        self.client.close()
        self.engine.dispose()

    def _begin(self) -> Term | None:
        channels = (SUBMISSION, LOG, ANCHOR, DECISION)
        return Term.begin(self.engine, self.settings.log_origin, self.clock(), channels)

    def _lead(self, term: Term) -> None:
        ended, held = threading.Event(), threading.Event()
        sequencer = Stage("sequencer", _sequencing(self.engine, term, held), ended)
        anchorer = Stage("anchorer", self._anchoring(term, held, sequencer.wake), ended)
        registrar = Stage("registrar", self._registering(term), ended)
        examiner = Stage("examiner", self._examining(term), ended)
        stages = (sequencer, anchorer, registrar, examiner)
        woken = {
            SUBMISSION: (sequencer,),
            LOG: (anchorer, examiner),
            ANCHOR: (anchorer,),
            DECISION: (registrar,),
        }
        with ThreadPoolExecutor(len(stages), thread_name_prefix="stage") as pool:
            work = [pool.submit(stage.run) for stage in stages]
            try:
                while not self.stop.is_set() and not any(one.done() for one in work):
                    for channel in term.wait(PULSE):
                        for stage in woken[channel]:
                            stage.wake.set()
            finally:
                ended.set()
                for stage in stages:
                    stage.wake.set()
                term.end()
        _raise(work)

    def _registering(self, term: Term) -> Callable[[], bool]:
        """Without the registrar's key there is nothing to do here: decisions wait for a loop that has it."""
        if self.registrar_key is None:
            return lambda: False
        urls = list(self.settings.chain_rpc_urls)
        registrar = Registrar(self.engine, term, self.deployment, urls, self.registrar_key)
        return lambda: registrar.step(self.clock())

    def _examining(self, term: Term) -> Callable[[], bool]:
        """Without the vault's key what is concealed cannot be read: records wait for a loop that has it."""
        if self.vault is None:
            return lambda: False
        examiner = Examiner(self.engine, term, self.vault)
        return lambda: examiner.step(self.clock()) > 0

    def _anchoring(
        self, term: Term, held: threading.Event, wake: threading.Event
    ) -> Callable[[], bool]:
        """Anchor and publish; once the chain's head was `held` to the store, `wake` the sequencer."""
        folder = self.settings.data_dir / "log"
        eraser = Eraser(self.engine, term)
        publisher = Publisher(self.engine, term, self.log_key, folder)
        anchorer = Anchorer(
            engine=self.engine,
            client=self.client,
            term=term,
            deployment=self.deployment,
            key=self.operator_key,
            folder=folder,
            interval=timedelta(seconds=self.settings.anchor_interval),
        )

        def step() -> bool:
            # First what needs no chain: its node may be away.
            published = publisher.step()
            eraser.step()
            if not held.is_set():
                anchorer.hold()
                held.set()
                wake.set()
            return anchorer.step(self.clock()) == "anchored" or published > 0

        return step


def run(settings: Settings, clock: Clock) -> None:
    """Run the loop until SIGTERM or SIGINT."""
    loop = Loop.open(settings, clock)
    with _told(loop.stop):
        try:
            loop.run()
        finally:
            loop.close()


def _registrar_key(file: Path) -> bytes | None:
    if not file.exists():
        _log.warning("registrar_absent", file=str(file))
        return None
    return read_key(file)


def _vault(file: Path) -> Vault | None:
    if not file.exists():
        _log.warning("vault_absent", file=str(file))
        return None
    return Vault.open(file)


def _sequencing(store: Engine, term: Term, held: threading.Event) -> Callable[[], bool]:
    """Place what is stored, but nothing in a store that was set back: the log's next places are taken then."""
    sequencer = Sequencer(store, term)
    return lambda: held.is_set() and sequencer.step() > 0


def _raise(work: list[Future[None]]) -> None:
    """Let out what ended a stage; the loss of the lead only when nothing else did."""
    failures = [error for one in work if (error := one.exception()) is not None]
    failures.sort(key=lambda error: isinstance(error, OutageError))
    if failures:
        raise failures[0]


@contextmanager
def _told(stop: threading.Event) -> Iterator[None]:
    before = {
        number: signal.signal(number, lambda *_: stop.set())
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
