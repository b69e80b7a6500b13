"""An enterprise signs for itself: from its key to a consumer's scan, through kills, and against a gateway that lies."""

import random
import secrets
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from gateway import demo
from gateway.accounts import desk
from gateway.enterprise.journal import Journal, JournalBrokenError
from gateway.settings import inherited
from indexer.core.verdict import State
from indexer.store.engine import engine
from tests.journeys import stories
from tests.world import World, until

NAME = "东莞市立川燃具有限公司"
CODES = iter(("91440101MALR5N2P7G", "91440300MAAJ8T3Q77", "91440605MACX7R1K0J"))  # one each
PASSWORD = "correct horse"


@dataclass
class Own:
    """An enterprise with a key of its own, at its own machine: a folder with key, journal and trust settings."""

    world: World
    folder: Path
    participant: UUID | None = None

    def run(self, *arguments: object) -> "subprocess.CompletedProcess[str]":
        """Run a command of `suyuan` as the enterprise does."""
        return subprocess.run(
            self._command(arguments), capture_output=True, text=True, check=False, env=self._env()
        )

    def start(self, *arguments: object) -> "subprocess.Popen[str]":
        """Start one and do not wait for its end."""
        return subprocess.Popen(
            self._command(arguments),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=self._env(),
        )

    def submission(self, path: Path, *more: object) -> tuple[object, ...]:
        """Name the command that submits a path."""
        return (
            "submit",
            path,
            "--key",
            self.folder / "own.key",
            "--gateway",
            self.world.where.gateway,
            "--json",
            *more,
        )

    def check(self) -> tuple[int, list[dict[str, Any]]]:
        """Hold all receipts to log and chain: exit status and what became of each."""
        done = self.run("receipts", "check", "--trust", self.folder / "trust.json", "--json")
        assert done.stdout, done.stderr
        found: list[dict[str, Any]] = msgspec.json.decode(done.stdout)["receipts"]
        return done.returncode, found

    def _command(self, arguments: tuple[object, ...]) -> list[str]:
        return [str(Path(sys.executable).parent / "suyuan"), *map(str, arguments)]

    def _env(self) -> dict[str, str]:
        return inherited() | {
            "SUYUAN_KEY_PASSWORD_FILE": str(self.folder / "password"),
            "SUYUAN_API_KEY_FILE": str(self.folder / "api.key"),
            "SUYUAN_JOURNAL": str(self.folder / "journal"),
        }

    def keep(self, name: str, secret: str) -> None:
        """Keep a secret in a file of its own."""
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(secret + "\n")


@pytest.fixture
def own(shared: World, tmp_path: Path) -> Own:
    """An enterprise that applied with its own key and was admitted."""
    return enter(shared, tmp_path / "enterprise")


def enter(world: World, folder: Path) -> Own:
    """Have an enterprise make a key, apply with it and be admitted."""
    folder.mkdir()
    made = Own(world, folder)
    made.keep("password", PASSWORD)
    (folder / "trust.json").write_bytes(world.trust().to_json())
    done = made.run("keygen", folder / "own.key", "--json")
    assert done.returncode == 0, done.stderr
    applied = made.run(
        "apply",
        "--key",
        folder / "own.key",
        "--trust",
        folder / "trust.json",
        "--name",
        NAME,
        "--credit-code",
        next(CODES),
    )
    assert applied.returncode == 0, applied.stderr
    application = msgspec.json.decode(applied.stdout)
    assert application["key"] == msgspec.json.decode(done.stdout)["key"]
    made.participant = UUID(application["participant"])
    admit(world, application)
    made.keep("api.key", issue(world, made.participant))
    return made


def admit(world: World, application: dict[str, str]) -> None:
    """Enter an application into the register, as the registrar does, and wait until the follower has read it."""
    key = bytes.fromhex(application["key"])
    world.machine.registrar().admit(
        UUID(application["participant"]),
        application["name"],
        application["creditCode"],
        key,
        custodial=False,
        possession=bytes.fromhex(application["possession"]),
    )
    shown = "select 1 from ledger.registration where key = %s and event = 'KeyAdded'"
    until(lambda: bool(world.ask(shown, key)), "the follower has read the admission")


def issue(world: World, participant: UUID) -> str:
    """Give an enterprise an API key."""
    now = datetime.now(UTC)
    with world._superuser() as connection:
        connection.execute(
            "insert into gateway.participant (id, name, credit_code, created) values (%s, %s, %s, %s)",
            (participant, NAME, secrets.token_hex(9).upper(), now),
        )
    accounts = engine(world.machine.database_url("admin"))
    with accounts.begin() as connection:
        issued = desk.issue(connection, participant, now)
    accounts.dispose()
    return issued.secret


def write(path: Path, *serials: str) -> Path:
    """Write an EPCIS document about these appliances."""
    events = [stories.seen(serial)["event"] for serial in serials]
    document = {
        "@context": demo.CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": datetime.now(UTC).isoformat(),
        "epcisBody": {"eventList": events},
    }
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(msgspec.json.encode(document))
    return path


