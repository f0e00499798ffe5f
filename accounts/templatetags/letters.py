from urllib.parse import urljoin

from django import template
from django.conf import settings
from django.urls import reverse

from accounts.letters import links

register = template.Library()


@register.simple_tag
def page(name: str, *args: object) -> str:
    """The whole address of a page of the portal: ``{% page "configure" %}``."""
    return urljoin(settings.PORTAL_URL, reverse(name, args=args))


@register.simple_tag
def signed_page(name: str, row_id: int) -> str:
    """The same for a page that opens something: with a token of the row, for which the name of the page is the purpose."""
    return f"{page(name)}?link={links.token(name, row_id)}"
