from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.months import Month, last_month_ended_by
from tests.unit.billing.strategies import months


@given(months)
def test_a_month_reads_as_it_is_written(month: Month) -> None:
    assert Month.parse(str(month)) == month
    assert str(month) == month.first_day.isoformat()[:7]


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "26-01", "2026-1", "2026-01-01", ""])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a month"):
        Month.parse(text)


@given(months, st.integers(-60, 60))
def test_adding_months_counts_them(month: Month, number: int) -> None:
    other = month.plus(number)
    assert (other.year - month.year) * 12 + other.month - month.month == number


@given(months)
def test_the_day_after_a_month_begins_the_next(month: Month) -> None:
    assert month.last_day + timedelta(days=1) == month.next.first_day


def test_months_up_to_an_earlier_one_are_none() -> None:
    assert list(Month(2026, 3).up_to(Month(2026, 2))) == []
    assert list(Month(2025, 12).up_to(Month(2026, 1))) == [Month(2025, 12), Month(2026, 1)]


@pytest.mark.parametrize(
    ("day", "ended"),
    [
        (date(2026, 4, 30), Month(2026, 4)),
        (date(2026, 4, 29), Month(2026, 3)),
        (date(2026, 1, 1), Month(2025, 12)),
        (date(2028, 2, 28), Month(2028, 1)),
    ],
)
def test_a_month_has_ended_on_its_last_day(day: date, ended: Month) -> None:
    assert last_month_ended_by(day) == ended
