"""What an enterprise signed, kept on its own disk before it is sent: no gap and no double, whatever is interrupted.

A folder of mode 0700 with one SQLite file, for one key and one log. The journal gives out the sequences: a whole file's
submissions are written in one transaction, durably, before the first of them leaves, and each is sent as the same
bytes until it is answered. Bodies stay, with their record keys, so that their owner can open its own records for ever.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from uuid import UUID

from gateway.enterprise.signing import Signed
from indexer.core.errors import InputError, OutageError

_SCHEMA = """
create table if not exists identity (
  one integer primary key check (one = 1), origin text not null, participant text not null, key blob not null,
  gateway text not null default ''
) strict;
create table if not exists file (digest blob primary key, name text not null, items integer not null) strict;
create table if not exists submission (
  sequence integer primary key, file blob not null references file, first integer not null, count integer not null,
  root blob not null, body blob not null, answer blob
) strict;
create table if not exists refused (
  sequence integer not null, file blob not null, first integer not null, count integer not null, root blob not null,
  body blob not null, reason text not null
) strict;
create table if not exists held (
  root blob primary key, file blob not null references file, first integer not null, count integer not null,
  body blob not null, waiting integer not null
) strict;
create table if not exists adopted (sequence integer not null) strict;
"""


class JournalBusyError(OutageError):
    """Another program works with the journal."""

    code = "JOURNAL_BUSY"
    sentence = "another program is at work in the journal {folder}"


class JournalBrokenError(InputError):
    """A folder that is no journal, or cannot be one."""

    code = "JOURNAL_BROKEN"
    sentence = "{folder} cannot be used as a journal: {reason}"


class JournalDiffersError(InputError):
    """A journal of another key, participant or log."""

    code = "JOURNAL_DIFFERS"
    sentence = "the journal {folder} is that of {kept} and not of {given}: each key and log has one of its own"


@dataclass(frozen=True)
class Identity:
    """Whose journal it is: the log's origin, the participant, its key's address."""

    origin: str
    participant: UUID
    key: bytes

    def __str__(self) -> str:
        return f"key {self.key.hex()} of participant {self.participant} at {self.origin}"


@dataclass(frozen=True)
class File:
    """A file whose things were signed, told by its digest; `done` of its `items` are in submissions."""

    digest: bytes
    name: str
    items: int
    done: int


@dataclass(frozen=True)
class Kept:
    """One signed submission; `answer` is the gateway's, with its receipt, None while there is none."""

    sequence: int
    count: int
    root: bytes
    name: str
    first: int
    body: bytes = field(repr=False)
    answer: bytes | None


@dataclass(frozen=True)
class Held:
    """What is to be signed again; `waiting` for the operator's review, else only because something before it does."""

    root: bytes
    file: bytes
    first: int
    count: int
    body: bytes = field(repr=False)
    waiting: bool


