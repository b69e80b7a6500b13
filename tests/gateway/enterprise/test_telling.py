"""What commands print: facts alone on standard output."""

from pathlib import Path

import msgspec
import pytest

from gateway.enterprise import telling
from gateway.enterprise.delivery import Report
from gateway.enterprise.journal import Kept
from gateway.enterprise.reading import FileShapeError
from gateway.enterprise.receipts import Checked
from indexer.core import canonical
from indexer.core.promise import Outcome
from tests.indexer.core.test_promise import KEPT, answer

BODY = Kept(4, 3, b"\1" * 32, "/out/1.json", 0, b"{}", None)


def printed(capsys) -> str:
    said: str = capsys.readouterr().out
    return said


def test_facts_are_json_or_lines(capsys):
    telling.facts({"key": "00", "n": 1}, as_json=True)
    assert msgspec.json.decode(printed(capsys)) == {"key": "00", "n": 1}
    telling.facts({"key": "00"}, as_json=False)
    assert printed(capsys).split() == ["key", "00"]


def test_a_bad_file_is_named_with_the_place_of_what_is_wrong(capsys):
    made = Report(2, 5, 1, [(Path("/out/2.json"), FileShapeError(place="/3"))])
    telling.report(made, 7, as_json=True)
    said = capsys.readouterr()
    assert "/out/2.json/3: FILE_SHAPE" in said.err
    told = msgspec.json.decode(said.out)
    assert (told["files"], told["signed"], told["answered"], told["next"]) == (2, 5, 1, 7)
    assert told["bad"][0]["place"] == "/3"
    telling.report(made, 7, as_json=False)
    assert "bad          1" in printed(capsys)


def test_receipts_are_listed_with_what_was_promised(capsys):
    answered = Kept(4, 3, b"\1" * 32, "/out/1.json", 0, b"{}", canonical.encode(answer()))
    telling.listed([BODY, answered], as_json=True)
    first, second = msgspec.json.decode(printed(capsys))["receipts"]
    assert (first["receipt"], second["receipt"]["anchorBy"]) == (None, 1600)
    telling.listed([BODY, answered], as_json=False)
    said = printed(capsys)
    assert "not answered" in said
    assert "1970-01-01 00:26:40+00:00" in said


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_its_words(capsys, outcome):
    one = Checked("regulator", KEPT, outcome, 7, told=True)
    telling.checked([one], as_json=False)
    said = printed(capsys)
    assert said.startswith(str(outcome))
    assert "regulator" in said
    telling.checked([one], as_json=True)
    told = msgspec.json.decode(printed(capsys))["receipts"][0]
    assert (told["outcome"], told["index"], told["sequence"]) == (str(outcome), 7, 4)


def test_progress_is_a_line_for_every_hundred_where_there_is_no_terminal(capsys):
    with telling.watched() as progress:
        for done in range(251):
            progress(done, 250)
        progress(0, 0)
    said = capsys.readouterr().err
    assert [line.split()[0] for line in said.splitlines()] == ["100", "200", "250"]
