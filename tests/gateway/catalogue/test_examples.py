"""The examples are what they are shown as: of their topics, and nothing in them is anybody's."""

import re

from gateway.catalogue.examples import GOLDEN
from indexer.core import event
from indexer.core.topic import MEMBER
from indexer.core.topics import FILING, TOPICS


def test_there_is_one_for_each_topic_and_it_says_which():
    assert list(GOLDEN) == [FILING, *TOPICS]
    for name, stated in GOLDEN.items():
        event.check(stated)
        assert stated.get(MEMBER) == (None if name == FILING else name)


def test_nobody_real_is_in_them():
    for stated in GOLDEN.values():
        assert not re.search(r"1[3-9][0-9]{9}", str(stated)), "a mobile number"
        assert set(re.findall(r"\b0?(69450000)[0-9]{4,6}\b", str(stated))) <= {"69450000"}
