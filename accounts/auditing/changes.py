"""What the administration changed, as an event: the fields that changed, before and after, without what is secret."""

from datetime import date
from hashlib import sha256
from typing import Any

from django.db.models import Model
from django.http import HttpRequest

from accounts import audit
from accounts.addresses import visitor_address
from accounts.models import Person, Retention

SECRET = ("password", "hash", "secret", "token")  # a field with such a word in its name is never shown nor kept
LONGEST = 1000  # characters of a text
PLAIN = (bool, int, float, str, dict, list, type(None))

Facts = dict[str, Any]


def is_secret(name: str) -> bool:
    return any(word in name for word in SECRET)


def facts(row: Model) -> Facts:
    """The row's fields as JSON holds them, those that hold several other rows by what these are called."""
    one = {field.name: _value(field.value_from_object(row)) for field in row._meta.concrete_fields}
    many = {field.name: sorted(map(str, getattr(row, field.name).all())) for field in row._meta.many_to_many}
    return one | many


def stored(row: Model) -> Facts:
    """What the database has of the row; nothing where it has none."""
    found = type(row)._default_manager.filter(pk=row.pk).first()
    return facts(found) if found else {}


def record(request: HttpRequest, row: Model, before: Facts, after: Facts) -> None:
    """Write ``setting.changed``, of a time for events ``audit.retention-changed``; nothing where nothing changed.

    Of a new row ``before`` is empty, of a deleted one ``after``.
    """
    differing = {name for name in before | after if before.get(name) != after.get(name)}
    if not differing:
        return
    audit.record(
        # No time may be given to the former: whoever could would make the trace of what they do vanish, and of doing that.
        "audit.retention-changed" if isinstance(row, Retention) else "setting.changed",
        person=row if isinstance(row, Person) else None,
        actor=request.user if isinstance(request.user, Person) else None,
        address=visitor_address(request),
        thing=row._meta.label_lower,
        id=str((after or before)[_key(row)]),
        name=str(row)[:LONGEST],
        what="changed" if before and after else "added" if after else "deleted",
        before={name: _shown(name, value) for name, value in before.items() if name in differing},
        after={name: _shown(name, value) for name, value in after.items() if name in differing},
    )


def _key(row: Model) -> str:
    key = row._meta.pk
    assert key is not None  # noqa: S101  (only an abstract model has none)
    return key.name


def _value(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, PLAIN) else str(value)


def _shown(name: str, value: Any) -> Any:
    if is_secret(name) and not isinstance(value, bool):  # whether something may be done with a password is no secret
        return "…" if value else ""
    return _short(value) if isinstance(value, str) else value


def _short(text: str) -> str:
    """A long text by its beginning, its length and its SHA-256, by which a text that is kept elsewhere is known again."""
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]} … ({len(text)} characters, SHA-256 {sha256(text.encode()).hexdigest()})"