class Journal:
    """One open journal; whoever writes has it alone."""

    def __init__(self, folder: Path, store: sqlite3.Connection) -> None:
        self._folder = folder
        self._store = store

    @classmethod
    @contextmanager
    def open(cls, folder: Path) -> Iterator[Self]:
        """Open a journal for writing, and begin one where there is none."""
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise JournalBrokenError(folder=folder, reason=error.strerror) from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            (folder / "journal.db").touch(mode=0o600)
            with closing(_connect(folder)) as store:
                yield cls(folder, store)
        except BlockingIOError:
            raise JournalBusyError(folder=folder) from None
        finally:
            os.close(lock)

    @classmethod
    @contextmanager
    def look(cls, folder: Path) -> Iterator[Self]:
        """Open a journal that is there, to read it while another program may be at work in it."""
        if not (folder / "journal.db").exists():
            raise JournalBrokenError(folder=folder, reason="there is none")
        with closing(_connect(folder)) as store:
            yield cls(folder, store)

    @property
    def identity(self) -> Identity | None:
        """Tell whose journal it is, None before anything was signed."""
        row = self._store.execute("select origin, participant, key from identity").fetchone()
        return Identity(row[0], UUID(row[1]), row[2]) if row else None

    def bind(self, given: Identity) -> None:
        """Make it this key's journal for ever, or refuse if it is another's."""
        kept = self.identity
        if kept is None:
            row = (given.origin, str(given.participant), given.key)
            with self._store:
                self._store.execute("insert into identity values (1, ?, ?, ?, '')", row)
        elif kept != given:
            raise JournalDiffersError(folder=self._folder, kept=kept, given=given)

    @property
    def gateway(self) -> str:
        """Tell to which gateway it was sent last; empty if to none."""
        row = self._store.execute("select gateway from identity").fetchone()
        return str(row[0]) if row else ""

    def sends_to(self, url: str) -> None:
        """Remember the gateway."""
        with self._store:
            self._store.execute("update identity set gateway = ?", (url,))

    def next_sequence(self) -> int:
        """Tell which sequence is signed next."""
        query = (
            "select max(coalesce((select max(sequence) + 1 from submission), 0),"
            " coalesce((select max(sequence) from adopted), 0))"
        )
        return int(self._store.execute(query).fetchone()[0])

    def adopt(self, sequence: int) -> None:
        """Leave the sequences below this one to submissions that another journal has."""
        with self._store:
            self._store.execute("insert into adopted values (?)", (sequence,))

    def file(self, digest: bytes) -> File | None:
        """Find a file by its content."""
        return next(iter(self._files("file.digest = ?", digest)), None)

    def named(self, name: str) -> list[File]:
        """Find what was signed from files of this name."""
        return self._files("file.name = ?", name)

    def add(self, file: File, made: Sequence[Signed]) -> None:
        """Write what was signed of a file from item `file.done` on, all or nothing, and on disk when this returns."""
        first = file.done
        with self._store:
            self._store.execute(
                "insert into file values (?, ?, ?) on conflict do nothing",
                (file.digest, file.name, file.items),
            )
            for one in made:
                row = (one.sequence, file.digest, first, one.count, one.root, one.body)
                self._store.execute("insert into submission values (?, ?, ?, ?, ?, ?, null)", row)
                first += one.count

    def pending(self) -> list[int]:
        """List the sequences that were signed and not answered."""
        query = "select sequence from submission where answer is null order by sequence"
        return [row[0] for row in self._store.execute(query)]

    def submission(self, sequence: int) -> Kept:
        """Read one signed submission."""
        return next(self._kept("where sequence = ?", sequence))

    def submissions(self) -> Iterator[Kept]:
        """Read all of them in order."""
        return self._kept("order by sequence")

    def answer(self, sequence: int, answer: bytes) -> None:
        """Keep the gateway's answer."""
        with self._store:
            self._store.execute(
                "update submission set answer = ? where sequence = ?", (answer, sequence)
            )

    def refuse(self, sequence: int, reason: str) -> None:
        """Lay aside what was refused for good and all that was signed behind it: their files are to be sent again."""
        where = "answer is null and sequence >= ?"
        with self._store:
            self._store.execute(
                "insert into refused select sequence, file, first, count, root, body, ?"  # noqa: S608 - our own words
                f" from submission where {where}",
                (reason, sequence),
            )
            self._store.execute(f"delete from submission where {where}", (sequence,))  # noqa: S608 - our own words

    def hold(self, sequence: int) -> None:
        """Lay aside what waits for a review, and what was signed behind it: neither has used its sequence."""
        where = "answer is null and sequence >= ?"
        with self._store:
            self._store.execute(
                "insert or replace into held select root, file, first, count, body, sequence = ?"  # noqa: S608 - our own words
                f" from submission where {where}",
                (sequence, sequence),
            )
            self._store.execute(f"delete from submission where {where}", (sequence,))  # noqa: S608 - our own words

    def held(self) -> list[Held]:
        """List what is laid aside to be signed again, in the order in which it was signed first."""
        query = "select root, file, first, count, body, waiting from held order by rowid"
        return [
            Held(root, file, first, count, body, bool(waiting))
            for root, file, first, count, body, waiting in self._store.execute(query)
        ]

    def take_up(self, held: Held, signed: Signed) -> None:
        """Put what was laid aside among what is to be sent, signed anew; on disk when this returns."""
        row = (signed.sequence, held.file, held.first, signed.count, signed.root, signed.body)
        with self._store:
            self._store.execute("delete from held where root = ?", (held.root,))
            self._store.execute("insert into submission values (?, ?, ?, ?, ?, ?, null)", row)

    def _files(self, where: str, value: object) -> list[File]:
        query = (
            "select file.digest, name, items, coalesce(sum(count), 0) from file left join ("  # noqa: S608 - our own words
            "select file, count from submission union all select file, count from held"
            f") as stated on stated.file = file.digest where {where} group by file.digest"
        )
        return [File(*row) for row in self._store.execute(query, (value,))]

    def _kept(self, rest: str, *values: object) -> Iterator[Kept]:
        query = (
            "select sequence, count, root, name, first, body, answer from submission"  # noqa: S608 - our own words
            f" join file on file.digest = submission.file {rest}"
        )
        for row in self._store.execute(query, values):
            yield Kept(*row)


def _connect(folder: Path) -> sqlite3.Connection:
    store = sqlite3.connect(folder / "journal.db")
    try:
        # Sent only once it is on disk, the folder's entry included.
        store.execute("pragma synchronous = extra")
        store.execute("pragma foreign_keys = on")
        store.executescript(_SCHEMA)
    except sqlite3.DatabaseError as error:
        store.close()
        raise JournalBrokenError(folder=folder, reason=str(error)) from None
    return store
