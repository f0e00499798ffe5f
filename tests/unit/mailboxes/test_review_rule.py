"""Which applications a reviewer decides about, and that nothing is opened before."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.translation import override
from pytest_django.asserts import assertContains

from accounts.models import AuditEvent, Person
from mailboxes.models import Application, CautionName, Job, Mailbox, MailService
from tests.conftest import AgreeAll, SignIn
from tests.unit.mailboxes.conftest import Take
from tests.unit.mailboxes.reviewing import apply

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]


def review(rule: str, **fields: object) -> None:
    MailService.objects.filter(slug="mx").update(review=rule, **fields)


def test_nobody_reviews_where_nothing_is_set(as_wang: Client, agree_all: AgreeAll) -> None:
    apply(as_wang, agree_all)
    application = Application.objects.get()
    assert (application.state, application.warnings, application.queued_at) == ("pending", "", None)
    assert Job.objects.get().state == "waiting"


def test_where_it_is_always_reviewed_nothing_is_filed_and_the_hash_waits(as_wang: Client, agree_all: AgreeAll) -> None:
    review("always")
    apply(as_wang, agree_all)
    application = Application.objects.get()
    assert application.state == "review"
    assert application.password_hash.startswith("{ARGON2ID}")
    assert application.queued_at is not None
    assert Mailbox.objects.get().state == "pending"
    assert not Job.objects.exists()
    assert AuditEvent.objects.filter(verb="application.review", actor=application.person).exists()


def test_without_a_warning_it_is_opened_at_once_where_warnings_are_reviewed(as_wang: Client, agree_all: AgreeAll) -> None:
    review("warning")
    apply(as_wang, agree_all)
    assert Application.objects.get().state == "pending"


def test_a_condition_open_to_appeal_waits(stranger: Person, services: object, sign_in: SignIn, agree_all: AgreeAll) -> None:
    client = sign_in(stranger)
    assert client.get("/mail/mx/apply/").status_code == 403
    review("warning", open_to_appeal={"staff": ["留停"]})
    apply(client, agree_all, "ytchou")
    application = Application.objects.get()
    assert (application.state, application.warnings) == ("review", "appeal")


@pytest.mark.parametrize("name", ["王小明", "wang hsiao-ming", "ＷＡＮＧ，Hsiaoming"])
def test_a_name_on_the_caution_list_waits_however_it_is_written(as_wang: Client, agree_all: AgreeAll, name: str) -> None:
    review("warning")
    CautionName.objects.create(name=name)
    apply(as_wang, agree_all)
    application = Application.objects.get()
    assert (application.state, application.warnings) == ("review", "caution")


def test_a_second_mailbox_waits(
    as_wang: Client, wang: Person, agree_all: AgreeAll, services: dict[str, MailService]
) -> None:
    review("warning")
    Mailbox.objects.create(
        service=services["gapp"], person=wang, local_part="hmw", domain="gapp.nthu.edu.tw", stem="hmw", stem_number=1
    )
    apply(as_wang, agree_all)
    assert Application.objects.get().warnings == "second"


def test_an_imported_person_waits(as_wang: Client, wang: Person, agree_all: AgreeAll) -> None:
    review("warning")
    Person.objects.filter(pk=wang.pk).update(imported_at=datetime(2026, 9, 1, tzinfo=UTC))
    apply(as_wang, agree_all)
    assert Application.objects.get().warnings == "imported"


def test_a_missing_passport_name_waits_where_names_do_not_need_one(
    student: Person, services: object, sign_in: SignIn, agree_all: AgreeAll
) -> None:
    MailService.objects.filter(slug="student").update(review="warning")
    Person.objects.filter(pk=student.pk).update(passport_name=" ")
    client = sign_in(student)
    agree_all(client, "student")
    name = client.get("/mail/student/name/").context["form"].offered[0][0]
    client.post("/mail/student/name/", {"name": name})
    client.post(
        "/mail/student/password/", {"password": "Copper-kettle-90-seals", "password_again": "Copper-kettle-90-seals"}
    )
    assert Application.objects.get().warnings == "no-passport-name"


def test_conditions_open_to_appeal_need_somebody_who_reviews(services: dict[str, MailService]) -> None:
    services["mx"].open_to_appeal = {"staff": ["留停"]}
    with override("en"), pytest.raises(ValidationError, match="Somebody has to review"):
        services["mx"].full_clean()
    services["mx"].review = "warning"
    services["mx"].full_clean()


def test_who_waits_reads_so_and_keeps_the_name(as_wang: Client, agree_all: AgreeAll) -> None:
    review("always", reviewed_hours=72)
    apply(as_wang, agree_all)
    application = Application.objects.get()
    page = as_wang.get(f"/applications/{application.reference}/")
    assertContains(page, "within 72 hours")
    assertContains(page, "hmwang<wbr>@mx.nthu.edu.tw")
    assertContains(as_wang.get("/"), "Being reviewed")
    assert application.password_hash not in page.content.decode()


def test_who_waits_can_cancel_and_the_hash_is_wiped(as_wang: Client, agree_all: AgreeAll) -> None:
    review("always")
    apply(as_wang, agree_all)
    as_wang.post("/mail/mx/cancel/")
    application = Application.objects.get()
    assert (application.state, application.password_hash) == ("cancelled", "")
    assert Mailbox.objects.get().state == "cancelled"


def test_a_name_that_waits_is_offered_to_nobody_else(
    as_wang: Client, agree_all: AgreeAll, make_person: Take, sign_in: SignIn
) -> None:
    review("always")
    apply(as_wang, agree_all)
    other = sign_in(make_person("z44444"))  # type: ignore[func-returns-value]
    agree_all(other, "mx")
    assert "hmwang" not in [name for name, *_ in other.get("/mail/mx/name/").context["form"].offered]
