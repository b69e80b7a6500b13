from typing import Any

import pytest

from indexer.core import site
from indexer.core.errors import InputError

SITE: dict[str, Any] = {
    "type": "Site",
    "gln": "6945000001012",
    "name": {"zh": "佛山工厂", "en": "Foshan works"},
    "address": "佛山市南海区示例路 8 号",
    "regionCode": "440605",
    "operator": "佛山市禅溪热能科技有限公司",
    "sy:gate": 3,
}


def test_whole_and_least_sites_pass():
    site.check(SITE)
    site.check({name: SITE[name] for name in ("type", "gln", "name")})


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"gln": "6945000001013"}, "CODE_CHECK_DIGIT", "/gln"),
        ({"gln": "06945000001012"}, "MEMBER_WRONG", "/gln"),
        ({"name": "佛山工厂"}, "MEMBER_WRONG", "/name"),
        ({"regionCode": "4406"}, "MEMBER_WRONG", "/regionCode"),
        ({"address": ""}, "MEMBER_WRONG", "/address"),
        ({"gate": 3}, "MEMBER_UNKNOWN", "/gate"),
        ({"type": "Product"}, "MEMBER_WRONG", "/type"),
    ],
)
def test_what_is_wrong_is_named(changes, code, place):
    with pytest.raises(InputError) as caught:
        site.check({**SITE, **changes})
    assert (caught.value.code, caught.value.place) == (code, place)
