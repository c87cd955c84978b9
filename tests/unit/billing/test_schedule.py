from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing import schedule
from services.billing.months import Month


@pytest.mark.parametrize(
    ("month", "due"),
    [
        (Month(2025, 12), datetime(2026, 1, 1, 5, tzinfo=UTC)),  # winter: UTC + 1
        (Month(2026, 6), datetime(2026, 7, 1, 4, tzinfo=UTC)),  # summer: UTC + 2
    ],
)
def test_a_month_is_invoiced_at_six_the_morning_after(month: Month, due: datetime) -> None:
    assert schedule.invoice_due_at(month) == due


def test_a_true_up_runs_in_the_evening_before_the_months_invoice() -> None:
    evening = schedule.true_up_due_at(date(2026, 4, 30))
    assert evening == datetime(2026, 4, 30, 16, tzinfo=UTC)
    assert evening < schedule.invoice_due_at(Month(2026, 4))


@given(st.dates(date(2024, 1, 1), date(2028, 12, 31)))
def test_the_next_true_up_day_is_the_nearest_agreed_one(not_before: date) -> None:
    day = not_before
    while (day.month, day.day) not in {(4, 30), (10, 31)}:
        day += timedelta(days=1)
    assert schedule.next_true_up_day(["10-31", "04-30"], not_before) == day


def test_a_day_the_month_lacks_is_its_last() -> None:
    assert schedule.next_true_up_day(["02-29"], date(2026, 1, 1)) == date(2026, 2, 28)
    assert schedule.next_true_up_day(["02-29"], date(2028, 1, 1)) == date(2028, 2, 29)


def test_no_agreed_day_means_no_true_up() -> None:
    assert schedule.next_true_up_day([], date(2026, 1, 1)) is None


@pytest.mark.parametrize("text", ["13-01", "00-10", "04-00", "04-32"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a month and day"):
        schedule.next_true_up_day([text], date(2026, 1, 1))


def test_the_day_is_stockholms() -> None:
    assert schedule.stockholm_day(datetime(2026, 6, 30, 22, 30, tzinfo=UTC)) == date(2026, 7, 1)
