"""The journal: sequences without a gap, nothing sent that is not on disk, one writer."""

import os
import signal
import stat
import subprocess
import sys
from dataclasses import replace
from uuid import UUID

import pytest

from gateway.enterprise.journal import (
    File,
    Identity,
    Journal,
    JournalBrokenError,
    JournalBusyError,
    JournalDiffersError,
)
from gateway.enterprise.signing import Signed

IDENTITY = Identity("test.example/log", UUID(int=7), b"\5" * 20)
FILE = File(b"\1" * 32, "/out/1.json", 5, 0)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "a" / "journal"


@pytest.fixture
def journal(folder):
    with Journal.open(folder) as made:
        made.bind(IDENTITY)
        yield made


def signed(sequence, count=2):
    return Signed(sequence, count, bytes([sequence]) * 32, b"body %d" % sequence)


def test_a_journal_is_its_owners_alone(folder, journal):
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_is_for_one_key_and_one_log_for_ever(folder, journal):
    journal.bind(IDENTITY)
    assert journal.identity == IDENTITY
    for other in (
        replace(IDENTITY, origin="other.example/log"),
        replace(IDENTITY, participant=UUID(int=8)),
        replace(IDENTITY, key=b"\6" * 20),
    ):
        with pytest.raises(JournalDiffersError, match=IDENTITY.key.hex()):
            journal.bind(other)


def test_a_file_is_signed_as_a_whole_and_known_by_its_content(journal):
    assert (journal.next_sequence(), journal.file(FILE.digest)) == (0, None)
    journal.add(FILE, [signed(0), signed(1), signed(2, 1)])
    assert (journal.next_sequence(), journal.pending()) == (3, [0, 1, 2])
    assert journal.file(FILE.digest) == replace(FILE, done=5)
    assert journal.named("/out/1.json") == [replace(FILE, done=5)]
    kept = journal.submission(1)
    assert (kept.first, kept.count, kept.body, kept.answer) == (2, 2, b"body 1", None)
    assert kept.name == "/out/1.json"
    assert "body" not in repr(kept)


def test_an_answer_settles_its_submission(journal):
    journal.add(FILE, [signed(0), signed(1)])
    journal.answer(0, b"{}")
    assert journal.pending() == [1]
    assert [one.answer for one in journal.submissions()] == [b"{}", None]
    assert journal.next_sequence() == 2


def test_what_is_refused_goes_with_all_behind_it_and_its_sequences_come_again(journal):
    journal.add(FILE, [signed(0), signed(1), signed(2, 1)])
    journal.answer(0, b"{}")
    journal.refuse(1, "RECORD_TOO_LARGE")
    assert (journal.next_sequence(), journal.pending()) == (1, [])
    assert journal.file(FILE.digest) == replace(FILE, done=2)
    journal.add(replace(FILE, done=2), [signed(1, 3)])
    assert journal.submission(1).first == 2
    assert journal.file(FILE.digest) == replace(FILE, done=5)


def test_an_adopted_count_is_gone_on_from(journal):
    journal.adopt(7)
    assert journal.next_sequence() == 7
    journal.add(FILE, [signed(7)])
    assert journal.next_sequence() == 8


def test_the_gateway_is_remembered(journal):
    assert journal.gateway == ""
    journal.sends_to("https://gateway.example")
    assert journal.gateway == "https://gateway.example"


def test_one_program_writes_and_others_read(folder, journal):
    journal.add(FILE, [signed(0)])
    with pytest.raises(JournalBusyError), Journal.open(folder):
        pass
    with Journal.look(folder) as seen:
        assert [one.sequence for one in seen.submissions()] == [0]


def test_what_is_no_journal_is_said(tmp_path):
    with pytest.raises(JournalBrokenError, match="there is none"), Journal.look(tmp_path):
        pass
    (tmp_path / "journal.db").write_bytes(b"x" * 5000)
    with pytest.raises(JournalBrokenError), Journal.open(tmp_path):
        pass
    (tmp_path / "file").touch()
    with pytest.raises(JournalBrokenError), Journal.open(tmp_path / "file" / "journal"):
        pass


KILLED = """
import os, signal, sys
from pathlib import Path
from gateway.enterprise.journal import File, Journal
from gateway.enterprise.signing import Signed
with Journal.open(Path(sys.argv[1])) as journal:
    journal.add(File(b"1" * 32, "1", 2, 0), [Signed(0, 2, bytes(32), b"first")])
    def made():
        yield Signed(1, 1, bytes(32), b"second")
        os.kill(os.getpid(), signal.SIGKILL)
    journal.add(File(b"2" * 32, "2", 2, 0), made())
"""


def test_killed_in_mid_file_it_has_the_file_before_and_nothing_of_this_one(folder):
    done = subprocess.run([sys.executable, "-c", KILLED, folder], check=False, env=dict(os.environ))
    assert done.returncode == -signal.SIGKILL
    with Journal.open(folder) as journal:
        assert (journal.next_sequence(), journal.pending()) == (1, [0])
        assert journal.file(b"2" * 32) is None
