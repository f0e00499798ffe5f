"""Forwarding on a real Dovecot with Pigeonhole and a real Postfix, beside whatever script the owner has."""

import smtplib
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import Person
from mailboxes.models import Forwarding, Job, Mailbox, MailService
from mailboxes.provisioning import filters, outbox
from mailboxes.provisioning.filters.writing import script_of
from mailboxes.provisioning.stores import NoSuchMailbox
from mailboxes.provisioning.stores.dovecot import schema
from mailboxes.provisioning.stores.dovecot.database import connected
from mailboxes.provisioning.stores.dovecot.deadline import Deadline
from mailboxes.provisioning.stores.dovecot.store import DovecotStore
from tests.mailserver import MailServer
from tests.services.conftest import FIRST, signed_in
from tests.services.corresponding import (
    SENDER,
    answer,
    arrives,
    forward,
    letters_in,
    opened,
    put_own,
    row_of,
    send,
    subjects,
    taken,
)
from tests.services.working import ring, until, valkey, working

SORTS = 'require "fileinto";\nif header :contains "subject" "sort" { fileinto "Junk"; }\n'


@pytest.fixture
def owner(server: MailServer, store: DovecotStore, address: str) -> str:
    return opened(server, store, address)


@pytest.fixture
def friend(server: MailServer, store: DovecotStore, address: str) -> str:
    """Another mailbox of the same server."""
    return opened(server, store, f"friend-of-{address}")


# --- forwarded ----------------------------------------------------------------------------------------------------------


def test_a_letter_goes_on_and_a_copy_stays(server: MailServer, store: DovecotStore, owner: str, friend: str) -> None:
    store.set_filter(owner, script=f'require "copy";\nredirect :copy "{friend}";\n', revision=2)
    send(server, owner, "lunch")
    arrives(server, friend, "lunch")
    arrives(server, owner, "lunch")
    with signed_in(server, friend, FIRST) as client:
        client.select()
        head = str(client.fetch("2", "(BODY[HEADER])")[1])
    assert f"Return-Path: <{SENDER}>" in head
    assert f"X-Sieve-Redirected-From: {owner}" in head


def test_a_letter_goes_on_without_a_copy(server: MailServer, store: DovecotStore, owner: str, friend: str) -> None:
    store.set_filter(owner, script=f'redirect "{friend}";\n', revision=2)
    send(server, owner, "lunch")
    arrives(server, friend, "lunch")
    assert subjects(server, owner) == []
    store.set_filter(owner, script="", revision=3)
    send(server, owner, "supper")
    arrives(server, owner, "supper")
    assert subjects(server, friend) == ["lunch"]


def test_what_the_other_side_refuses_stays_here(server: MailServer, store: DovecotStore, owner: str) -> None:
    store.set_filter(owner, script=f'redirect "nobody.{owner}";\n', revision=2)
    send(server, owner, "lunch")
    arrives(server, owner, "lunch")


def test_a_letter_in_a_loop_stays_with_one_of_the_two(
    server: MailServer, store: DovecotStore, owner: str, friend: str
) -> None:
    """The portal lets nobody make one; an address outside can still send everything back."""
    store.set_filter(owner, script=f'redirect "{friend}";\n', revision=2)
    store.set_filter(friend, script=f'redirect "{owner}";\n', revision=2)
    send(server, owner, "lunch")
    until(lambda: subjects(server, owner) + subjects(server, friend) == ["lunch"])


def test_suspending_stops_whatever_goes_out_at_once_and_resuming_brings_it_back(
    server: MailServer, store: DovecotStore, owner: str, friend: str
) -> None:
    own = put_own(server, owner, f'require ["copy", "vacation"];\nvacation "mine";\nredirect :copy "{friend}";\n')
    before = own.read_text()
    store.set_filter(owner, script=f'redirect "{friend}";\n', revision=2)
    store.suspend(owner, revision=3)
    assert taken(server, owner, "meanwhile", sender=friend)
    store.resume(owner, revision=4)
    assert subjects(server, owner) == ["meanwhile"]
    send(server, owner, "later")
    arrives(server, friend, "later")
    assert subjects(server, friend) == ["later"]
    assert own.read_text() == before


# --- the owner's own script ---------------------------------------------------------------------------------------------


