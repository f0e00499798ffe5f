from pathlib import Path

import pytest
from django.conf import LazySettings
from django.template import Context, Engine
from django.utils.translation import override

TEMPLATE = """{% load i18n static %}
{% translate "Log out" %}|\
{% translate 'Sent' context "folder" %}|{% translate name %}|{% translate "Help" as later %}{{ later }}
{% url 'home' %}|{% url "apply" "mx" %}|{% static 'css/portal.css' %}
"""


@pytest.fixture
def engine(settings: LazySettings, tmp_path: Path) -> Engine:
    (tmp_path / "page.html").write_text(TEMPLATE)
    loaders = settings.TEMPLATES[0]["OPTIONS"]["loaders"]
    libraries = {name: f"django.templatetags.{name}" for name in ("i18n", "static")}
    return Engine(dirs=[str(tmp_path)], loaders=loaders, libraries=libraries)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Log out|Sent|Log out|Help"),
        ("zh-hant", "登出|寄件備份匣|登出|說明"),
        ("en", "Log out|Sent|Log out|Help"),
    ],
)
def test_it_says_what_the_tags_would_say_in_each_language(engine: Engine, language: str, words: str) -> None:
    with override(language):
        page = engine.get_template("page.html").render(Context({"name": "Log out"}))
    assert page.split("\n")[1:3] == [words, "/|/mail/mx/apply/|/static/css/portal.css"]


def test_nothing_that_never_changes_is_left_to_be_worked_out(engine: Engine) -> None:
    source = engine.get_template("page.html").source
    assert "{% translate name %}" in source
    assert '"Log out" %}' not in source
    assert "static 'css" not in source
    assert "url 'home'" not in source
