"""Contact addresses from several windows in the same second, on PostgreSQL."""

import threading
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from accounts import contacts
from accounts.contacts import services
from accounts.models import ContactAddress, Letter, Person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def on_postgresql() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: python -m tests.on_postgres")
    cache.clear()


def at_once(*things: Callable[[], object]) -> list[type[Exception] | None]:
    """Each in a thread of its own, begun together; what each raised."""
    start = threading.Barrier(len(things))
    raised: list[type[Exception] | None] = []

    def do(thing: Callable[[], object]) -> None:
        start.wait()
        try:
            thing()
            raised.append(None)
        except (ValidationError, services.NotPossible) as error:
            raised.append(type(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=(thing,)) for thing in things]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def adding(person: Person, address: str) -> Callable[[], object]:
    return lambda: services.add(person, address, now=timezone.now())


def test_six_at_once_leave_three(wang: Person) -> None:
    raised = at_once(*(adding(wang, f"{n}@home.example") for n in range(6)))
    assert (raised.count(None), raised.count(ValidationError)) == (3, 3)
    assert services.mine(wang).count() == Letter.objects.count() == 3


def test_the_same_one_twice_at_once_is_there_once(wang: Person) -> None:
    raised = at_once(*(adding(wang, address) for address in ("wang@home.example", "WANG@home.example") * 2))
    assert raised.count(None) == 1
    assert services.mine(wang).count() == Letter.objects.count() == 1


def test_confirmed_twice_at_once_is_told_once(wang: Person) -> None:
    contact = services.add(wang, "wang@home.example", now=timezone.now())
    raised = at_once(*[lambda: services.confirm(contact, now=timezone.now(), visitor="192.0.2.10")] * 4)
    assert (raised.count(None), raised.count(services.NotPossible)) == (1, 3)
    assert Letter.objects.filter(kind="contact-added").count() == 1


def test_brought_back_twice_while_another_is_added_there_are_never_more_than_three(wang: Person) -> None:
    made = [services.add(wang, f"{n}@home.example", now=timezone.now()) for n in range(3)]
    services.confirm(made[0], now=timezone.now(), visitor="192.0.2.10")
    services.remove(made[0], now=timezone.now(), visitor="192.0.2.10")

    def restore() -> None:
        services.restore(made[0], now=timezone.now(), visitor="192.0.2.10")

    at_once(restore, adding(wang, "thief@home.example"), restore)
    assert contacts.confirmed(wang) == ["0@home.example"]
    assert services.mine(wang).count() == ContactAddress.MOST
