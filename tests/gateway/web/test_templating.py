"""Templates escape everything and refuse what they were not given."""

import pytest
from jinja2 import UndefinedError

from gateway.web import templating


def test_templates_escape_and_are_strict():
    made = templating._environment.from_string("{{ a }}")
    assert made.render(a="<b>&") == "&lt;b&gt;&amp;"
    with pytest.raises(UndefinedError):
        made.render()


def test_the_other_language_is_this_very_page(site):
    page = site.http.get("/q", params={"code": "a&b c", "lang": "en"}).text
    assert 'href="?code=a%26b+c&amp;lang=zh"' in page
