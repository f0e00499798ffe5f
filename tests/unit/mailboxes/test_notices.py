from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import override

from accounts.templatetags.display import linked
from mailboxes.models import MailService, Notice


def notice(**fields: Any) -> Notice:
    texts = {"title_zh": "停機公告", "title_en": "Maintenance", "text_zh": "今晚停機。", "text_en": "Down tonight."}
    return Notice.objects.create(**texts | {"shown_from": timezone.now() - timedelta(hours=1)} | fields)


def test_those_in_force_are_shown_the_newest_first(services: dict[str, MailService]) -> None:
    now, day = timezone.now(), timedelta(days=1)
    for_all = notice(shown_from=now - 2 * day)
    for_mx = notice(service=services["mx"], shown_until=now + day)
    notice(service=services["gapp"])
    notice(shown_from=now + day)
    notice(shown_from=now - 2 * day, shown_until=now - day)
    assert Notice.in_force(services["mx"], now) == [for_mx, for_all]
    assert Notice.in_force(services["student"], now) == [for_all]
    assert Notice.in_force(services["student"], now + 2 * day).__len__() == 2


def test_a_notice_ends_after_it_begins(db: None) -> None:
    now = timezone.now()
    made = Notice(title_zh="一", title_en="1", text_zh="一", text_en="1", shown_from=now, shown_until=now)
    with override("en"), pytest.raises(ValidationError, match="end after it begins"):
        made.full_clean()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("one\ntwo", "one<br>two"),
        ("<b>bold</b> & more", "&lt;b&gt;bold&lt;/b&gt; &amp; more"),
        (
            "請看https://a.example/x?y=1&z=2。謝謝",
            '請看<a href="https://a.example/x?y=1&amp;z=2">https://a.example/x?y=1&amp;z=2</a>。謝謝',
        ),
        ("See http://a.example/.", 'See <a href="http://a.example/">http://a.example/</a>.'),
        (
            'https://a.example/"onclick=x',
            '<a href="https://a.example/&quot;onclick=x">https://a.example/&quot;onclick=x</a>',
        ),
        ("javascript:alert(1)", "javascript:alert(1)"),
    ],
)
def test_its_text_is_text_with_links(text: str, shown: str) -> None:
    assert linked(text) == shown
