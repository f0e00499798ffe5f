from allauth.account.auth_backends import AuthenticationBackend

from accounts import rows
from accounts.models import Person

PERSON = rows.select("SELECT {accounts_person} FROM accounts_person WHERE id = %s", accounts_person=Person)


class PersonBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """allauth's own, but reading whoever is signed in by fixed SQL: each page does it."""

    def get_user(self, user_id: int) -> Person | None:
        for person, _ in rows.fetch(Person, PERSON, [user_id]):
            return person if self.user_can_authenticate(person) else None
        return None
