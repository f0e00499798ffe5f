"""Forwarding and automatic replies on a real Dovecot with Pigeonhole, and Postfix behind it."""

import smtplib
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import Person
from mailboxes.models import Forward, Forwarding, Job, Mailbox, MailService, Vacation
from mailboxes.provisioning import filters, outbox
from mailboxes.provisioning.filters.writing import script_of
from mailboxes.provisioning.hashing import hash_password
from mailboxes.provisioning.stores import NoSuchMailbox
from mailboxes.provisioning.stores.dovecot import schema
from mailboxes.provisioning.stores.dovecot.database import connected
from mailboxes.provisioning.stores.dovecot.deadline import Deadline
from mailboxes.provisioning.stores.dovecot.store import DovecotStore
from tests.conftest import MakePerson
from tests.mailserver import MailServer
from tests.services.conftest import FIRST, QUOTA, done, letter, signed_in
from tests.services.working import ring, until

SENDER = "colleague@example.org"
SORTS = 'require "fileinto";\nif header :contains "subject" "sort" { fileinto "Junk"; }\n'


@pytest.fixture
def owner(server: MailServer, store: DovecotStore, address: str) -> str:
    return opened(server, store, address)


@pytest.fixture
def friend(server: MailServer, store: DovecotStore, address: str) -> str:
    """Another mailbox of the same server."""
    return opened(server, store, f"friend-of-{address}")


def opened(server: MailServer, store: DovecotStore, address: str) -> str:
    if not server.has_postfix:
        pytest.skip("Postfix starts as root only")
    store.ensure(address, password_hash=hash_password(FIRST), quota=QUOTA, welcome=letter(address), revision=1)
    return address


def send(server: MailServer, to: str, subject: str, sender: str = SENDER) -> None:
    """From outside, by Postfix."""
    with smtplib.SMTP("127.0.0.1", server.smtp, local_hostname="elsewhere.example") as smtp:
        smtp.sendmail(sender, [to], written(to, subject, sender))


def taken(server: MailServer, to: str, subject: str, sender: str = SENDER) -> bool:
    """Whether Dovecot takes it at once: with SQLite it fails its first look after a change of the schema."""
    with smtplib.LMTP("127.0.0.1", server.lmtp) as lmtp:
        try:
            return not lmtp.sendmail(sender, [to], written(to, subject, sender))
        except smtplib.SMTPException:
            return False


def written(to: str, subject: str, sender: str) -> str:
    head = f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{subject}.{to}>\r\n"
    return f"{head}\r\nHello.\r\n"


def subjects(server: MailServer, address: str, folder: str = "INBOX") -> list[str]:
    """Of all letters but the welcome letter, in their order."""
    with signed_in(server, address, FIRST) as client:
        client.select(folder)
        found = client.fetch("1:*", "(BODY[HEADER.FIELDS (SUBJECT)])")[1]
        heads = [part[1].decode() for part in found if isinstance(part, tuple)]
        return [head.partition(":")[2].strip() for head in heads if "=?utf-8?" not in head]


def letters_in(server: MailServer, address: str) -> int:
    with signed_in(server, address, FIRST) as client:
        return int(client.select()[1][0] or 0)


def arrives(server: MailServer, address: str, subject: str, folder: str = "INBOX") -> None:
    until(lambda: subject in subjects(server, address, folder))


def put_own(server: MailServer, address: str, script: str) -> Path:
    """As its owner's webmail does by ManageSieve, with doveadm: the portal's key may not do it."""
    configuration = server.run / "etc" / "dovecot" / "dovecot.conf"
    argv = ["doveadm", "-c", configuration, "sieve", "put", "-u", address, "-a", "mine"]
    subprocess.run(argv, input=script.encode(), check=True, capture_output=True)
    local_part, domain = address.split("@")
    return server.place / "letters" / domain / local_part / "sieve" / "mine.sieve"


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
    server: MailServer, store: DovecotStore, owner: str, friend: str, db: None, mailbox: Callable[[str], Mailbox]
) -> None:
    """Pigeonhole's limits are for both scripts together, and a second reply is an error within one script."""
    box = mailbox(owner)
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


# --- the automatic reply ------------------------------------------------------------------------------------------------


