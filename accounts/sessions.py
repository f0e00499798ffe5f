"""Sessions in the database, as Django's own, read by fixed SQL: each page reads one."""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts import rows

KEY_LENGTH = 32
LIVE = "SELECT session_key, session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    _written = ""  # what this object has put into the database

    def _validate_session_key(self, key: str | None) -> bool:
        """A cookie with other signs is none of ours; PostgreSQL could not even be asked for a null octet."""
        return super()._validate_session_key(key) and set(key or "") <= set(VALID_KEY_CHARS)  # type: ignore[misc]

    def _get_new_session_key(self) -> str:
        """Not asked for in the database: that 165 random bits are taken already is left to the INSERT to say."""
        return get_random_string(KEY_LENGTH, VALID_KEY_CHARS)

    def save(self, must_create: bool = False) -> None:
        """No second UPDATE of the same: allauth saves a session by itself, and then Django's middleware does."""
        if must_create or self.session_key is None or self._written != self._as_text():
            super().save(must_create)
            self._written = self._as_text()

    def _as_text(self) -> str:
        text: bytes = self.serializer().dumps(dict(self.items()))
        return text.decode()

    def load(self) -> dict[str, Any]:
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        found = rows.fetch(Session, LIVE, [self.session_key, now])
        if not found:
            self._session_key = None  # a stranger's key is not kept
            return {}
        data: dict[str, Any] = self.decode(found[0][0].session_data)
        return data
