from datetime import UTC, datetime

import pytest

from gateway.leader import Term
from gateway.oversight.examiner import Examiner
from gateway.sequencer import Sequencer
from tests.gateway.making import ORIGIN
from tests.gateway.web.serving import Site


@pytest.fixture
def site(database, tmp_path):
    with Site(database, tmp_path) as served:
        yield served


@pytest.fixture
def examiner(site):
    """An examiner of the leader, over the site's vault."""
    loop = site.desk.engine("loop")
    term = Term.begin(loop, ORIGIN, datetime.now(UTC))
    assert term is not None
    yield Examiner(loop, term, site.desk.vault)
    term.end()
    loop.dispose()


@pytest.fixture
def examine(examiner):
    """Place what is stored and examine all of it; returns how many submissions were examined."""

    def run() -> int:
        while Sequencer(examiner.engine, examiner.term).step():
            pass
        steps = 0
        while step := examiner.step(datetime.now(UTC)):
            steps += step
        return steps

    return run
