"""The list of differences in the administration: who sees it, who repairs, and what a repair does."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from accounts.letters.rendering import message
from accounts.models import AuditEvent, ContactAddress, Letter, Person
from mailboxes import names
from mailboxes.models import Delegation, Finding, Job, Mailbox, MailService
from mailboxes.provisioning import outbox, tasks
from mailboxes.provisioning.stores.maildir import MaildirStore
from mailboxes.reviewing import repairs
from tests.conftest import MakePerson, SignIn
from tests.unit.mailboxes.reconciled import NIGHT, NOW, Open, found, lose, opened, put, run, store

pytestmark = pytest.mark.thorough

__all__ = ["opened", "store"]
LIST, REPAIR = "/admin/mailboxes/finding/", "/admin/mailboxes/finding/repair/"
As = Callable[..., Client]


@pytest.fixture
def signed_in(make_person: MakePerson, sign_in: SignIn) -> As:
    """Somebody of the office with these rights about findings, and no other."""

    def make(*rights: str) -> Client:
        person = make_person("z30003", is_staff=True)
        codes = [f"{right}_finding" for right in rights]
        person.user_permissions.set(Permission.objects.filter(codename__in=codes))
        return sign_in(person)

    return make


@pytest.fixture
def as_repairer(signed_in: As) -> Client:
    return signed_in("view", "change")


def repair(client: Client, *findings: Finding) -> str:
    """Confirm it; what the page then says."""
    data = {"ids": " ".join(str(finding.pk) for finding in findings), "confirmed": "1"}
    return client.post(REPAIR, data, follow=True).content.decode()


def difference(mailbox: Mailbox, kind: str, **said: str) -> Finding:
    return Finding.objects.create(
        service=mailbox.service, mailbox=mailbox, address=mailbox.address, kind=kind, first_seen=NOW, last_seen=NOW, **said
    )


# --- who may ---------------------------------------------------------------------------------------------------------------


def test_whoever_may_only_see_repairs_nothing(signed_in: As, opened: Open) -> None:
    finding = difference(opened(), "state", portal_says="active", server_says="suspended")
    client = signed_in("view")
    assertNotContains(client.get(LIST), "Repair …")
    assertNotContains(client.get(f"{LIST}{finding.pk}/change/"), "Repair …")
    assert client.post(REPAIR, {"ids": finding.pk, "confirmed": "1"}).status_code == 403
    client.post(LIST, {"action": "repair_chosen", "_selected_action": [finding.pk]})
    assert not Job.objects.exists()


def test_whoever_has_no_right_about_them_sees_nothing(signed_in: As, opened: Open) -> None:
    finding = difference(opened(), "state")
    client = signed_in()
    for path in (LIST, f"{LIST}{finding.pk}/change/"):
        assert client.get(path).status_code == 403
    assert client.post(f"{LIST}export/", {"format": "csv"}).status_code == 403


def test_no_field_is_edited_and_no_row_deleted(as_repairer: Client, opened: Open) -> None:
    finding = difference(opened(), "state")
    assert as_repairer.post(f"{LIST}{finding.pk}/change/", {"address": "other"}).status_code == 403
    assert as_repairer.post(f"{LIST}{finding.pk}/delete/", {"post": "yes"}).status_code == 403
    assert as_repairer.get(f"{LIST}add/").status_code == 403


# --- what is shown ---------------------------------------------------------------------------------------------------------


WORDS = [
    ("missing", "active", "none", "In use", "has no such mailbox"),
    ("missing", "active", "begun", "In use", "begun, and never finished"),
    ("extra", "", "open", "knows no such mailbox", "lets its owner in"),
    ("extra", "", "alone", "knows no such mailbox", "Dovecot knows it, and the mail database does not"),
    ("state", "suspended", "open", "Suspended", "lets its owner in"),
    ("quota", "1048576000", "7", "1,000 MB", "7 octets"),
    (
        "forwarding",
        "",
        "redirect x@example.org; vacation; 1a2b",
        "nothing is forwarded",
        "to x@example.org, an automatic reply",
    ),
    ("delegation", "", "INBOX → a@b.example: read", "nobody", "INBOX → a@b.example: read"),
    ("unseen", "active", "unknown", "In use", "the mail database has it, and Dovecot does not know it"),
    ("unseen", "active", "other", "In use", "Dovecot sees another account"),
]


@pytest.mark.parametrize(("kind", "portal", "server", "portal_words", "server_words"), WORDS)
def test_both_sides_are_told_in_words(
    as_repairer: Client, opened: Open, kind: str, portal: str, server: str, portal_words: str, server_words: str
) -> None:
    finding = difference(opened(), kind, portal_says=portal, server_says=server)
    for path in (LIST, f"{LIST}{finding.pk}/change/"):
        assertContains(as_repairer.get(path), portal_words)
        assertContains(as_repairer.get(path), server_words)


def test_only_open_ones_are_listed_unless_asked_for(as_repairer: Client, opened: Open) -> None:
    difference(opened("open1"), "state")
    gone = difference(opened("gone1"), "state")
    Finding.objects.filter(pk=gone.pk).update(resolved_at=NOW)
    assertNotContains(as_repairer.get(LIST), "gone1@")
    assertContains(as_repairer.get(LIST), "open1@")
    assertNotContains(as_repairer.get(LIST, {"is": "gone"}), "open1@")
    assertContains(as_repairer.get(LIST, {"is": "any"}), "gone1@")


def test_the_list_says_when_it_was_last_complete_and_why_not_since(
    as_repairer: Client, store: MaildirStore, opened: Open
) -> None:
    assertContains(as_repairer.get(LIST), "No complete run yet")
    opened()
    run()
    assertContains(as_repairer.get(LIST), "2026-11-22 12:00: mailboxes looked at: 1, differences: 0.")
    store.users.unlink()
    run(1)
    page = as_repairer.get(LIST)
    assertContains(page, "2026-11-22 12:00")
    assertContains(page, "could not read everything")
    assertContains(page, "See whether its disk is mounted.")


# --- repairs ---------------------------------------------------------------------------------------------------------------


def test_ticking_says_what_would_happen_and_does_nothing(as_repairer: Client, opened: Open) -> None:
    shut, unseen = opened("shut"), opened("unseen")
    ticked = [
        difference(shut, "state", portal_says="active", server_says="suspended").pk,
        difference(unseen, "unseen", portal_says="active", server_says="other").pk,
    ]
    page = as_repairer.post(LIST, {"action": "repair_chosen", "_selected_action": ticked})
    assertContains(page, "Chosen: 2. Something would happen to 1 of them. Nothing has happened yet.")
    assertContains(page, "A job brings the mail server to what the portal says: Resume.")
    assertContains(page, "Nothing: the portal cannot change what Dovecot reads.")
    assert not Job.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    ("state", "kind", "job"),
    [
        ("active", "state", "resume"),
        ("suspended", "state", "suspend"),
        ("cancelled", "state", "close"),
        ("active", "quota", "quota"),
        ("active", "forwarding", "filter"),
    ],
)
def test_a_repair_is_a_job_and_an_event(as_repairer: Client, opened: Open, state: str, kind: str, job: str) -> None:
    box = opened(state=state)
    finding = difference(box, kind, portal_says="0", server_says="0")
    assert "Repairs asked for: 1. Left as they are: 0." in repair(as_repairer, finding)
    assert (Job.objects.get().kind, Job.objects.get().mailbox) == (job, box)
    event = AuditEvent.objects.get(verb="finding.repair-asked")
    assert (event.person, event.mailbox, event.details["kind"]) == (box.person, box.address, kind)
    assert event.actor == Person.objects.get(number="z30003")
    assert "Left as they are: 1." in repair(as_repairer, finding)  # the job waits
    assert Job.objects.count() == 1


def test_a_quota_that_was_changed_for_a_service_reaches_its_mailboxes(
    as_repairer: Client, store: MaildirStore, opened: Open
) -> None:
    box = opened()
    MailService.objects.filter(pk=box.service_id).update(quota_mb=7)
    run()
    repair(as_repairer, Finding.objects.get())
    tasks.run(Job.objects.get().pk)
    assert store.capacity(box.address).limit == 7 * 1024 * 1024
    run(1)
    assert found() == set()


def test_a_stranger_is_suspended_and_its_name_given_to_nobody(
    as_repairer: Client, store: MaildirStore, services: dict[str, MailService], wang: Person
) -> None:
    put(store, "hmwang@mx.nthu.edu.tw")
    run()
    assert names.offer_of(services["mx"], wang, "hmwang") is not None
    repair(as_repairer, Finding.objects.get())
    tasks.run(Job.objects.get().pk)
    assert "nologin=y" in store.users.read_text()
    assert names.offer_of(services["mx"], wang, "hmwang") is None
    assert store.folders("hmwang@mx.nthu.edu.tw")[0].messages == 1
    run(1)
    assert found() == set()


@pytest.mark.parametrize("address", ["stray@elsewhere.example", "hm-wang@mx.nthu.edu.tw"])
def test_a_stranger_whose_name_cannot_be_kept_is_left_alone(
    as_repairer: Client, store: MaildirStore, opened: Open, address: str
) -> None:
    opened("hmwang")
    put(store, address)
    run()
    assert "Left as they are: 1." in repair(as_repairer, Finding.objects.get())
    assert not Job.objects.exists()


def test_a_missing_mailbox_comes_back_with_the_password_that_its_owner_chooses(
    as_repairer: Client, store: MaildirStore, opened: Open, sign_in: SignIn
) -> None:
    box = opened()
    ContactAddress.objects.create(
        person=box.person, address="wang@example.org", place=1, added_at=NOW, asked_at=NOW, verified_at=NOW
    )
    lose(store, box.address)
    opened("another")
    run()
    repair(as_repairer, Finding.objects.get())
    letter = Letter.objects.get()
    assert (letter.to, letter.kind) == ("wang@example.org", "mailbox-missing")
    body = message(letter).get_body(("plain",))
    assert body is not None
    assert "/mail/mx/reset/" in body.get_content()
    job = outbox.put(box, Job.Kind.PASSWORD, now=timezone.now(), password_hash="{ARGON2ID}new")
    tasks.run(job.pk)
    store.check(box.address, password_hash="{ARGON2ID}new", quota=box.service.quota_bytes)
    run(1)
    assert found() == set()


def test_no_password_brings_a_mailbox_back_unless_somebody_has_asked_for_that(store: MaildirStore, opened: Open) -> None:
    box = opened()
    lose(store, box.address)
    opened("another")
    run()
    job = outbox.put(box, Job.Kind.PASSWORD, now=timezone.now(), password_hash="{ARGON2ID}new")
    tasks.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.last_error.partition(":")[0]) == ("waiting", "no-such-mailbox")


def test_whose_owner_no_letter_reaches_is_said(as_repairer: Client, opened: Open) -> None:
    finding = difference(opened(), "missing", portal_says="active", server_says="none")
    assertContains(as_repairer.post(REPAIR, {"ids": finding.pk}), "No letter can reach its owner, so tell them yourself")


def test_what_is_left_of_a_delegation_is_taken_away(as_repairer: Client, opened: Open) -> None:
    box, delegate = opened(), opened("delegate")
    over = Delegation.objects.create(
        mailbox=box, delegate=delegate, folders=["INBOX"], reason="-", state="ended",
        starts_at=NOW, ends_at=NOW + NIGHT, ended_at=NOW,
    )  # fmt: skip
    finding = difference(box, "delegation", server_says=f"INBOX → {delegate.address}: read")
    repair(as_repairer, finding)
    over.refresh_from_db()
    assert over.given_at is not None  # so that the job knows of it
    assert Job.objects.get().kind == "share"


def test_entries_that_somebody_made_by_hand_are_left_to_them(as_repairer: Client, opened: Open) -> None:
    finding = difference(opened(), "delegation", server_says="INBOX → boss@mx.nthu.edu.tw: read")
    assertContains(as_repairer.post(REPAIR, {"ids": finding.pk}), "somebody made these entries by hand")
    repair(as_repairer, finding)
    assert not Job.objects.exists()


@pytest.mark.parametrize("ids", ["", "x", "9" * 30, "12345"])
def test_what_is_not_there_is_not_repaired(as_repairer: Client, ids: str) -> None:
    page = as_repairer.post(REPAIR, {"ids": ids, "confirmed": "1"})
    assertContains(page, "Chosen: 0.")


def test_two_who_repair_the_same_file_one_job(as_repairer: Client, opened: Open, make_person: MakePerson) -> None:
    finding = difference(opened(), "quota", portal_says="0", server_says="0")
    stale = Finding.objects.select_related("mailbox__person").get()
    Finding.objects.filter(pk=finding.pk).update(repair_asked_at=timezone.now())  # by the other one
    told = repairs.repair([stale], actor=make_person("z40004"), now=timezone.now())
    assert told == {"done": 0, "left": 1}
    assert not Job.objects.exists()
