import pytest
from django.apps import apps
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import Person
from mailboxes.models import Application, Job, Mailbox, MailService, ReservedName

LISTS = [
    "accounts/person",
    "accounts/policy",
    "accounts/consent",
    "accounts/auditevent",
    "accounts/contactaddress",
    "accounts/letter",
    "mailboxes/application",
    "mailboxes/mailbox",
    "mailboxes/job",
    "mailboxes/mailservice",
    "mailboxes/reservedname",
    "sso_bridge/refusal",
    "sso_bridge/spenttoken",
]
READ_ONLY = [name for name in LISTS if name.split("/")[1] not in ("policy", "mailservice", "reservedname")]


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


def test_a_policy_text_in_force_cannot_be_edited(as_admin: Client, services: dict[str, MailService]) -> None:
    policy = services["mx"].policies.get(slug="network")
    page = as_admin.get(f"/admin/accounts/policy/{policy.pk}/change/")
    assertContains(page, "The campus network is there for teaching")
    assertNotContains(page, 'name="versions-0-text_zh"')