@pytest.fixture
def mailbox(services: dict[str, MailService], make_person: MakePerson) -> Callable[[str], Mailbox]:
    """The row in the portal of a mailbox that is there already, with an owner of its own."""
    MailService.objects.update(store="dovecot")

    def row(address: str, person: Person | None = None) -> Mailbox:
        local_part, domain = address.split("@")
        person = person or make_person(local_part[:30])
        stem = {"stem": local_part, "stem_number": 1}
        fields = {"local_part": local_part, "domain": domain, "state": "active", "active_at": timezone.now()}
        return Mailbox.objects.create(service=services["mx"], person=person, **fields, **stem)

    return row


def forward(box: Mailbox, target: str, place: int = 1, mode: str = "copy") -> None:
    now = timezone.now()
    Forwarding.objects.update_or_create(mailbox=box, defaults={"mode": mode})
    Forward.objects.create(mailbox=box, place=place, target=target, asked_at=now, confirmed_at=now)


def answer(box: Mailbox, text: str, first: int = 0, last: int = 0) -> None:
    """From the ``first`` day to the ``last``, counted from today."""
    today = timezone.localdate()
    days = {"first_day": today + timedelta(days=first), "last_day": today + timedelta(days=last)}
    Vacation.objects.create(mailbox=box, is_on=True, subject='不在 "辦公室" \\', text=text, **days)


def test_a_reply_comes_once_and_word_for_word(
    server: MailServer, store: DovecotStore, owner: str, friend: str, db: None, mailbox: Callable[[str], Mailbox]
) -> None:
    box = mailbox(owner)
    answer(box, '一月四日回來。\n.\n..\n"quoted" \\ and ${variable}; redirect "x@example.com";', 0, 1)
    store.set_filter(owner, script=script_of(box), revision=2)
    for subject in ("first", "second"):
        send(server, owner, subject, sender=friend)
        arrives(server, owner, subject)
    until(lambda: letters_in(server, friend) == 2)
    with signed_in(server, friend, FIRST) as client:
        client.select()
        [(_, raw), _] = client.fetch("2", "(RFC822)")[1]
    head, _, body = raw.decode().partition("\r\n\r\n")
    assert "Auto-Submitted: auto-replied (vacation)" in head
    assert f"From: <{owner}>" in head
    assert "Return-Path: <>" in head
    assert body.strip() == '一月四日回來。\r\n.\r\n..\r\n"quoted" \\ and ${variable}; redirect "x@example.com";'
    send(server, friend, "last")
    arrives(server, friend, "last")  # a second reply would have come before it
    assert letters_in(server, friend) == 3


@pytest.mark.parametrize(("first", "last"), [(1, 2), (-2, -1)])
def test_outside_of_its_days_nobody_gets_a_reply(
    server: MailServer,
    store: DovecotStore,
    owner: str,
    friend: str,
    db: None,
    mailbox: Callable[[str], Mailbox],
    first: int,
    last: int,
) -> None:
    box = mailbox(owner)
    answer(box, "away", first, last)
    store.set_filter(owner, script=script_of(box), revision=2)
    send(server, owner, "first", sender=friend)
    arrives(server, owner, "first")
    send(server, friend, "last")
    arrives(server, friend, "last")  # a reply would have come before it
    assert letters_in(server, friend) == 2


# --- the whole way ------------------------------------------------------------------------------------------------------


def test_a_real_worker_brings_what_was_asked_for_to_the_mail_server(
    services: dict[str, MailService],
    server: MailServer,
    store: DovecotStore,
    broker: str,
    worker: Path,
    owner: str,
    friend: str,
    mailbox: Callable[[str], Mailbox],
) -> None:
    box = mailbox(owner)
    forward(box, friend)
    with transaction.atomic():
        job = outbox.put(box, Job.Kind.FILTER, now=timezone.now())
    ring(broker, outbox.RUN, job.pk)
    until(lambda: done(job))
    send(server, owner, "lunch")
    arrives(server, friend, "lunch")
    Forwarding.objects.update(mode="off")
    with transaction.atomic():
        job = outbox.put(box, Job.Kind.FILTER, now=timezone.now())
    ring(broker, outbox.RUN, job.pk)
    until(lambda: done(job))
    send(server, owner, "supper")
    arrives(server, owner, "supper")
    assert subjects(server, friend) == ["lunch"]
