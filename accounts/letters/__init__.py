"""Letters to people, by an outbox: ``post`` in the transaction that decides, and a worker sends.

A kind of letter is three templates: ``letters/<kind>.subject.txt``, ``.txt`` and ``.html``, the last two extending
``letters/base.txt`` and ``letters/base.html``. They see ``person``, ``to``, the office, and the context as it was posted.
"""

from typing import Any

from django.db import transaction
from django.template.loader import get_template
from django.utils import timezone
from django.utils.translation import get_language

from accounts import audit, bell
from accounts.letters import outbox
from accounts.models import Letter, Person


def post(kind: str, *, to: str, person: Person | None = None, language: str | None = None, **context: Any) -> Letter:
    """Add a letter in the caller's transaction; the bell rings when it commits.

    It is written in ``language``, or the person's, or the one of the request. ``context`` is what JSON can hold, and dates
    (which the templates read by ``|moment``); it stays in the database and holds no secret. TemplateDoesNotExist for a
    kind without templates.
    """
    get_template(f"letters/{kind}.subject.txt")
    letter = Letter.objects.create(
        kind=kind,
        to=to,
        person=person,
        language=language or (person and person.language) or get_language() or "zh-hant",
        context=context,
        due_at=timezone.now(),
    )
    transaction.on_commit(lambda: bell.ring(outbox.RUN, letter.pk), robust=True)
    return letter


def send_again(letter: Letter, *, actor: Person) -> bool:
    """A new letter like this one, for whoever did not get it; False while this one still waits."""
    if letter.state == Letter.State.WAITING:
        return False
    with transaction.atomic():
        again = post(letter.kind, to=letter.to, person=letter.person, language=letter.language, **letter.context)
        audit.record("letter.sent-again", person=letter.person, actor=actor, letter=letter.pk, again=again.pk)
    return True
