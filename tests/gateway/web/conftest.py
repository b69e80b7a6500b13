"""A served gateway for each test."""

import pytest

from tests.gateway.web.serving import Site


@pytest.fixture
def site(database, tmp_path):
    with Site(database, tmp_path) as served:
        yield served
