"""The queue: order, age, filters, search, pages, and decisions about many at once."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import Letter, Person
from mailboxes.models import Job, MailService, ReviewCase
from mailboxes.reviewing import bulk, queue
from tests.conftest import AgreeAll, MakePerson, SignIn
from tests.unit.mailboxes.reviewing import (
    BULK,
    NOW,
    QUEUE,
    MakeReviewer,
    Wait,
    apply,
    as_reviewer,
    case_page,
    decide,
    make_reviewer,
    reviewed,
    wait,
)

__all__ = ["as_reviewer", "make_reviewer", "reviewed", "wait"]
pytestmark = [pytest.mark.django_db, pytest.mark.thorough]


@pytest.fixture
def cases(wait: Wait, wang: Person, professor: Person, student: Person) -> list[ReviewCase]:
    """Wang, two hours after the professor and one after the student, who has warnings."""
    return [
        wait(wang, "hmwang", queued_at=NOW),
        wait(professor, "sflin", queued_at=NOW - timedelta(hours=2), queued_condition="退休"),
        wait(
            student,
            "chchang",
            queued_at=NOW - timedelta(hours=1),
            warnings="caution imported",
            queued_unit="Department of Physics",
        ),
    ]


def shown(client: Client, **filters: str) -> list[str]:
    rows = client.get(QUEUE, filters).context["rows"]
    return [str(row.mailbox).partition("@")[0] for row, _age in rows]


@pytest.mark.usefixtures("cases")
def test_whoever_has_waited_longest_stands_first(as_reviewer: Client) -> None:
    assert shown(as_reviewer) == ["sflin", "chchang", "hmwang"]


@pytest.mark.usefixtures("cases")
@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"q": "小明"}, ["hmwang"]),
        ({"q": "王"}, ["hmwang"]),
        ({"q": "hsiao"}, ["hmwang"]),
        ({"q": "WANG ming"}, ["hmwang"]),
        ({"q": "ｗａｎｇ"}, ["hmwang"]),
        ({"q": "0001"}, ["sflin", "chchang"]),
        ({"q": "chch"}, ["chchang"]),
        ({"q": "sflin@mx.nthu.edu.tw"}, ["sflin"]),
        ({"q": "sflin@mail"}, []),
        ({"q": "100%"}, []),
        ({"q": "z_9"}, []),
        ({"q": "z"}, []),
        ({"warning": "imported"}, ["chchang"]),
        ({"warning": "second"}, []),
        ({"condition": "退休"}, ["sflin"]),
        ({"unit": "Department of Physics"}, ["chchang"]),
        ({"unit": "Department of Alchemy"}, []),
        ({"state": "asked"}, []),
        ({"state": "all"}, ["sflin", "chchang", "hmwang"]),
        ({"state": "nonsense", "service": "x", "warning": "'", "q": "小明"}, ["hmwang"]),
    ],
)
def test_filters_and_search_in_both_scripts(as_reviewer: Client, filters: dict[str, str], found: list[str]) -> None:
    assert shown(as_reviewer, **filters) == found


@pytest.mark.usefixtures("cases")
@pytest.mark.parametrize(
    ("words", "found"), [("0001", ["sflin", "chchang"]), ("wang ming", ["hmwang"]), ("ch", ["chchang"])]
)
def test_a_common_name_hides_nobody_who_waits(
    as_reviewer: Client, words: str, found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MOST_FOUND", 1)
    assert shown(as_reviewer, q=words) == found


def test_it_is_found_by_its_number(as_reviewer: Client, cases: list[ReviewCase]) -> None:
    assert shown(as_reviewer, q=cases[0].reference.lower()) == ["hmwang"]


def test_a_service_can_be_singled_out(
    as_reviewer: Client, cases: list[ReviewCase], services: dict[str, MailService]
) -> None:
    assert len(shown(as_reviewer, service=str(services["mx"].pk))) == 3
    assert shown(as_reviewer, service=str(services["gapp"].pk)) == []


@pytest.mark.usefixtures("cases")
def test_the_units_to_choose_from_are_those_of_the_people_who_wait(as_reviewer: Client) -> None:
    ReviewCase.objects.filter(mailbox__local_part="hmwang").update(queued_unit="物理學系")
    ReviewCase.objects.filter(mailbox__local_part="sflin").update(queued_unit="物理學系")
    options = as_reviewer.get(QUEUE, {"unit": "gone"}).context["form"]["unit"].subwidgets
    assert [option.data["value"] for option in options] == ["", "Department of Physics", "gone", "物理學系"]


def test_whoever_waits_is_filtered_by_what_they_were_then(
    as_reviewer: Client, reviewed: object, wang: Person, sign_in: SignIn, agree_all: AgreeAll
) -> None:
    Person.objects.filter(pk=wang.pk).update(unit="物理學系")
    apply(sign_in(wang), agree_all)
    for name, value in (("unit", "物理學系"), ("condition", "一般")):
        assert len(as_reviewer.get(QUEUE, {name: value}).context["rows"]) == 1
    assert as_reviewer.get(QUEUE, {"condition": "退休"}).context["rows"] == []


@pytest.mark.parametrize(
    ("hours", "share", "words", "level"),
    [
        (0, 0, "2 days left", "good"),
        (36, 75, "12 h left", "soon"),
        (47.5, 98, "0 h left", "soon"),
        (52, 100, "4 h late", "late"),
        (150, 100, "4 days late", "late"),
    ],
)
def test_age_stands_against_the_promise_in_words(
    cases: list[ReviewCase], hours: float, share: int, words: str, level: str
) -> None:
    with override("en"):
        found = queue.age(cases[0], now=NOW + timedelta(hours=hours))
    assert found.words == words
    assert (found.share, found.level) == (share, level)


@pytest.mark.usefixtures("cases")
def test_the_queue_says_how_late_each_is(as_reviewer: Client) -> None:
    ReviewCase.objects.update(queued_at=timezone.now() - timedelta(hours=50, minutes=10))
    assertContains(as_reviewer.get(QUEUE), "2 h late", count=3)


def test_the_next_page_begins_where_the_last_one_ended(
    as_reviewer: Client, wait: Wait, make_person: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "PAGE", 2)
    for number in range(5):  # three of them at the very same moment
        wait(make_person(f"z4000{number}"), f"name{'abcde'[number]}", queued_at=NOW + timedelta(seconds=max(number, 2)))
    seen, page = [], as_reviewer.get(QUEUE)
    for _ in range(3):
        seen += [str(row.mailbox)[4] for row, _age in page.context["rows"]]
        if page.context["following"]:
            page = as_reviewer.get(QUEUE, {"after": page.context["following"]})
    assert seen == list("abcde")


@pytest.mark.usefixtures("cases")
@pytest.mark.parametrize(
    "after", ["x", "2026-13-01~1", "2026-11-22T04:00:00", "2026-11-22T04:00:00+0000~x", "~", "2026-11-22T04:00:00~1"]
)
def test_a_place_that_is_none_begins_at_the_oldest(as_reviewer: Client, after: str) -> None:
    assert len(shown(as_reviewer, after=after)) == 3


@pytest.mark.usefixtures("cases")
def test_the_queue_and_a_search_in_it_ask_less_than_twelve_times(
    as_reviewer: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    as_reviewer.get(QUEUE)  # which notes, once a minute, that somebody is there
    with django_assert_max_num_queries(11):
        as_reviewer.get(QUEUE)
    with django_assert_max_num_queries(11):
        as_reviewer.get(QUEUE, {"q": "小明"})


def test_many_are_listed_first_and_then_approved(as_reviewer: Client, cases: list[ReviewCase]) -> None:
    ids = [str(case.pk) for case in cases]
    decide(as_reviewer, cases[2], "reject", reason="No.")
    page = as_reviewer.post(BULK, {"action": "approve", "chosen": ids})
    assertContains(page, "The mailbox hmwang@mx.nthu.edu.tw is opened.")
    assertContains(page, "it is decided already (Rejected)")
    assertContains(page, "Chosen: 3. Something would happen to 2 of them.")
    assert not Job.objects.exists()
    listed = {"action": "approve", "ids": page.context["ids"], "confirmed": "1"}
    done = as_reviewer.post(BULK, listed, follow=True)
    assertContains(done, "Done: 2. Left as they are: 1.")
    assertContains(done, f"Left: {cases[2].reference}. Nothing: it is decided already (Rejected).")
    assert Job.objects.count() == 2
    assertContains(done, "Nobody waits here")


def test_many_are_rejected_each_in_their_language(as_reviewer: Client, cases: list[ReviewCase], wang: Person) -> None:
    Person.objects.filter(pk=wang.pk).update(language="zh-hant")
    page = as_reviewer.post(BULK, {"action": "reject", "chosen": [case.pk for case in cases]})
    data = {"action": "reject", "ids": page.context["ids"], "confirmed": "1"}
    empty = as_reviewer.post(BULK, data | {"reason_zh": "不行", "reason_en": ""})
    assertContains(empty, "Write a reason", status_code=422)
    assert not ReviewCase.objects.filter(state="rejected").exists()
    as_reviewer.post(BULK, data | {"reason_zh": "不行", "reason_en": "No."})
    assert ReviewCase.objects.filter(state="rejected").count() == 3
    assert sorted(letter.context["reason"] for letter in Letter.objects.all()) == ["No.", "No.", "不行"]


@pytest.mark.usefixtures("cases")
def test_all_that_the_filters_show_can_be_chosen_at_once(as_reviewer: Client) -> None:
    page = as_reviewer.post(f"{BULK}?q=0001", {"action": "approve", "all": "1"})
    # Oldest first, but those before them to which there is something to say: mx is not for students.
    assert [plan.case.mailbox.local_part for plan in page.context["plans"]] == ["chchang", "sflin"]


@pytest.mark.usefixtures("cases")
def test_more_than_go_at_once_are_done_in_turns(as_reviewer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MOST", 2)
    page = as_reviewer.post(f"{BULK}?state=all", {"action": "approve", "all": "1"})
    assertContains(page, "The filters show more than that: at most 2 go at once")
    again = as_reviewer.post(
        f"{BULK}?state=all", {"action": "approve", "ids": page.context["ids"], "confirmed": "1"}, follow=True
    )
    assertContains(again, "Done: 2. Left as they are: 0.")
    assert [str(row.mailbox) for row, _age in again.context["rows"]] == ["hmwang@mx.nthu.edu.tw"]
    assert again.request["QUERY_STRING"] == "state=all"
    assertNotContains(as_reviewer.post(BULK, {"action": "approve", "all": "1"}), "The filters show more")


def test_of_many_the_first_are_listed_and_those_to_which_nothing_happens_before_them(
    as_reviewer: Client, cases: list[ReviewCase], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "LISTED", 1)
    decide(as_reviewer, cases[0], "reject", reason="No.")
    page = as_reviewer.post(BULK, {"action": "approve", "chosen": [str(case.pk) for case in cases]})
    listed, _summary, unfolds = page.content.decode().partition("Show the other 2")
    assert cases[0].reference in listed
    for case in cases[1:]:
        assert case.reference in unfolds


def test_ten_thousand_at_once_are_refused_with_a_sentence(as_reviewer: Client, cases: list[ReviewCase]) -> None:
    data = {"action": "approve", "ids": " ".join(str(number) for number in range(10_000)), "confirmed": "1"}
    assertContains(as_reviewer.post(BULK, data, follow=True), "You have chosen 10000 applications, and at most 500")
    assert not Job.objects.exists()
    as_fields = as_reviewer.post(BULK, {"action": "approve", "chosen": [str(number) for number in range(10_000)]})
    assert as_fields.status_code == 400
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "data", [{"action": "approve"}, {"action": "approve", "chosen": "x"}, {"action": "delete", "all": "1"}]
)
def test_nothing_ticked_changes_nothing(as_reviewer: Client, cases: list[ReviewCase], data: dict[str, str]) -> None:
    assertContains(as_reviewer.post(BULK, data, follow=True), "Tick at least one application first")
    assert ReviewCase.objects.filter(state="review").count() == 3


def test_whoever_may_only_look_decides_about_none(
    make_reviewer: MakeReviewer, sign_in: SignIn, cases: list[ReviewCase]
) -> None:
    client = sign_in(make_reviewer(rights=("view",)))
    assertNotContains(client.get(QUEUE), "Approve …")
    assert client.post(BULK, {"action": "approve", "ids": str(cases[0].pk), "confirmed": "1"}).status_code == 403
    assert client.post(case_page(cases[0]), {"decision": "approve"}).status_code == 403
    assert ReviewCase.objects.filter(state="review").count() == 3


@pytest.mark.usefixtures("cases")
def test_the_queue_is_exported_as_it_is_filtered(as_reviewer: Client) -> None:
    answer = as_reviewer.post(f"{QUEUE}export/?q=小明", {"format": "csv"})
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 2
    assert "hmwang@mx.nthu.edu.tw" in lines[1]
    assert "ARGON2ID" not in lines[1]
