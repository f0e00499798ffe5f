"""Letters to people, by an outbox: ``post`` in the transaction that decides, and a worker sends.

A kind of letter is three templates: ``letters/<kind>.subject.txt``, ``.txt`` and ``.html``, the last two extending
``letters/base.txt`` and ``letters/base.html``. They see ``person``, ``to``, the office, and the context as it was posted.
"""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.template.loader import get_template
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts import audit, bell
from accounts.letters import outbox
from accounts.models import AuditEvent, ContactAddress, Letter, Person

PAUSE = timedelta(minutes=5)  # before the same letter is sent once more
TO_THE_REMOVED = ("contact-removed", "contact-undone")  # they tell whoever reads there what became of the address


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


class NotAgain(Exception):
    """This letter is not sent once more; ``sentence`` says why."""

    def __init__(self, sentence: Any) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


def send_again(letter: Letter, *, actor: Person) -> None:
    """A new letter like this one, for whoever did not get it; NotAgain where nobody should get another."""
    with transaction.atomic():
        letter = Letter.objects.select_for_update(of=("self",)).select_related("person").get(pk=letter.pk)
        _require_use(letter)
        again = post(letter.kind, to=letter.to, person=letter.person, language=letter.language, **letter.context)
        audit.record("letter.sent-again", person=letter.person, actor=actor, letter=letter.pk, again=again.pk)


def _require_use(letter: Letter) -> None:
    now = timezone.now()
    if letter.state == Letter.State.WAITING:
        raise NotAgain(_("This letter still waits and is sent by itself."))
    events = AuditEvent.objects.filter(person=letter.person)
    if events.filter(verb="letter.sent-again", details__letter=letter.pk, happened_at__gt=now - PAUSE).exists():
        raise NotAgain(_("This letter was sent again some minutes ago."))
    if letter.kind == "contact-confirm" and letter.created_at + ContactAddress.GOOD_FOR < now:
        raise NotAgain(_("The link in this letter has run out. Its owner asks for a new one on the page “Configure”."))
    removed = events.filter(verb__in=["contact.removed", "contact.taken-back"], details__contact=letter.to).exists()
    kept = ContactAddress.objects.filter(person=letter.person, address=letter.to, removed_at=None).exists()
    if letter.person and removed and not kept and letter.kind not in TO_THE_REMOVED:
        raise NotAgain(_("The person has removed the address of this letter. Nothing more is sent there."))
