"""Warnings of a mailbox that gets full: letters to its owner, one for each level that is reached."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import timezone

from accounts.letters import rendering
from accounts.models import Letter, Person
from mailboxes.models import FullnessWarning, Mailbox, MailService
from mailboxes.provisioning import fullness, tasks, welcome
from mailboxes.provisioning.stores import Capacity
from mailboxes.provisioning.stores.maildir import MaildirStore

LIMIT = 1_000_000


@pytest.fixture
def store(settings: LazySettings, tmp_path: Path) -> MaildirStore:
    settings.MAILDIR_ROOT = tmp_path / "mail"
    return MaildirStore(tmp_path / "mail")


def opened(store: MaildirStore, person: Person, service: MailService, local_part: str) -> Mailbox:
    mailbox = Mailbox.objects.create(
        service=service, person=person, local_part=local_part, domain=service.domain, stem=local_part, stem_number=1,
        state="active", active_at=timezone.now(),
    )  # fmt: skip
    store.ensure(mailbox.address, password_hash="x", quota=LIMIT, welcome=welcome.letter(mailbox), revision=1)
    return mailbox


@pytest.fixture
def box(store: MaildirStore, wang: Person, services: dict[str, MailService]) -> Mailbox:
    return opened(store, wang, services["mx"], "hmwang")


def fill(store: MaildirStore, box: Mailbox, percent: int) -> None:
    maildir = store.root / box.domain / box.local_part / "Maildir"
    (maildir / "new" / "0.welcome.portal").unlink(missing_ok=True)
    (maildir / "cur" / "1.big:2,S").write_bytes(b"x" * (percent * LIMIT // 100))


def look(box: Mailbox) -> list[int]:
    """What the letters so far say, in per cent."""
    assert fullness.warn(box.service, after=0, now=timezone.now()) is None
    return [letter.context["percent"] for letter in Letter.objects.order_by("pk")]


@pytest.mark.parametrize(
    ("used", "limit", "level"),
    [(0, 100, 0), (79, 100, 0), (80, 100, 80), (89, 100, 80), (90, 100, 90), (95, 100, 95), (250, 100, 95), (5, 0, 0)],
)
def test_the_level_is_the_highest_that_is_reached(used: int, limit: int, level: int) -> None:
    assert fullness.level_of(Capacity(used, limit)) == level


def test_each_rise_is_told_once_and_again_only_after_it_fell_under(store: MaildirStore, box: Mailbox) -> None:
    told: list[int] = []
    for percent, tells in (
        (79, 0),
        (80, 1),
        (85, 0),
        (91, 1),
        (92, 0),
        (96, 1),
        (100, 0),
        (91, 0),
        (96, 1),
        (10, 0),
        (80, 1),
    ):
        fill(store, box, percent)
        told += [percent] * tells
        assert look(box) == told
        assert look(box) == told
    assert FullnessWarning.objects.get(mailbox=box).level == 80


def test_the_letter_goes_to_the_mailbox_itself_in_the_language_of_its_owner(store: MaildirStore, box: Mailbox) -> None:
    fill(store, box, 91)
    look(box)
    letter = Letter.objects.get()
    assert (letter.to, letter.person, letter.language) == (box.address, box.person, "en")
    message = rendering.message(letter)
    assert message["Subject"] == "Your mailbox is 91 % full"
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "hmwang@mx.nthu.edu.tw" in text
    assert "/mail/mx/" in text


def test_a_mailbox_that_cannot_be_asked_keeps_no_other_from_its_letter(
    store: MaildirStore, box: Mailbox, professor: Person
) -> None:
    other = opened(store, professor, box.service, "shufen")
    for one in (box, other):
        fill(store, one, 99)
    users = store.root / "users"
    users.write_text("".join(line for line in users.read_text().splitlines(keepends=True) if not line.startswith("hmwang")))
    assert look(box) == [99]
    assert Letter.objects.get().to == other.address


def test_mailboxes_not_in_use_are_left_out(store: MaildirStore, box: Mailbox) -> None:
    fill(store, box, 99)
    Mailbox.objects.update(state="cancelled")
    assert look(box) == []


def test_it_goes_on_where_it_stopped(
    store: MaildirStore, box: Mailbox, professor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = opened(store, professor, box.service, "shufen")
    for one in (box, other):
        fill(store, one, 99)
    monkeypatch.setattr(fullness, "BATCH", 1)
    monkeypatch.setattr(fullness, "SECONDS", 0.0)
    assert fullness.warn(box.service, after=0, now=timezone.now()) == box.pk
    assert [letter.to for letter in Letter.objects.all()] == [box.address]
    assert fullness.warn(box.service, after=box.pk, now=timezone.now()) == other.pk
    assert fullness.warn(box.service, after=other.pk, now=timezone.now()) is None
    assert Letter.objects.count() == 2


def test_a_service_whose_store_is_missing_keeps_nobody_from_a_letter(store: MaildirStore, box: Mailbox) -> None:
    fill(store, box, 99)
    MailService.objects.filter(slug="gapp").update(store="no-such-store")
    for service_id in MailService.objects.values_list("pk", flat=True):
        tasks.warn_of_fullness(service_id, 0)
    assert Letter.objects.get().to == box.address


def test_two_who_look_at_the_same_mailbox_write_one_letter(store: MaildirStore, box: Mailbox) -> None:
    fill(store, box, 99)
    first, second = (Mailbox.objects.select_related("person", "fullnesswarning").get(pk=box.pk) for _ in range(2))
    for seen in (first, second):  # each as it was read before the other wrote
        fullness._note(box.service, seen, store.capacity(box.address), timezone.now())
    assert Letter.objects.count() == 1
