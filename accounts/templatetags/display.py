import re
from datetime import datetime

from django import template
from django.template.defaultfilters import linebreaksbr
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

ROC_EPOCH = 1911  # 民國 1 年 is 1912
# It ends before Chinese, which stands beside it without a space, and before the sign that ends the sentence.
WEB_ADDRESS = re.compile(r"(https?://[!-~]*[A-Za-z0-9/_=&#~-])")


@register.filter
def moment(when: datetime | str | None) -> str:
    """Date and time of day here; in Chinese with the year of both calendars, as people in Taiwan expect it.

    The context of a letter holds a date as JSON does, in the form of ISO 8601.
    """
    if isinstance(when, str):
        when = parse_datetime(when)
    if when is None:
        return ""
    local = timezone.localtime(when)
    if get_language() == "en":
        return date_format(local, "j F Y, H:i")
    return f"{local:%Y-%m-%d}（民國 {local.year - ROC_EPOCH} 年）{local:%H:%M}"


@register.filter
def day(when: datetime | str | None) -> str:
    """The date here, as ``moment`` writes it."""
    if isinstance(when, str):
        when = parse_datetime(when)
    if when is None:
        return ""
    local = timezone.localtime(when)
    return date_format(local, "j F Y") if get_language() == "en" else f"{local:%Y-%m-%d}（民國 {local.year - ROC_EPOCH} 年）"


@register.filter
def clock(when: datetime | None) -> str:
    """Time of day to the second, for steps that follow each other closely."""
    return f"{timezone.localtime(when):%H:%M:%S}" if when else ""


@register.filter
def megabytes(count: float) -> str:
    """With commas, also in Chinese, where Django sets none; a tenth where it is not whole."""
    return f"{count:,.1f}".removesuffix(".0")


@register.filter
def linked(text: str) -> SafeString:
    """Plain text in which web addresses are links and line breaks are kept; whatever else is in it is text and no HTML."""
    parts = WEB_ADDRESS.split(text)  # every second one is an address
    shown = [_link(part) if place % 2 else linebreaksbr(part, autoescape=True) for place, part in enumerate(parts)]
    return format_html_join("", "{}", ((part,) for part in shown))


def _link(address: str) -> str:
    return format_html('<a href="{0}">{0}</a>', address)


@register.filter
def breakable(address: str) -> str:
    """A mail address that, where it does not fit the line, is broken before its @ and not inside a word."""
    return format_html("{}<wbr>@{}", *address.split("@", 1))
