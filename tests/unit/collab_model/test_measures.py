from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.collab_model.calendars.domain import Interval
from services.collab_model.levels.domain import Level, Month, Tally, outcome_of
from services.collab_model.levels.measures import (
    Stop,
    availability,
    due_day,
    points,
)
from services.contracts.credits import Measured, band_of, calculate
from services.contracts.values import (
    CreditBand,
    CreditTerms,
    Delivery,
    DeliveryDay,
    MeasureKind,
    PlannedStops,
)

START = datetime(2026, 3, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAYS = 3
A_DAY = 24 * 60


class Weekdays:
    """Open 08:00-12:00 and 13:00-16:00 UTC on weekdays."""

    def __init__(self, closed: frozenset[date] = frozenset()) -> None:
        self.closed = closed

    def is_open(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.closed

    def open_intervals(self, start: datetime, end: datetime) -> Iterator[Interval]:
        day = start.date()
        while day <= end.date():
            if self.is_open(day):
                for opens, closes in ((8, 12), (13, 16)):
                    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
                    first = max(midnight + timedelta(hours=opens), start)
                    last = min(midnight + timedelta(hours=closes), end)
                    if first < last:
                        yield Interval(first, last)
            day += timedelta(days=1)

    def working_day_from(self, day: date) -> date:
        while not self.is_open(day):
            day += timedelta(days=1)
        return day


minutes = st.integers(-200, DAYS * A_DAY + 200)
stops = st.lists(st.tuples(minutes, st.none() | st.integers(1, 3000), st.booleans()), max_size=5)


def minute_by_minute(
    found: list[Stop], planned: PlannedStops | None
) -> tuple[int, int, int, dict[str, int]]:
    """Agreed, planned and lost minutes, and the counted ones of each stop, the slow way."""
    agreed = plan = lost = 0
    counted = dict.fromkeys((stop.id for stop in found), 0)
    ordered = sorted(found, key=lambda stop: (stop.start, stop.id))
    open_minutes = [
        at
        for at in (START + n * MINUTE for n in range(DAYS * A_DAY))
        if at.weekday() < 5 and (8 <= at.hour < 12 or 13 <= at.hour < 16)
    ]
    left_out: set[datetime] = set()
    allowance = planned.minutes_a_month if planned else 0
    for stop in ordered:
        for at in open_minutes:
            covered = stop.start <= at and (stop.end is None or at < stop.end)
            if stop.planned and planned and covered and at not in left_out and allowance:
                left_out.add(at)
                allowance -= 1
    for at in open_minutes:
        agreed += 1
        if at in left_out:
            plan += 1
            continue
        down = [s for s in ordered if s.start <= at and (s.end is None or at < s.end)]
        if down:
            lost += 1
            counted[down[0].id] += 1
    return agreed, plan, lost, counted


@settings(max_examples=150, deadline=None)
@given(stops, st.none() | st.integers(0, 400))
def test_availability_is_what_counting_minutes_gives(
    given_stops: list[tuple[int, int | None, bool]], allowance: int | None
) -> None:
    found = [
        Stop(
            id=str(number),
            start=START + begins * MINUTE,
            end=None if length is None else START + (begins + length) * MINUTE,
            planned=planned,
            announced_at=START - timedelta(days=30),
        )
        for number, (begins, length, planned) in enumerate(given_stops)
    ]
    rule = (
        None
        if allowance is None
        else PlannedStops(notice_working_days=0, minutes_a_month=allowance)
    )
    result = availability(
        Weekdays(),
        [Interval(START, START + timedelta(days=DAYS))],
        found,
        rule,
        lambda at: at.date(),
    )
    agreed, plan, lost, counted = minute_by_minute(found, rule)
    assert (result.agreed, result.planned, result.lost) == (
        agreed * MINUTE,
        plan * MINUTE,
        lost * MINUTE,
    )
    assert {each.stop.id: each.counted // MINUTE for each in result.stops} == counted
    assert result.tally == Tally((agreed - plan - lost) * 60, (agreed - plan) * 60)


@pytest.mark.parametrize(
    ("announced", "is_left_out"),
    [(date(2026, 3, 5), True), (date(2026, 3, 6), False), (date(2026, 3, 8), False)],
)
def test_a_planned_stop_needs_its_notice_in_working_days(
    announced: date, is_left_out: bool
) -> None:
    """Two working days between: told on Thursday for Tuesday is in time, on Friday it is not."""
    start = datetime(2026, 3, 10, 9, tzinfo=UTC)
    told = datetime(announced.year, announced.month, announced.day, 15, tzinfo=UTC)
    stop = Stop("a", start, start + timedelta(hours=1), planned=True, announced_at=told)
    result = availability(
        Weekdays(),
        [Interval(START, START + timedelta(days=20))],
        [stop],
        PlannedStops(notice_working_days=2, minutes_a_month=600),
        lambda at: at.date(),
    )
    assert bool(result.planned) == is_left_out
    assert bool(result.lost) != is_left_out


@pytest.mark.parametrize(
    ("rule", "month", "due"),
    [
        ({"working_day": 5}, (2026, 3), date(2026, 3, 6)),
        ({"working_day": -1}, (2026, 5), date(2026, 5, 29)),
        ({"working_day": -2}, (2026, 5), date(2026, 5, 28)),
        ({"working_day": 23}, (2026, 2), date(2026, 2, 27)),
        ({"day_of_month": 25}, (2026, 4), date(2026, 4, 24)),
        ({"day_of_month": 31}, (2026, 2), date(2026, 2, 27)),
        ({"day_of_month": 1}, (2026, 8), date(2026, 8, 3)),
    ],
)
def test_what_is_due_is_due_on_a_working_day(
    rule: dict[str, int], month: tuple[int, int], due: date
) -> None:
    assert due_day(DeliveryDay.model_validate(rule), Month(*month), Weekdays()) == due


def test_a_month_that_is_shut_has_nothing_due() -> None:
    days = frozenset(date(2026, 2, day) for day in range(1, 29))
    for rule in (DeliveryDay(working_day=1), DeliveryDay(day_of_month=25)):
        assert due_day(rule, Month(2026, 2), Weekdays(days)) is None


@given(st.lists(st.integers(0, 50), min_size=10, max_size=10))
def test_the_index_of_a_survey_goes_from_nought_to_a_hundred(grades: list[int]) -> None:
    answers = [grade for grade, count in enumerate(grades, start=1) for _ in range(count)]
    share = points(grades).share
    if not answers:
        assert share is None
    else:
        assert share == Fraction(sum(answer - 1 for answer in answers) * 100, 9 * len(answers))


def level(kind: MeasureKind, *deliveries: Delivery) -> Level:
    return Level("id", "key", kind, {}, Decimal(95), deliveries)


def test_what_is_not_measured_is_kept_only_where_nobody_was_failed() -> None:
    pay = Delivery(key="pay", name="Pay", name_sv="Lön", due=DeliveryDay(day_of_month=25))
    assert outcome_of(level(MeasureKind.PUNCTUALITY, pay), Tally()).met
    assert outcome_of(level(MeasureKind.SATISFACTION), Tally()).met
    assert not outcome_of(level(MeasureKind.AVAILABILITY), Tally()).met
    assert not outcome_of(level(MeasureKind.QUALITY_SHARE), Tally()).met
    # It names nothing to be in time with.
    assert not outcome_of(level(MeasureKind.PUNCTUALITY), Tally()).met


percents = st.decimals(0, 100, places=1)
terms = st.builds(
    CreditTerms,
    percent_per_breach=percents,
    monthly_cap_percent=percents,
    bands=st.lists(
        st.builds(CreditBand, missed_by_points=percents, percent=percents), max_size=4
    ).map(tuple),
)
results = st.lists(
    st.builds(
        lambda good, failed, excluded, required: Measured(
            "level", MeasureKind.QUALITY_SHARE, required, good, good + failed, min(excluded, failed)
        ),
        st.integers(0, 50),
        st.integers(0, 50),
        st.integers(0, 50),
        st.decimals(1, 100, places=1),
    ),
    max_size=4,
)


@given(terms, st.integers(0, 30), results)
def test_a_credit_is_the_sum_of_its_steps_and_at_most_the_cap(
    signed: CreditTerms, breaches: int, measured: list[Measured]
) -> None:
    found = calculate(signed, breaches, measured)
    expected = signed.percent_per_breach * breaches
    for each in measured:
        counted = (each.total or 0) - each.excluded
        share = Fraction(100 * (each.good or 0), counted) if counted else None
        missed = Fraction(each.required_share_percent) - share if share is not None else 0
        reached = [
            (band.missed_by_points, band.percent)
            for band in signed.bands
            if missed > 0 and missed >= Fraction(band.missed_by_points)
        ]
        deepest = max((points_ for points_, _ in reached), default=None)
        # Of bands from the same point the one that stands first in the table counts.
        expected += next((percent for p, percent in reached if p == deepest), Decimal(0))
    assert found.sum_percent == sum((step.percent for step in found.steps), Decimal(0)) == expected
    assert found.percent == min(expected, signed.monthly_cap_percent)


def test_a_band_holds_for_the_measures_it_names() -> None:
    table = CreditTerms(
        percent_per_breach=Decimal(0),
        monthly_cap_percent=Decimal(10),
        bands=(
            CreditBand(
                missed_by_points=Decimal(1),
                percent=Decimal(2),
                measures=(MeasureKind.AVAILABILITY,),
            ),
        ),
    )
    for kind, given_back in ((MeasureKind.AVAILABILITY, True), (MeasureKind.PUNCTUALITY, False)):
        missed = Measured("level", kind, Decimal(99), good=97, total=100)
        assert (band_of(table, missed) is not None) == given_back
    # An older closing tells only its percentage.
    old = Measured("level", MeasureKind.AVAILABILITY, Decimal(99), outcome_percent=Decimal("97.5"))
    assert band_of(table, old) is not None
