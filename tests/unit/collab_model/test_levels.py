"""How levels come out in a month."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.collab_model.levels.domain import (
    Level,
    Month,
    Tally,
    all_met,
    outcome_of,
    plain,
)
from services.contracts.values import MeasureKind

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def level(kind: MeasureKind, required: str = "95") -> Level:
    return Level("id", "key", kind, {}, Decimal(required))


@pytest.mark.parametrize(
    ("good", "total", "required", "shown", "met"),
    [
        (19, 20, "95", "95.00", True),
        (189, 199, "95", "94.97", False),
        (2, 3, "66.67", "66.66", False),
        (99999, 100000, "100", "99.99", False),
        (20, 20, "100", "100.00", True),
        (0, 1, "0.01", "0.00", False),
    ],
)
def test_a_level_is_met_on_its_exact_share(
    good: int, total: int, required: str, shown: str, met: bool
) -> None:
    outcome = outcome_of(level(MeasureKind.QUALITY_SHARE, required), Tally(good, total))
    assert outcome.outcome_percent == Decimal(shown)
    assert (outcome.measured, outcome.met) == (total, met)


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.decimals("0.01", "100", places=2))
def test_what_is_shown_never_exceeds_the_exact_share(
    part: int, total: int, required: Decimal
) -> None:
    good = min(part, total)
    outcome = outcome_of(level(MeasureKind.QUALITY_SHARE, str(required)), Tally(good, total))
    exact = Fraction(100 * good, total)
    assert outcome.outcome_percent is not None
    assert 0 <= exact - Fraction(outcome.outcome_percent) < Fraction(1, 100)
    assert outcome.met == (good * 100 >= Fraction(required) * total)


@pytest.mark.parametrize("kind", [MeasureKind.RESPONSE_TIME, MeasureKind.RESOLUTION_TIME])
def test_a_month_without_matters_failed_no_one(kind: MeasureKind) -> None:
    outcome = outcome_of(level(kind), Tally())
    assert (outcome.outcome_percent, outcome.measured, outcome.met) == (None, 0, True)


def test_a_promise_that_is_not_measured_is_not_kept() -> None:
    outcome = outcome_of(level(MeasureKind.QUALITY_SHARE), Tally())
    assert (outcome.outcome_percent, outcome.measured, outcome.met) == (None, 0, False)


@pytest.mark.parametrize(
    ("stored", "shown"), [("90.000000", "90"), ("99.500000", "99.5"), ("0.000000", "0")]
)
def test_percentages_are_shown_without_padding(stored: str, shown: str) -> None:
    assert str(plain(Decimal(stored))) == shown


def test_a_service_meets_its_period_when_every_level_does() -> None:
    good = outcome_of(level(MeasureKind.RESPONSE_TIME), Tally(1, 1))
    bad = outcome_of(level(MeasureKind.RESPONSE_TIME), Tally(0, 1))
    assert all_met([good, good])
    assert not all_met([good, bad])


@pytest.mark.parametrize(("good", "total"), [(2, 1), (-1, 1)])
def test_a_tally_is_a_share(good: int, total: int) -> None:
    with pytest.raises(ValueError, match="not a share"):
        Tally(good, total)


@pytest.mark.parametrize(
    ("month", "start", "end", "closes"),
    [
        (
            "2025-03",  # a month with a clock change
            datetime(2025, 2, 28, 23, tzinfo=UTC),
            datetime(2025, 3, 31, 22, tzinfo=UTC),
            datetime(2025, 4, 1, 0, tzinfo=UTC),
        ),
        (
            "2025-12",
            datetime(2025, 11, 30, 23, tzinfo=UTC),
            datetime(2025, 12, 31, 23, tzinfo=UTC),
            datetime(2026, 1, 1, 1, tzinfo=UTC),
        ),
    ],
)
def test_months_are_reckoned_in_stockholm(
    month: str, start: datetime, end: datetime, closes: datetime
) -> None:
    parsed = Month.parse(month)
    assert str(parsed) == month
    assert parsed.starts_at(STOCKHOLM) == start
    assert parsed.ends_at(STOCKHOLM) == end
    assert parsed.closes_at(STOCKHOLM) == closes


def test_months_follow_each_other() -> None:
    assert Month(2025, 12).next == Month(2026, 1)
    assert Month(2025, 1).next == Month(2025, 2)
    assert Month.of(date(2025, 3, 31)) == Month(2025, 3)


@pytest.mark.parametrize("text", ["2025-13", "2025", "march"])
def test_what_is_not_a_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"Invalid|month must be"):
        Month.parse(text)


def test_a_month_has_its_last_day() -> None:
    assert Month(2024, 2).last_day == date(2024, 2, 29)
    assert Month(2025, 12).last_day == date(2025, 12, 31)