def test_an_enterprises_own_word_is_verified_at_the_end(own: Own):
    world, serial = own.world, stories.serial()
    path = write(own.folder / "out" / "one.json", serial)
    done = own.run(*own.submission(path, "--conceal", "/suyuan:conclusion"))
    assert done.returncode == 0, done.stderr
    assert msgspec.json.decode(done.stdout) == {
        "files": 1,
        "signed": 1,
        "answered": 1,
        "next": 1,
        "bad": [],
    }
    world.settle()
    verdict = world.scan(demo.epc(serial))
    assert verdict.state is State.VERIFIED
    [record] = verdict.records
    facts = next(step.facts for step in record.steps if step.name == "key")
    assert (facts["custodial"], facts["name"], facts["participant"]) == (
        False,
        NAME,
        str(own.participant),
    )
    assert "合格" not in world.bundle(demo.epc(serial)).decode()
    again = own.run(*own.submission(path))
    assert msgspec.json.decode(again.stdout)["signed"] == 0
    assert own.check()[0] == 0
    world.check()


def test_a_submission_killed_anywhere_and_run_again_has_no_gap_and_no_double(own: Own):
    world, folder = own.world, own.folder / "out"
    chance = random.Random(secrets.randbits(64))
    serials = [[stories.serial() for _ in range(13)] for _ in range(6)]
    for number, of_file in enumerate(serials):
        write(folder / f"{number:02d}.json", *of_file)
    kills = kill_until_done(own, folder, chance)
    assert kills > 0
    listed = own.run("receipts", "list", "--json")
    kept = msgspec.json.decode(listed.stdout)["receipts"]
    assert [one["sequence"] for one in kept] == list(range(6 * 7))
    assert all(one["receipt"] for one in kept)
    rows = world.ask(
        "select count from ledger.submission where participant = %s order by sequence",
        own.participant,
    )
    assert [count for (count,) in rows] == [one["count"] for one in kept]
    world.settle()
    for serial in (serial for of_file in serials[::4] for serial in of_file[::8]):
        verdict = world.scan(demo.epc(serial))
        assert (verdict.state, len(verdict.records)) == (State.VERIFIED, 1)
    assert sum(count for (count,) in rows) == 6 * 13
    world.check()


def test_a_gateway_that_drops_what_it_acknowledged_is_found_out_by_its_receipt(
    world: World, tmp_path: Path
):
    own = enter(world, tmp_path / "enterprise")
    promise_little(world, seconds=6)
    first = own.run(*own.submission(write(own.folder / "out" / "1.json", stories.serial())))
    assert first.returncode == 0, first.stderr
    world.settle()
    loop = world.process("loop")
    loop.signal(signal.SIGSTOP)
    try:
        second = own.run(*own.submission(write(own.folder / "out" / "2.json", stories.serial())))
        assert second.returncode == 0, second.stderr
        status, found = own.check()
        assert (status, [one["outcome"] for one in found]) == (0, ["HOLDS", "PENDING"])
        until(lambda: time.time() > found[1]["anchorBy"] + 1, "the promise is over")
        status, found = own.check()
        assert (status, [one["outcome"] for one in found]) == (1, ["HOLDS", "ANCHOR_LATE"])
        drop(world, found[1]["submission"])
    finally:
        loop.signal(signal.SIGCONT)
    world.submit(stories.seen(stories.serial()))
    world.settle()
    status, found = own.check()
    assert (status, [one["outcome"] for one in found]) == (1, ["HOLDS", "RECEIPT_BROKEN"])
    assert own.run("receipts", "check", "--trust", own.folder / "trust.json").returncode == 1
    third = own.run(*own.submission(write(own.folder / "out" / "3.json", stories.serial())))
    assert (third.returncode, "GATEWAY_BEHIND" in third.stderr) == (70, True)


def kill_until_done(own: Own, folder: Path, chance: random.Random, most: int = 6) -> int:
    """Submit a folder again and again, killed at some moment of the sending, until it is through."""
    kills = 0
    while True:
        before = answered(own)
        process = own.start(*own.submission(folder, "--size", 2))
        if kills < most:
            until(partial(_under_way, own, process, before), "something was answered")
            time.sleep(chance.uniform(0, 0.3))
            process.send_signal(signal.SIGKILL)
        _, said = process.communicate()
        if process.returncode != -signal.SIGKILL:
            assert process.returncode == 0, said
            return kills
        kills += 1


def answered(own: Own) -> int:
    """Count the answers in the journal, as of now."""
    if not (own.folder / "journal" / "journal.db").exists():
        return 0
    try:
        with Journal.look(own.folder / "journal") as kept:
            return sum(one.answer is not None for one in kept.submissions())
    except JournalBrokenError:
        return 0  # being made at this moment


def _under_way(own: Own, process: "subprocess.Popen[str]", before: int) -> bool:
    return process.poll() is not None or answered(own) > before


def promise_little(world: World, seconds: int) -> None:
    """Let the gateway promise anchors within seconds."""
    process = world.process("gateway")
    process.environment = {**process.environment, "SUYUAN_ANCHOR_DEADLINE": str(seconds)}
    process.signal(signal.SIGKILL)
    until(lambda: process.status is not None, "the gateway is dead")

    def again() -> bool:
        world.processes.watch()
        return process.status is None and world.post([]).status_code == 422

    until_quiet(again)


def until_quiet(condition: Any) -> None:
    """Wait for something that may find nobody there yet."""

    def calm() -> bool:
        try:
            return bool(condition())
        except httpx.TransportError:
            return False

    until(calm, "the gateway answers again")


def drop(world: World, submission: str) -> None:
    """Forget a submission, as a gateway that breaks its word would."""
    for table in ("record_key", "sealed"):
        world.tamper(
            f"delete from ledger.{table} where record in (select id from ledger.record where submission = %s)",
            submission,
        )
    for table, column in (("naming", "submission"), ("record", "submission"), ("submission", "id")):
        world.tamper(f"delete from ledger.{table} where {column} = %s", submission)
