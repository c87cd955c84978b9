"""Swedish working, half and closed days."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from pydantic import ValidationError

from services.collab_model.calendars.domain import DayKind
from services.collab_model.calendars.swedish_days import (
    EveRule,
    day_kind,
    eve_rules,
    service_calendar,
    special_days,
)
from services.contracts.values import ServiceHours

STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 1, 1), DayKind.CLOSED),  # New Year's Day
        (date(2026, 1, 5), DayKind.HALF_DAY),  # Twelfth Night
        (date(2026, 1, 6), DayKind.CLOSED),  # Epiphany
        (date(2026, 4, 2), DayKind.HALF_DAY),  # Maundy Thursday
        (date(2026, 4, 3), DayKind.CLOSED),  # Good Friday
        (date(2026, 4, 6), DayKind.CLOSED),  # Easter Monday
        (date(2026, 4, 30), DayKind.HALF_DAY),  # Walpurgis Night
        (date(2026, 5, 1), DayKind.CLOSED),  # May Day
        (date(2026, 5, 13), DayKind.WORKING),  # the eve of Ascension Day is not shortened
        (date(2026, 5, 14), DayKind.CLOSED),  # Ascension Day
        (date(2026, 5, 15), DayKind.WORKING),  # a squeeze day
        (date(2025, 6, 6), DayKind.CLOSED),  # National Day, a Friday
        (date(2026, 6, 19), DayKind.CLOSED),  # Midsummer Eve
        (date(2026, 10, 30), DayKind.HALF_DAY),  # the day before All Saints' Day
        (date(2026, 12, 23), DayKind.WORKING),  # a Wednesday
        (date(2022, 12, 23), DayKind.HALF_DAY),  # a Friday
        (date(2026, 12, 24), DayKind.CLOSED),  # Christmas Eve
        (date(2026, 12, 31), DayKind.CLOSED),  # New Year's Eve
        (date(2026, 3, 7), DayKind.CLOSED),  # a Saturday
        (date(2026, 3, 8), DayKind.CLOSED),  # a Sunday
        (date(2026, 3, 9), DayKind.WORKING),  # a Monday
        (date(2027, 5, 1), DayKind.CLOSED),  # a holiday on a Saturday
    ],
)
def test_days(day: date, kind: DayKind) -> None:
    assert day_kind(day) is kind


def test_every_rule_finds_its_day_in_every_year() -> None:
    yearly = len(eve_rules()) - 1  # the day before Christmas Eve counts on Fridays only
    for year in range(2005, 2101):
        # Ascension Day can fall on May Day, Pentecost on National Day.
        assert len(special_days(year)) in (13 + yearly - 1, 13 + yearly, 13 + yearly + 1)


def test_two_holidays_on_one_day_keep_their_eve() -> None:
    assert day_kind(date(2008, 5, 1)) is DayKind.CLOSED  # Ascension Day and May Day
    assert day_kind(date(2008, 4, 30)) is DayKind.HALF_DAY


def test_a_rule_for_an_unknown_holiday_is_an_error() -> None:
    rule = EveRule(name="x", name_sv="x", kind=DayKind.CLOSED, day_before="No Such Day")
    with pytest.raises(ValueError, match="No Such Day"):
        rule.day_in(2026, {})


@pytest.mark.parametrize("found_by", [{}, {"month_day": "12-24", "day_before": "Epiphany"}])
def test_a_rule_finds_its_day_in_one_way(found_by: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="one of them"):
        EveRule.model_validate({"name": "x", "name_sv": "x", "kind": "closed", **found_by})


def test_signed_hours_are_laid_over_swedish_days() -> None:
    calendar = service_calendar(ServiceHours())
    # Twelfth Night 08:00-12:00, Epiphany closed: eight hours from Monday noon on Friday's
    # ordinary hours end on Wednesday.
    start = datetime(2026, 1, 5, 11, 0, tzinfo=STOCKHOLM)
    end = datetime(2026, 1, 7, 15, 0, tzinfo=STOCKHOLM)
    assert calendar.add_service_minutes(start, 8 * 60) == end


def test_hours_in_an_unknown_zone_are_refused() -> None:
    with pytest.raises(ZoneInfoNotFoundError, match="Atlantis"):
        service_calendar(ServiceHours(zone="Europe/Atlantis"))