def test_the_owners_own_script_works_before_and_while_and_after(
    server: MailServer, store: DovecotStore, owner: str, friend: str
) -> None:
    own = put_own(server, owner, SORTS)
    send(server, owner, "sort-1")
    arrives(server, owner, "sort-1", "Junk")
    store.set_filter(owner, script=f'require "copy";\nredirect :copy "{friend}";\n', revision=2)
    send(server, owner, "sort-2")
    arrives(server, friend, "sort-2")
    arrives(server, owner, "sort-2", "Junk")
    store.set_filter(owner, script="", revision=3)
    send(server, owner, "sort-3")
    arrives(server, owner, "sort-3", "Junk")
    assert subjects(server, owner) == []
    assert own.read_text() == store.own_filter(owner) == SORTS


def test_it_keeps_its_own_reply_and_its_four_redirects(
    server: MailServer, store: DovecotStore, owner: str, friend: str, services: dict[str, MailService], wang: Person
) -> None:
    """Pigeonhole's limits are for both scripts together, and a second reply is an error within one script."""
    box = row_of(owner, services["mx"], wang)
    more = [opened(server, store, f"{letter}.{friend}") for letter in "abcdefg"]
    for place, target in enumerate(more[:3], 1):
        forward(box, target, place)
    answer(box, "portal's reply")
    store.set_filter(owner, script=script_of(box), revision=2)
    redirects = "".join(f'redirect :copy "{target}";\n' for target in more[3:])
    put_own(server, owner, f'require ["copy", "fileinto", "vacation"];\nvacation "mine";\n{redirects}fileinto "Junk";\n')
    send(server, owner, "lunch", sender=friend)
    for target in more:
        arrives(server, target, "lunch")
    assert (subjects(server, owner), subjects(server, owner, "Junk")) == ([], ["lunch"])
    until(lambda: letters_in(server, friend) == 2)  # the welcome letter, and one reply
    assert filters.redirects(store.own_filter(owner)) == more[3:]


def test_an_own_script_that_is_broken_harms_nothing(
    server: MailServer, store: DovecotStore, owner: str, friend: str
) -> None:
    assert store.own_filter(owner) == ""
    put_own(server, owner, "keep;").write_text('redirect "half@example.com')
    store.set_filter(owner, script=f'require "copy";\nredirect :copy "{friend}";\n', revision=2)
    send(server, owner, "lunch")
    arrives(server, friend, "lunch")
    arrives(server, owner, "lunch")
    assert filters.redirects(store.own_filter(owner)) == ["half@example.com"]


def test_a_megabyte_of_own_script_can_be_looked_at(server: MailServer, store: DovecotStore, owner: str) -> None:
    script = 'redirect "first@example.com";\n' + "# filling\n" * 100_000
    put_own(server, owner, script)
    assert filters.redirects(store.own_filter(owner)) == ["first@example.com"]


def test_who_is_not_there_has_no_filter(store: DovecotStore, address: str) -> None:
    with pytest.raises(NoSuchMailbox):
        store.own_filter(address)
    with pytest.raises(NoSuchMailbox):
        store.set_filter(address, script="keep;", revision=1)


def test_while_the_scripts_cannot_be_read_letters_wait_outside(
    server: MailServer, store: DovecotStore, owner: str, friend: str
) -> None:
    """Neither lost nor let through unfiltered: Dovecot answers 4xx, and Postfix tries again."""
    with connected(store.database, Deadline(5)) as run:
        run("DROP VIEW dovecot_filters")
    try:
        with smtplib.LMTP("127.0.0.1", server.lmtp) as lmtp, pytest.raises(smtplib.SMTPException, match="451"):
            lmtp.sendmail(SENDER, [owner], "Subject: lunch\r\n\r\n.\r\n")
    finally:
        schema.make(store.database, reader="dovecot_ro" if server.reader_password else "")
    until(lambda: taken(server, owner, "supper"))
    arrives(server, owner, "supper")
    assert subjects(server, owner) == ["supper"]


# --- the whole way ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_brings_what_was_asked_for_to_the_mail_server(
    server: MailServer, owner: str, friend: str, services: dict[str, MailService], wang: Person, tmp_path: Path
) -> None:
    box = row_of(owner, services["mx"], wang)
    forward(box, friend)
    with valkey(tmp_path) as broker, working(broker, tmp_path, **server.env()):
        ask_and_wait(box, broker)
        send(server, owner, "lunch")
        arrives(server, friend, "lunch")
        Forwarding.objects.update(mode="off")
        ask_and_wait(box, broker)
    send(server, owner, "supper")
    arrives(server, owner, "supper")
    assert subjects(server, friend) == ["lunch"]


def ask_and_wait(box: Mailbox, broker: str) -> None:
    with transaction.atomic():
        job = outbox.put(box, Job.Kind.FILTER, now=timezone.now())
    ring(broker, outbox.RUN, job.pk)
    until(lambda: Job.objects.get(pk=job.pk).state == Job.State.DONE)
