"""What is known of an agreement's calendar, day by day, in both times."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.collab_model.calendars.facts import (
    Binding,
    CalendarFacts,
    CalendarVersion,
    DayOverride,
    SignedHours,
    calendar_alone,
    first_day_without,
)
from services.collab_model.calendars.rules import CalendarRules, Override, WallHours

FIRST = date(2025, 3, 1)
KNOWN = datetime(2025, 3, 1, tzinfo=UTC)
DAYS = [FIRST + timedelta(days=number) for number in range(20)]
RULES = CalendarRules(ZoneInfo("Europe/Stockholm"), ((WallHours(0, 86_400),),) * 7)

days = st.sampled_from(DAYS)
# Facts are recorded in the order of their numbers, some at the same instant.
instants = st.integers(0, 5).map(lambda number: KNOWN + timedelta(hours=number))
lasts = st.none() | days


@st.composite
def facts(draw: st.DrawFn) -> CalendarFacts:
    def recorded(most: int, least: int = 0) -> list[datetime]:
        return sorted(draw(st.lists(instants, min_size=least, max_size=most)))

    def stretch() -> tuple[date, date | None]:
        first, last = draw(days), draw(lasts)
        return (first, last) if last is None or first <= last else (last, first)

    signed = [
        SignedHours(number, draw(days) if number > 1 else None, at, lambda _: RULES)
        for number, at in enumerate(recorded(3, 1), start=1)
    ]
    versions = {
        key: [
            CalendarVersion(number, *stretch(), at, RULES)
            for number, at in enumerate(recorded(4), start=1)
        ]
        for key in ("a", "b")
    }
    bindings = [
        Binding(number, *stretch(), at, draw(st.sampled_from(("a", "b", None))))
        for number, at in enumerate(recorded(4), start=1)
    ]
    overrides = [
        DayOverride(number, day, at, None if draw(st.booleans()) else Override(day, (), "why"))
        for number, at in enumerate(recorded(4), start=1)
        for day in [draw(days)]
    ]
    return CalendarFacts(signed, bindings, versions, overrides)


Told = tuple[str, int, bool]


def slowly(facts: CalendarFacts, known_at: datetime, day: date) -> Told:
    """Which calendar and version hold on a day, and whether it is overridden."""
    overridden = False
    for each in facts.overrides:
        if each.recorded_at <= known_at and each.day == day:
            overridden = each.override is not None
    signed = facts.signed[0].number
    for version in facts.signed:
        if version.recorded_at <= known_at and (version.holds_from or date.min) <= day:
            signed = version.number
    bound: str | None = None
    for binding in facts.bindings:
        if binding.recorded_at <= known_at and _covers(binding, day):
            bound = binding.calendar
    number: int | None = None
    for of_calendar in facts.versions[bound] if bound else ():
        if of_calendar.recorded_at <= known_at and _covers(of_calendar, day):
            number = of_calendar.number
    if bound is None or number is None:
        return "signed", signed, overridden
    return bound, number, overridden


def _covers(fact: Binding | CalendarVersion, day: date) -> bool:
    return fact.holds_from <= day <= (fact.holds_until or date.max)


def told(facts: CalendarFacts, day: date) -> Told:
    service_time = facts.service_time()
    segment = service_time.segment_on(day)
    return segment.calendar, segment.version, not service_time.plan(day).is_open


@settings(max_examples=200, deadline=None)
@given(facts=facts(), known_at=instants)
def test_on_each_day_what_was_recorded_last_counts_as_known_then(
    facts: CalendarFacts, known_at: datetime
) -> None:
    known = facts.known_at(known_at)
    for day in [FIRST - timedelta(days=1), *DAYS, FIRST + timedelta(days=30)]:
        assert told(known, day) == slowly(facts, known_at, day)


def version(number: int, first: date, last: date | None = None, hour: int = 0) -> CalendarVersion:
    return CalendarVersion(number, first, last, KNOWN + timedelta(hours=hour), RULES)


def on(day: int) -> date:
    return date(2025, 3, day)


def test_a_calendar_edit_never_rewrites_what_was_known() -> None:
    signed = [SignedHours(1, None, KNOWN, lambda _: RULES)]
    bound = [Binding(1, on(1), None, KNOWN, "office")]
    before = CalendarFacts(signed, bound, {"office": [version(1, on(1))]})
    after = CalendarFacts(
        signed,
        bound,
        {"office": [version(1, on(1)), version(2, on(3), hour=5)]},
        [DayOverride(1, on(2), KNOWN + timedelta(hours=5), Override(on(2), (), "closed"))],
    )
    then = KNOWN + timedelta(hours=4)
    assert [told(after.known_at(then), day) for day in DAYS] == [told(before, day) for day in DAYS]
    assert told(after, on(2)) == ("office", 1, True)
    assert told(after, on(3)) == ("office", 2, False)


def test_a_stretch_of_other_hours_ends_and_what_held_before_goes_on() -> None:
    summer = calendar_alone("office", [version(1, on(1)), version(2, on(5), on(9))])
    assert [summer.segment_on(on(day)).version for day in (4, 5, 9, 10)] == [1, 2, 2, 1]


@pytest.mark.parametrize(
    ("versions", "silent"),
    [
        ([version(1, on(1))], None),
        ([version(1, on(4))], on(3)),
        ([version(1, on(1), on(5))], on(6)),
        ([version(1, on(1), on(5)), version(2, on(6))], None),
    ],
)
def test_days_of_which_a_calendar_says_nothing_are_found(
    versions: Sequence[CalendarVersion], silent: date | None
) -> None:
    assert first_day_without(versions, on(3), on(9)) == silent


def test_a_matter_may_be_held_to_the_hours_of_the_version_it_was_raised_under() -> None:
    facts = CalendarFacts(
        [
            SignedHours(1, None, KNOWN, lambda _: RULES),
            SignedHours(2, on(5), KNOWN, lambda _: RULES),
        ],
        [Binding(1, on(9), None, KNOWN, "office")],
        {"office": [version(1, on(1))]},
    )
    assert [told(facts, on(day))[:2] for day in (4, 5, 9)] == [
        ("signed", 1),
        ("signed", 2),
        ("office", 1),
    ]
    assert [told(facts.under(1), on(day))[:2] for day in (4, 5, 9)] == [
        ("signed", 1),
        ("signed", 1),
        ("office", 1),
    ]
