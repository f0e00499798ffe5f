import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import Person
from mailboxes.models import Application, ForwardRefusal, Job, Mailbox, MailService, Notice, ReservedName

pytestmark = pytest.mark.thorough

LISTS = [
    "accounts/person",
    "accounts/policy",
    "accounts/policyversion",
    "accounts/consent",
    "accounts/auditevent",
    "accounts/contactaddress",
    "accounts/letter",
    "mailboxes/application",
    "mailboxes/mailbox",
    "mailboxes/forward",
    "mailboxes/job",
    "mailboxes/mailservice",
    "mailboxes/notice",
    "mailboxes/reservedname",
    "sso_bridge/refusal",
    "sso_bridge/spenttoken",
]
EDITED = ("policy", "policyversion", "mailservice", "notice", "reservedname")
READ_ONLY = [name for name in LISTS if name.split("/")[1] not in EDITED]


@pytest.fixture
def as_admin(db: None, client: Client) -> Client:
    admin = Person.objects.create_superuser("admin", "a-long-enough-passphrase")
    client.force_login(admin, backend="accounts.backends.PersonBackend")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def job(wang: Person, services: dict[str, MailService]) -> Job:
    box = Mailbox.objects.create(
        service=services["mx"], person=wang, local_part="hmwang", domain="mx.nthu.edu.tw", stem="hmwang", stem_number=1
    )
    Application.objects.create(
        person=wang, service=services["mx"], mailbox=box, state="pending", submitted_at=box.created_at
    )
    return Job.objects.create(
        mailbox=box,
        address=box.address,
        kind="create",
        password_hash="{ARGON2ID}the-hash",
        due_at=box.created_at,
        last_error="store-unavailable",
    )


@pytest.mark.parametrize("name", LISTS)
def test_every_list_can_be_seen_and_searched(as_admin: Client, job: Job, name: str) -> None:
    assert as_admin.get(f"/admin/{name}/").status_code == 200
    assert as_admin.get(f"/admin/{name}/", {"q": "hmwang"}).status_code == 200


@pytest.mark.parametrize("name", READ_ONLY)
def test_what_changes_through_services_cannot_be_edited(as_admin: Client, job: Job, name: str) -> None:
    model = apps.get_model(name.replace("/", "."))
    before = list(model.objects.values())
    assert as_admin.post(f"/admin/{name}/add/").status_code == 403
    for row in model.objects.all():
        assert as_admin.post(f"/admin/{name}/{row.pk}/delete/", {"post": "yes"}).status_code == 403
        assert as_admin.post(f"/admin/{name}/{row.pk}/change/", {"name": "changed"}).status_code == 403
    everything = {"action": "delete_selected", "_selected_action": [row["id"] for row in before], "post": "yes"}
    as_admin.post(f"/admin/{name}/", everything)
    assert list(model.objects.values()) == before


def test_a_person_is_found_by_number_name_and_account_name(as_admin: Client, job: Job) -> None:
    for words in ("z99999", "王小明", "hsiao-ming", "hmwang"):
        assertContains(as_admin.get("/admin/accounts/person/", {"q": words}), "z99999")


def test_a_job_shows_its_error_and_never_its_hash(as_admin: Client, job: Job) -> None:
    page = as_admin.get(f"/admin/mailboxes/job/{job.pk}/change/")
    assertContains(page, "store-unavailable")
    assertNotContains(page, "the-hash")
    assertNotContains(page, "Save")


def test_a_service_with_settings_that_make_no_sense_is_refused_with_the_reason(
    as_admin: Client, services: dict[str, MailService]
) -> None:
    mx = services["mx"]
    form = as_admin.get(f"/admin/mailboxes/mailservice/{mx.pk}/change/").context["adminform"].form
    data = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    data |= {
        "kinds": '["emoji"]',
        "eligible": '{"staff": "all"}',
        "domain": "{planet}.example",
        "mail_settings": '{"imap": {}}',
        "names": "typed",
        "default_name": "",
        "suffixes": '{"kl": "Keelung!"}',
        "separators": "+",
    }
    data = {name: "" if value is None else value for name, value in data.items()}
    page = as_admin.post(f"/admin/mailboxes/mailservice/{mx.pk}/change/", data)
    for message in ("Write a list of", "Write an object of lists", "can stand in braces", "needs a host"):
        assertContains(page, message)
    for message in ("A default name needs its pattern", "Write an object of suffixes", "one or more of the signs"):
        assertContains(page, message)


def test_a_reserved_word_is_kept_as_names_are_compared(as_admin: Client) -> None:
    as_admin.post("/admin/mailboxes/reservedname/add/", {"word": "Vice-President", "reason": "an office"})
    assert ReservedName.objects.get().word == "vicepresident"


def test_an_administrator_writes_a_notice(as_admin: Client) -> None:
    texts = {"title_zh": "停機", "title_en": "Down", "text_zh": "今晚停機。", "text_en": "Down tonight."}
    begin = {"shown_from_0": "2026-11-22", "shown_from_1": "08:00", "shown_until_0": "2026-11-21", "shown_until_1": "08:00"}
    assertContains(as_admin.post("/admin/mailboxes/notice/add/", texts | begin), "A notice has to end after it begins.")
    as_admin.post("/admin/mailboxes/notice/add/", texts | begin | {"shown_until_0": "2026-11-23"})
    assert Notice.objects.get().service is None


def test_a_refusal_to_get_forwarded_letters_can_be_taken_back(as_admin: Client, job: Job) -> None:
    refusal = ForwardRefusal.objects.create(mailbox=job.mailbox, target="x@example.com", refused_at=timezone.now())
    assertContains(as_admin.get("/admin/mailboxes/forwardrefusal/"), "x@example.com")
    as_admin.post(f"/admin/mailboxes/forwardrefusal/{refusal.pk}/delete/", {"post": "yes"})
    assert not ForwardRefusal.objects.exists()
