from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import rows
from accounts.models import Person
from accounts.sessions import SessionStore
from mailboxes.models import MailService

TWO_MORE = rows.select("SELECT {s}, 7 AS seven, 'a' AS letter FROM mailboxes_mailservice s WHERE slug = %s", s=MailService)


def test_a_session_that_is_over_or_unknown_is_nobodys(as_wang: Client) -> None:
    assert as_wang.get("/").status_code == 200
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert as_wang.get("/").status_code == 302
    as_wang.cookies["sessionid"] = "a" * 32
    assert as_wang.get("/").status_code == 302


def test_a_session_is_written_again_only_with_something_new_in_it(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    session = SessionStore()
    session["states"] = {"one": 1}
    session.save()
    with django_assert_num_queries(0):
        session.save()
    session["states"]["two"] = 2
    session.save()
    assert SessionStore(session.session_key)["states"] == {"one": 1, "two": 2}
    session.flush()
    session["states"] = {"one": 1, "two": 2}
    session.save()
    assert SessionStore(session.session_key)["states"] == {"one": 1, "two": 2}


def test_who_was_switched_off_or_removed_is_signed_out(as_wang: Client, wang: Person) -> None:
    Person.objects.filter(pk=wang.pk).update(is_active=False)
    assert as_wang.get("/").status_code == 302


@pytest.mark.django_db
def test_a_row_is_what_a_queryset_gives(services: dict[str, MailService], wang: Person) -> None:
    expected = MailService.objects.get(slug="mx")
    [(found, more)] = rows.fetch(MailService, TWO_MORE, ["mx"])
    assert {field.name: getattr(found, field.name) for field in MailService._meta.concrete_fields} == {
        field.name: getattr(expected, field.name) for field in MailService._meta.concrete_fields
    }
    assert more == {"seven": 7, "letter": "a"}
    [(partly, _)] = rows.fetch(Person, "SELECT created_at, id FROM accounts_person WHERE id = %s", [wang.pk])
    assert partly.get_deferred_fields() >= {"name", "number"}
    assert (partly.created_at, partly.name) == (wang.created_at, wang.name)


@pytest.mark.django_db
def test_a_table_that_gets_a_column_meanwhile_is_still_read(services: dict[str, MailService]) -> None:
    assert rows.fetch(MailService, TWO_MORE, ["mx"])
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE mailboxes_mailservice ADD COLUMN later integer")
    assert rows.fetch(MailService, TWO_MORE, ["mx"])


@pytest.mark.django_db
def test_another_connection_is_asked_as_well(wang: Person) -> None:
    with ThreadPoolExecutor(1) as other:
        assert other.submit(_anybody).result() == []
    assert _anybody() == [wang.pk]


def _anybody() -> list[int]:
    try:
        return [
            person.pk for person, _ in rows.fetch(Person, "SELECT id FROM accounts_person WHERE source = %s", ["campus"])
        ]
    finally:
        if not connection.in_atomic_block:
            connection.close()
