"""What was done by hand to events and links that were sealed is found, and named."""

import pytest
from django.test import override_settings
from pytest_django import Settings

from accounts.auditing import chain, sealing
from accounts.models import AuditEvent, AuditLink
from tests.unit.accounts.auditing.by_hand import execute
from tests.unit.accounts.auditing.conftest import NOW, Happened, anchor, faults, links, seal, verify

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
OTHER = "another-secret-" + "0123456789" * 5


def test_a_chain_that_nobody_touched_is_sound(sealed: list[AuditEvent]) -> None:
    status, said = verify()
    assert status == 0
    assert said == [
        "7 links: 7 events as they were sealed, 0 deleted after their time. "
        f"0 newer events wait to be sealed. The chain ends at {anchor()}."
    ]


def test_no_event_at_all_is_sound_too(db: None) -> None:
    assert verify()[0] == 0


def test_an_event_that_was_changed_is_named(sealed: list[AuditEvent]) -> None:
    execute("UPDATE accounts_auditevent SET verb = 'application.rejected' WHERE id = %s", sealed[3].pk)
    [fault] = faults()
    assert fault.startswith(f"event-changed: Event {sealed[3].pk} (application.pending, 2026-11-17T07:00:00.000000Z)")


@pytest.mark.parametrize("column", ["happened_at", "actor_id", "person_id", "mailbox", "address", "details"])
def test_every_column_counts(column: str, sealed: list[AuditEvent]) -> None:
    value = {"happened_at": "2020-01-01 00:00:00", "mailbox": "", "details": "{}"}.get(column)
    execute(f"UPDATE accounts_auditevent SET {column} = %s WHERE id = %s", value, sealed[3].pk)  # noqa: S608
    assert [fault.partition(":")[0] for fault in faults()] == ["event-changed"]


def test_an_event_taken_from_the_middle_is_named(sealed: list[AuditEvent]) -> None:
    execute("DELETE FROM accounts_auditevent WHERE id = %s", sealed[2].pk)
    [fault] = faults()
    assert fault == f"event-missing: Event {sealed[2].pk} (application.pending, 2026-11-16T07:00:00.000000Z) is missing."


def test_the_last_event_is_missed_though_nothing_comes_after(sealed: list[AuditEvent]) -> None:
    execute("DELETE FROM accounts_auditevent WHERE id = %s", sealed[-1].pk)
    [fault] = faults()
    assert fault.startswith(f"event-missing: Event {sealed[-1].pk} ")


def test_the_newest_events_taken_with_their_links_are_missed_by_an_anchor(sealed: list[AuditEvent]) -> None:
    kept, before = anchor(), AuditLink.objects.get(number=5)
    execute("DELETE FROM accounts_auditevent WHERE id >= %s", sealed[5].pk)
    execute("DELETE FROM accounts_auditlink WHERE number >= 6")
    assert faults() == []  # nothing in the database tells of them
    [fault] = faults("--anchor", kept)
    assert fault.startswith("anchor-wrong: The anchor says that there was a link 7, but the last one is 5.")
    assert faults("--since", kept) == ["anchor-wrong: Link 7 is not what the anchor says, or is missing."]
    assert faults("--anchor", f"5:{bytes(before.chain).hex()}") == []


def test_an_event_put_in_behind_is_named(sealed: list[AuditEvent]) -> None:
    execute("DELETE FROM accounts_auditevent WHERE id = %s", sealed[4].pk)
    execute("DELETE FROM accounts_auditlink WHERE number = 5")
    columns = "verb, actor_id, person_id, mailbox, address, details, happened_at"
    execute(
        f"INSERT INTO accounts_auditevent (id, {columns}) SELECT {sealed[4].pk}, {columns} "  # noqa: S608
        "FROM accounts_auditevent WHERE id = %s",
        sealed[0].pk,
    )
    assert [fault.split(",")[0] for fault in faults()] == [
        "link-missing: Links 5 to 5 are missing",
        f"event-behind: Event {sealed[4].pk} (application.pending) was put in after later ones were sealed.",
    ]


