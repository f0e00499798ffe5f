"""Signing in so that the session stands or falls with what else the door does in its transaction."""

from django.conf import settings
from django.contrib.auth import login
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from accounts.http import SignedInRequest
from accounts.models import Person
from accounts.sessions import SessionStore

WAY = "way"  # where a session keeps by which account somebody has come in
MAILBOX = "mailbox:"  # what the way of a session begins with that a mailbox's password began


class NewSession(SessionStore):
    """A session that is written by one INSERT in the caller's transaction.

    Django's own is saved by its middleware, after the view's transaction has ended: a database lost in between would have
    spent the token for nothing. It also asks whether the new key is taken, and saves the session twice, empty and full:
    seven statements, where the hand-off may have eight in all.
    """

    # Django salts the signature with the class's name; what is written here is read by its own class.
    key_salt = f"django.contrib.sessions.{SessionStore.__qualname__}"

    def create(self) -> None:
        """A new key, not yet in the database."""
        self._session_key = self._get_new_session_key()

    def insert(self) -> None:
        self.create_model_instance(dict(self.items())).save(force_insert=True)
        self._written = self._as_text()


def way_of(request: SignedInRequest) -> str:
    """The account that the session was begun by; the person's own for a session that does not say."""
    way: str = request.session.get(WAY, request.user.username)
    return way


def sign_in(request: HttpRequest, person: Person, *, way: str, **kept: int) -> None:
    """End whatever session the browser came with and begin one for the person, with a new key; inside a transaction.

    ``way`` is the account that they came in by, such as ``campus:z99999`` or ``county:kl:aa1234``. The session
    keeps ``kept`` beside it.
    """
    earlier = request.session.session_key
    if earlier:
        Session.objects.filter(session_key=earlier).delete()
    request.session = session = NewSession()
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    session.update({WAY: way, **kept})
    session.insert()
