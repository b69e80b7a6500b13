import re
from pathlib import Path

from indexer import comparer, remedies, walker
from indexer.chain.identity import WrongChainError
from indexer.follower import FinalChangedError

SOURCES = ("walker.py", "inspector.py", "comparer.py", "store/loose.py")
KIND = re.compile(r'"([A-Z]+(?:_[A-Z]+)+)"')


def written() -> set[str]:
    """Every kind that some module finds."""
    here = Path(remedies.__file__).parent
    found = {kind for name in SOURCES for kind in KIND.findall((here / name).read_text())}
    return found | {WrongChainError.code, FinalChangedError.code}


def test_every_kind_of_finding_has_its_remedy_and_no_remedy_is_idle():
    assert written() == remedies.REMEDIES.keys()
    assert remedies.REMEDIES.keys() >= walker.KINDS | comparer.KINDS


def test_every_remedy_is_said_in_both_languages():
    for one in remedies.REMEDIES.values():
        assert re.search("[一-鿿]", one.zh)
        assert not re.search("[一-鿿]", one.en)
        assert one.zh.endswith("。")
        assert one.en.endswith(".")


def test_a_kind_from_a_newer_version_still_has_an_answer():
    assert remedies.remedy("SOMETHING_NEW") is remedies.UNKNOWN