def test_a_link_that_was_changed_is_named_and_no_other(sealed: list[AuditEvent]) -> None:
    execute("UPDATE accounts_auditlink SET verb = 'application.done' WHERE number = 4")
    assert faults() == [f"link-changed: Link 4 (event {sealed[3].pk}) was changed, or one before it."]


def test_an_event_changed_with_the_digest_of_its_link_is_found(sealed: list[AuditEvent]) -> None:
    execute("UPDATE accounts_auditevent SET verb = 'application.rejected' WHERE id = %s", sealed[3].pk)
    changed = AuditEvent.objects.values_list(*chain.COLUMNS).get(pk=sealed[3].pk)
    execute("UPDATE accounts_auditlink SET digest = %s WHERE number = 4", chain.digest(changed))
    assert faults() == [f"link-changed: Link 4 (event {sealed[3].pk}) was changed, or one before it."]


def test_a_chain_written_anew_without_the_key_is_found(sealed: list[AuditEvent], settings: Settings) -> None:
    execute("UPDATE accounts_auditevent SET verb = 'application.rejected' WHERE id = %s", sealed[5].pk)
    execute("DELETE FROM accounts_auditlink WHERE number >= 6")
    name = AuditLink.objects.get(number=1).key
    with override_settings(SECRET_KEY=OTHER):
        assert seal() == 2
    execute('UPDATE accounts_auditlink SET "key" = %s', name)
    assert faults() == [
        f"seal-wrong: Link {number} (event {sealed[number - 1].pk}) was not sealed by the portal." for number in (6, 7)
    ]


def test_many_faults_are_counted_and_the_first_hundred_shown(happened: Happened) -> None:
    for _ in range(130):
        happened()
    assert seal() == 130
    execute("UPDATE accounts_auditevent SET mailbox = 'x'")
    found = faults()
    assert (len(found), found[-1]) == (101, "… and 30 more.")


def test_a_former_secret_key_still_checks_what_it_sealed(
    sealed: list[AuditEvent], happened: Happened, settings: Settings
) -> None:
    former, kept = settings.SECRET_KEY, anchor()
    settings.SECRET_KEY = OTHER
    happened(days=0.5)
    seal()
    assert {fault.partition(":")[0] for fault in faults()} == {"key-unknown"}
    assert len(faults()) == 7
    assert faults("--anchor", kept) == []
    settings.SECRET_KEY_FALLBACKS = [former]
    assert faults() == []


def test_numbers_that_a_rollback_left_out_are_not_missed(sealed: list[AuditEvent], happened: Happened) -> None:
    later = happened(days=0.5)
    execute("UPDATE accounts_auditevent SET id = id + 100 WHERE id = %s", later.pk)
    seal()
    assert faults() == []
    assert AuditLink.objects.latest("number").event == later.pk + 100


def test_what_is_too_young_waits(happened: Happened) -> None:
    old, young = happened(days=1), happened(days=5 / 86400)
    happened(days=1)  # by a web server whose clock is late: it waits for its turn
    assert seal() == 1
    assert AuditLink.objects.get().event == old.pk < young.pk
    assert "2 newer events wait to be sealed." in verify()[1][-1]


def test_only_what_came_after_an_anchor_is_read(sealed: list[AuditEvent], happened: Happened) -> None:
    kept = anchor()
    execute("UPDATE accounts_auditevent SET mailbox = 'x' WHERE id = %s", sealed[0].pk)
    happened(days=0.5)
    seal()
    assert faults("--since", kept) == []
    assert verify("--since", kept)[1][0].startswith("1 links: 1 events")
    assert len(faults()) == 1


def test_much_at_once_is_sealed_in_parts(happened: Happened, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("sealing", "verifying", "handing_over"):
        monkeypatch.setattr(f"accounts.auditing.{module}.AT_ONCE", 3)
    for _ in range(8):
        happened()
    assert seal() == 8
    assert links() == 8
    assert faults() == []
    assert sealing.seal_some(NOW) == 0
