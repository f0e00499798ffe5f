from django import template

from mailboxes.logins import countries

register = template.Library()
register.filter("country", countries.name)
