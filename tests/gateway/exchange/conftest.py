"""A served gateway for each test, as EPCIS clients meet it."""

import pytest

from tests.gateway.exchange.client import Client
from tests.gateway.web.serving import Site


@pytest.fixture
def site(database, tmp_path):
    with Site(database, tmp_path) as served:
        yield served


@pytest.fixture
def client(site):
    return Client(site, site.member())


@pytest.fixture
def other(site):
    return Client(site, site.member(1, "广州岭顺供应链管理有限公司"))
