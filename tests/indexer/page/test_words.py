"""The page says everything in both languages, and knows every word that the core can hand it."""

import json
import re
import subprocess

import pytest

from contracts.node import ROOT, binary
from gateway.web import languages
from indexer.core import vocabulary

SOURCES = ROOT / "indexer/page/src"
VECTORS = json.loads((ROOT / "indexer/core/vectors/proof.v1.json").read_text())["cases"]
VERDICTS = [case["verdict"] for case in VECTORS if "verdict" in case]
STEPS = [
    step
    for verdict in VERDICTS
    for step in verdict["steps"] + [s for record in verdict["records"] for s in record["steps"]]
]


@pytest.fixture(scope="module")
def spoken():
    """Every table of words, as the page's own modules hold them."""
    script = f"""
      import * as reasons from "{SOURCES}/reasons.ts";
      import * as terms from "{SOURCES}/terms.ts";
      import {{ WORDS }} from "{SOURCES}/words.ts";
      console.log(JSON.stringify({{...reasons, ...terms, WORDS}}));
    """
    run = subprocess.run(
        [binary(), "--input-type=module", "-e", script], capture_output=True, text=True, check=True
    )
    return json.loads(run.stdout)


def test_both_languages_say_the_same_things(spoken):
    zh, en = spoken["WORDS"]["zh"], spoken["WORDS"]["en"]
    assert zh.keys() == en.keys()
    for key in zh:
        assert all((zh[key], en[key])), key
        assert set(re.findall(r"\{\w+\}", zh[key])) == set(re.findall(r"\{\w+\}", en[key])), key


def test_each_language_is_written_in_its_own_script(spoken):
    chinese = re.compile("[\u4e00-\u9fff]")
    for key, text in spoken["WORDS"]["en"].items():
        assert bool(chinese.search(text)) == (key == "lang.other"), key
    own = {"lang.other", "lang.html"}
    assert all(
        chinese.search(text) for key, text in spoken["WORDS"]["zh"].items() if key not in own
    )
    for table in (
        "REASONS",
        "FACTS",
        "WAYS",
        "STEPS",
        "CONDITIONS",
        "ERRORS",
        "MEASURES",
        "DETAILS",
    ):
        for key, (zh, en) in spoken[table].items():
            assert chinese.search(zh), key
            assert not chinese.search(en), key


def test_every_word_of_the_vocabulary_is_known(spoken):
    assert spoken["STEPS"].keys() == vocabulary._BIZ_STEPS
    assert spoken["CONDITIONS"].keys() == vocabulary._DISPOSITIONS


def test_every_reason_and_fact_of_the_vectors_is_known(spoken):
    reasons = {step["reason"] for step in STEPS} - {None}
    assert len(reasons) > 20
    assert reasons <= spoken["REASONS"].keys()
    facts = {name for step in STEPS for name in step["facts"]} - {"block"}
    assert facts <= spoken["FACTS"].keys()


def test_every_outcome_of_a_step_has_its_sentence(spoken):
    outcomes = {f"say.{step['name']}.{step['state']}" for step in STEPS}
    assert len(outcomes) > 15
    assert outcomes <= spoken["WORDS"]["zh"].keys()


def test_every_part_of_a_key_has_its_word(spoken):
    said = {key.removeprefix("ai.") for key in spoken["WORDS"]["zh"] if key.startswith("ai.")}
    assert said == languages.IDENTIFIERS.keys()
    for language, words in spoken["WORDS"].items():
        for ai in said:
            assert words["ai." + ai] == languages.word(languages.IDENTIFIERS, ai, language)


def test_no_word_is_left_over(spoken):
    said = "".join(
        path.read_text() for path in SOURCES.glob("*.ts") if path.name not in ("zh.ts", "en.ts")
    )
    put_together = (
        "say.",
        "step.",
        "notice.",
        "amends.",
        "state.",
        "headline.",
        "detail.",
        "category.",
        "product.",
        "status.",
        "ai.",
    )
    for key in spoken["WORDS"]["zh"]:
        assert f'"{key}"' in said or key.startswith(put_together), key
