"""Phase 5's rule: whole months met in a row since the present go-live."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.onboarding.stabilisation.domain import (
    ClosedPeriod,
    LevelOutcome,
    Matter,
    earliest_stable_on,
    in_force,
    met_in_a_row,
    stability,
    what_holds,
    what_matter_holds,
)
from tests.unit.onboarding.cases import AT

MONTHS = [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 13)]
LONG_AGO = date(2020, 1, 1)


def period(month: str, *, met: bool = True, whole: bool = True, revision: int = 1) -> ClosedPeriod:
    return ClosedPeriod("payroll", month, whole, met, (), revision)


outcomes = st.dictionaries(
    st.sampled_from(MONTHS), st.sampled_from(["met", "missed", "part"]), max_size=24
)
days = st.dates(date(2023, 12, 15), date(2025, 12, 31))


def whole_from(month: str, live_on: date) -> bool:
    """Whether the service was live all of a month, by the calendar."""
    return date.fromisoformat(f"{month}-01") >= live_on


@given(outcomes, st.randoms(), days)
def test_the_row_is_read_off_the_calendar(
    outcome: dict[str, str], order: random.Random, live_on: date
) -> None:
    periods = [
        period(month, met=what != "missed", whole=what != "part") for month, what in outcome.items()
    ]
    order.shuffle(periods)
    known = {m: what for m, what in outcome.items() if what != "part" and whole_from(m, live_on)}
    row = 0
    for month in MONTHS:
        if known.get(month) == "met":
            row += 1
        elif month in known or any(later > month for later in known):
            row = 0
    assert met_in_a_row(periods, "payroll", live_on) == row
    assert met_in_a_row(periods, "payroll", None) == 0


@given(outcomes, days, st.integers(1, 4))
def test_the_earliest_day_is_found_by_meeting_every_open_month(
    outcome: dict[str, str], live_on: date, required: int
) -> None:
    outcome = {month: what for month, what in outcome.items() if what != "part"}
    periods = [period(month, met=what == "met") for month, what in outcome.items()]
    earliest = earliest_stable_on(periods, "payroll", live_on, required)
    assert earliest is not None
    # Closing month after month as met, the row is long enough first when that day comes.
    calendar = [f"{year}-{month:02d}" for year in range(2023, 2028) for month in range(1, 13)]
    last_missed = max(
        (m for m, what in outcome.items() if what == "missed" and whole_from(m, live_on)),
        default="",
    )
    usable = [m for m in calendar if whole_from(m, live_on) and m > last_missed]
    after = calendar[calendar.index(usable[required - 1]) + 1]
    assert earliest == date.fromisoformat(f"{after}-01")


@pytest.mark.parametrize(
    ("live_on", "row"),
    [
        (date(2025, 1, 1), 2),
        (date(2025, 1, 2), 1),
        (date(2025, 2, 1), 1),
        (date(2025, 2, 2), 0),
    ],
)
def test_go_live_on_the_first_makes_a_whole_month(live_on: date, row: int) -> None:
    assert met_in_a_row([period("2025-01"), period("2025-02")], "payroll", live_on) == row


def test_a_correction_takes_the_place_of_what_was_closed_in_any_order() -> None:
    closed, corrected = period("2025-01"), period("2025-01", met=False, revision=2)
    for order in ([closed, corrected], [corrected, closed]):
        assert in_force(order) == (corrected,)
        assert met_in_a_row(order, "payroll", LONG_AGO) == 0


def test_each_service_has_its_own_row() -> None:
    assert met_in_a_row([period("2025-01")], "e-commerce", LONG_AGO) == 0


def test_what_holds_a_case_is_said_exactly() -> None:
    missed = ClosedPeriod(
        "payroll",
        "2025-02",
        whole_month=True,
        met=False,
        results=(
            LevelOutcome("payslips-right", Decimal(99), Decimal("97.80"), 1_000, met=False),
            LevelOutcome("answered", Decimal(95), None, 0, met=False),
            LevelOutcome("resolved", Decimal(90), Decimal(100), 3, met=True),
        ),
    )
    live = {"payroll": date(2025, 1, 1), "e-commerce": None}
    matter = Matter("m", "payroll", "critical", AT, None, "incident")
    done = Matter("n", "payroll", "critical", AT, AT)
    found = stability(live, [period("2025-01"), missed, period("2025-03")], [matter, done], 3)
    assert what_holds(found.services[0]) == (
        "The service payroll has met its levels in 1 whole months in a row of the 3 agreed; in"
        " 2025-02 it missed payslips-right (97.80 % of the required 99 %), answered (not"
        " measured); it can be stable on 2025-06-01 at the earliest"
    )
    assert what_holds(found.services[1]) == "The service e-commerce is not live"
    assert (found.matters, found.earliest_on) == ((matter,), None)
    assert what_matter_holds(matter) == (
        "m (incident in payroll, open since 2025-01-07, the service centre's turn)"
    )


def test_a_matter_is_open_between_its_ends() -> None:
    assert Matter("m", "payroll", "critical", AT, None).is_open
    assert not Matter("m", "payroll", "critical", AT, AT).is_open
    assert not Matter("m", "payroll", "critical", None, AT).is_open
