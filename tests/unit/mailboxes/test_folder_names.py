"""Names of folders and reasons come from people and their programs: nothing in them may turn a page's words around."""

from datetime import date

import pytest

from mailboxes.owning.boxes.folders import TURNING, shown_name
from mailboxes.owning.delegation_form import OfferForm


@pytest.mark.parametrize("sign", sorted(TURNING), ids=ascii)
def test_what_turns_signs_around_is_shown_as_a_mark_and_refused_in_a_reason(sign: str) -> None:
    assert shown_name(f"tneS{sign}Sent") == "tneS\ufffdSent"
    form = OfferForm({"reason": f"away {sign}today"}, folders=["INBOX"], today=date(2026, 11, 22))
    assert [error.code for error in form.errors.as_data()["reason"]] == ["bidi"]


def test_an_honest_name_and_reason_stay() -> None:
    assert shown_name("行政 2026") == "行政 2026"
    form = OfferForm({"reason": " 請假\n一週 "}, folders=["INBOX"], today=date(2026, 11, 22))
    assert "reason" not in form.errors
    assert form.cleaned_data["reason"] == "請假 一週"
