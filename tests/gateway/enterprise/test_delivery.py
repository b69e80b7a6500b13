"""From files to receipts at a real gateway: interruptions, refusals, lost journals, and a gateway that forgets."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import msgspec
import pytest

from gateway.enterprise import delivery as module
from gateway.enterprise.delivery import Delivery, Manner, introduce
from gateway.enterprise.journal import Identity, Journal, JournalDiffersError
from gateway.enterprise.sending import Gateway, GatewayAwayError, GatewayNonsenseError
from gateway.enterprise.signing import Signer
from indexer.core import canonical
from indexer.core.submission import address
from tests.gateway.enterprise.test_sending import serving
from tests.gateway.making import ORIGIN, event
from tests.gateway.web.serving import Site

KEEP = Manner()


@pytest.fixture
def site(database, tmp_path):
    folder = tmp_path / "gateway"
    folder.mkdir()
    with Site(database, folder, max_record_bytes=4000) as served:
        yield served


@pytest.fixture
def signer(site) -> Signer:
    made: Signer = site.desk.own()
    return made


@pytest.fixture
def member(site, signer):
    return site.holder(signer)


@pytest.fixture
def way(site, member):
    with Gateway(site.url, member.api_key, patience=0) as gateway:
        yield gateway


def identity(signer: Signer) -> Identity:
    return Identity(ORIGIN, signer.participant, address(signer.private_key))


@contextmanager
def delivering(folder: Path, signer: Signer) -> Iterator[Delivery]:
    with Journal.open(folder) as journal:
        journal.bind(identity(signer))
        yield Delivery(journal, identity(signer), signer)


@pytest.fixture
def delivery(tmp_path, signer):
    with delivering(tmp_path / "journal", signer) as made:
        yield made


def write(folder: Path, name: str, *events: dict[str, object]) -> Path:
    path = folder / name
    path.write_bytes(msgspec.json.encode(list(events)))
    return path


def outcome(report):
    return (report.files, report.signed, report.answered, [error.code for _, error in report.bad])


def test_files_go_out_once_in_order_and_are_answered(site, delivery, way, tmp_path):
    paths = [write(tmp_path, f"{n}.json", *(event(f"{n}{m}") for m in range(5))) for n in range(2)]
    told: list[tuple[int, int]] = []
    delivery.progress = lambda *now: told.append(now)
    delivery.agree(way)
    assert outcome(delivery.run(paths, Manner(size=2), way)) == (2, 10, 6, [])
    assert told[:4] == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert site.rows()["record"] == 10
    assert [one.count for one in delivery.journal.submissions()] == [2, 2, 1] * 2
    assert outcome(delivery.run(paths, KEEP, way)) == (2, 0, 0, [])
    assert site.rows()["submission"] == 6


def test_a_lost_answer_is_had_again_and_nothing_is_stored_twice(site, delivery, way, tmp_path):
    path = write(tmp_path, "1.json", event("1"), event("2"))
    delivery.sign(path, Manner(size=1))
    # The first arrived and its answer did not; the second never left.
    way.submit(delivery.journal.submission(0).body)
    delivery.agree(way)
    assert delivery.settle(way) == 2
    assert site.rows()["submission"] == 2
    assert delivery.journal.pending() == []


def test_a_gateway_that_is_away_leaves_everything_to_the_next_run(delivery, way, tmp_path):
    path = write(tmp_path, "1.json", event("1"))
    with (
        Gateway("http://127.0.0.1:9", patience=0) as nobody,
        pytest.raises(GatewayAwayError),
    ):
        delivery.run([path], KEEP, nobody)
    assert delivery.journal.pending() == [0]
    assert delivery.settle(way) == 1


def test_a_bad_file_is_named_and_the_others_go_out(site, delivery, way, tmp_path):
    good = write(tmp_path, "1.json", event("1"))
    bad = write(tmp_path, "2.json", event("2"), event("3", action="LOOK"))
    absent = tmp_path / "3.json"
    after = write(tmp_path, "4.json", event("4"))
    report = delivery.run([good, bad, absent, after], KEEP, way)
    assert (report.files, report.signed, report.answered) == (4, 2, 2)
    assert [(path, error.place) for path, error in report.bad] == [(bad, "/1/action"), (absent, "")]
    assert site.rows()["record"] == 2


def test_what_the_gateway_refuses_for_good_is_taken_back_and_its_sequence_comes_again(
    site, delivery, way, tmp_path
):
    large = event("2", **{"suyuan:note": "x" * 4000})
    path = write(tmp_path, "1.json", event("1"), large, event("3"))
    report = delivery.run([path, write(tmp_path, "2.json", event("4"))], Manner(size=1), way)
    [(where, error)] = report.bad
    assert (where, error.code, error.facts["first"]) == (path, "SUBMISSION_REFUSED_HERE", 1)
    assert "RECORD_TOO_LARGE" in str(error)
    assert [one.sequence for one in delivery.journal.submissions()] == [0, 1]
    assert site.rows()["submission"] == 2
    known = delivery.journal.named(str(path.resolve()))
    assert (known[0].done, known[0].items) == (1, 3)


def test_a_changed_file_is_told_apart(site, delivery, way, tmp_path):
    path = write(tmp_path, "1.json", event("1"))
    delivery.run([path], KEEP, way)
    write(tmp_path, "1.json", event("1"), event("2"))
    report = delivery.run([path], KEEP, way)
    assert [error.code for _, error in report.bad] == ["FILE_CHANGED"]
    assert outcome(delivery.run([path], Manner(changed=True), way)) == (1, 2, 1, [])
    assert site.rows()["record"] == 3


def test_a_lost_journal_is_said_and_gone_on_from_only_when_told_to(
    site, delivery, way, signer, tmp_path
):
    delivery.run([write(tmp_path, "1.json", event("1"), event("2"))], Manner(size=1), way)
    with delivering(tmp_path / "another", signer) as other:
        with pytest.raises(module.JournalBehindError, match=r"has 2 submissions.*signed 0"):
            other.agree(way)
        other.agree(way, adopt=True)
        report = other.run([write(tmp_path, "3.json", event("3"))], KEEP, way)
        assert outcome(report) == (1, 1, 1, [])
        assert [one.sequence for one in other.journal.submissions()] == [2]
    with pytest.raises(module.JournalBehindError):
        delivery.agree(way)


def test_an_old_copy_of_a_journal_signs_anew_what_another_was_quicker_with(
    site, delivery, way, signer, tmp_path
):
    path = write(tmp_path, "1.json", event("1"))
    delivery.sign(path, KEEP)
    with delivering(tmp_path / "another", signer) as other:
        other.run([write(tmp_path, "2.json", event("2"))], KEEP, way)
    delivery.agree(way)
    with pytest.raises(module.JournalBehindError):
        delivery.settle(way)
    delivery.agree(way, adopt=True)
    delivery.settle(way, adopt=True)
    assert outcome(delivery.run([path], KEEP, way)) == (1, 1, 1, [])
    assert site.rows()["record"] == 2
    assert [one.sequence for one in delivery.journal.submissions()] == [1]


def test_a_gateway_that_lost_what_it_promised_is_found_at_once(site, delivery, way, tmp_path):
    delivery.run([write(tmp_path, "1.json", event("1"))], KEEP, way)
    site.tamper("delete from ledger.submission")
    with pytest.raises(module.GatewayBehindError, match=r"has 0 submissions.*promised 1"):
        delivery.agree(way)


def test_a_key_that_ended_signs_nothing_more(site, delivery, way, signer):
    site.desk.register("Suspended", signer.participant)
    with pytest.raises(module.KeyUnfitError, match="suspended"):
        delivery.agree(way)
    site.desk.register("Reinstated", signer.participant)
    site.desk.register("KeyRevoked", signer.participant, signer.private_key, next_sequence=0)
    with pytest.raises(module.KeyUnfitError, match="revoked"):
        delivery.agree(way)


def test_a_key_that_the_register_does_not_show_is_said(way, signer, tmp_path):
    other = replace(signer, private_key=b"\x09" * 32)
    with delivering(tmp_path / "other", other) as delivery, pytest.raises(module.KeyNotShownError):
        delivery.agree(way)


def test_without_a_key_only_what_is_signed_is_sent(delivery, way, tmp_path):
    path = write(tmp_path, "1.json", event("1"))
    delivery.sign(path, KEEP)
    delivery.signer = None
    assert delivery.settle(way) == 1
    report = delivery.run([write(tmp_path, "2.json", event("2"))], KEEP, way)
    assert [error.code for _, error in report.bad] == ["KEY_NEEDED"]


def test_a_new_journal_asks_the_gateway_once_and_holds_it_to_its_word(site, way, signer, tmp_path):
    said: list[str] = []
    key = address(signer.private_key)
    with Journal.open(tmp_path / "new") as journal:
        with pytest.raises(module.KeyNeededError):
            introduce(journal, way, None, "", said.append)
        assert introduce(journal, way, key, "", said.append) == identity(signer)
        assert ORIGIN in said[0]
        with Gateway("http://127.0.0.1:9", patience=0) as nobody:
            assert introduce(journal, nobody, key, "", said.append) == identity(signer)
            assert introduce(journal, nobody, None, "", said.append) == identity(signer)
        with pytest.raises(JournalDiffersError):
            introduce(journal, way, key, "other.example/log", said.append)
        with pytest.raises(module.KeyNotShownError):
            introduce(journal, way, b"\1" * 20, "", said.append)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"root": "00" * 32}, "something else"),
        ({"sequence": 5}, "something else"),
        ({"signature": "11" * 32 + "22" * 32 + "1b"}, "another signature"),
        ({"anchorBy": 1}, "does not hold"),
    ],
)
def test_an_answer_that_is_no_receipt_for_it_is_not_kept(
    site, delivery, member, tmp_path, change, reason
):
    delivery.sign(write(tmp_path, "1.json", event("1")), KEEP)
    body = delivery.journal.submission(0).body
    answer = httpx.post(f"{site.url}/api/v1/submissions", content=body, headers=member.headers)
    honest = canonical.decode(answer.content)
    assert isinstance(honest, dict)
    with (
        serving((201, {**honest, **change}, {})) as script,
        Gateway(script.url) as liar,
        pytest.raises(module.ReceiptDiffersError, match=reason),
    ):
        delivery.settle(liar)
    assert delivery.journal.pending() == [0]
    with (
        serving((201, b"[]", {})) as script,
        Gateway(script.url) as liar,
        pytest.raises(GatewayNonsenseError),
    ):
        delivery.settle(liar)
