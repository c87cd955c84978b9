"""Public holidays and customary eves: Swedish days, other countries, and what versions keep."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from pydantic import ValidationError

from services.collab_model.calendars import content, holiday_facts
from services.collab_model.calendars.content import CalendarContent, KeptHolidays, KeptHours
from services.collab_model.calendars.domain import ServiceTime
from services.collab_model.calendars.eves import EveRule, eves_of
from services.collab_model.calendars.holiday_facts import (
    SWEDISH_STATE,
    EvesVersion,
    countries,
    customary_eves,
    public_holidays,
    signed_rules,
    swedish_special_days,
)
from services.collab_model.calendars.rules import EveKind, Holiday
from services.contracts.values import ServiceHours

STOCKHOLM = ZoneInfo("Europe/Stockholm")
SIGNED = ServiceTime.of(signed_rules(ServiceHours()))
EVES = customary_eves()[SWEDISH_STATE]
WORKING, HALF_DAY, CLOSED = 8.5, 4, 0


def open_hours(day: date) -> float:
    start, end = SIGNED.first_instant_of(day), SIGNED.first_instant_of(day + timedelta(days=1))
    return SIGNED.service_time_between(start, end) / timedelta(hours=1)


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2026, 1, 1), CLOSED),  # New Year's Day
        (date(2026, 1, 5), HALF_DAY),  # Twelfth Night
        (date(2026, 1, 6), CLOSED),  # Epiphany
        (date(2026, 4, 2), HALF_DAY),  # Maundy Thursday
        (date(2026, 4, 3), CLOSED),  # Good Friday
        (date(2026, 4, 6), CLOSED),  # Easter Monday
        (date(2026, 4, 30), HALF_DAY),  # Walpurgis Night
        (date(2026, 5, 1), CLOSED),  # May Day
        (date(2026, 5, 13), WORKING),  # the eve of Ascension Day is not shortened
        (date(2026, 5, 14), CLOSED),  # Ascension Day
        (date(2026, 5, 15), WORKING),  # a squeeze day
        (date(2025, 6, 6), CLOSED),  # National Day, a Friday
        (date(2026, 6, 19), CLOSED),  # Midsummer Eve
        (date(2026, 10, 30), HALF_DAY),  # the day before All Saints' Day
        (date(2026, 12, 23), WORKING),  # a Wednesday
        (date(2022, 12, 23), HALF_DAY),  # a Friday
        (date(2026, 12, 24), CLOSED),  # Christmas Eve
        (date(2026, 12, 31), CLOSED),  # New Year's Eve
        (date(2026, 3, 7), CLOSED),  # a Saturday
        (date(2026, 3, 8), CLOSED),  # a Sunday
        (date(2026, 3, 9), WORKING),  # a Monday
        (date(2027, 5, 1), CLOSED),  # a holiday on a Saturday
    ],
)
def test_days(day: date, hours: float) -> None:
    assert open_hours(day) == hours


def test_every_rule_finds_its_day_in_every_year() -> None:
    yearly = len(EVES.versions[-1].eves) - 1  # 23 December: on Fridays only
    for year in range(2005, 2101):
        holidays, eves = swedish_special_days(EVES)(year)
        # Ascension Day can fall on May Day, Pentecost on National Day.
        assert len(holidays) in {12, 13}
        assert len(set(eves) - set(holidays)) in {yearly - 1, yearly, yearly + 1}


def test_two_holidays_on_one_day_keep_their_eve() -> None:
    assert open_hours(date(2008, 5, 1)) == CLOSED  # Ascension Day and May Day
    assert open_hours(date(2008, 4, 30)) == HALF_DAY


def test_an_eve_may_lie_in_the_year_before_its_holiday() -> None:
    rule = EveRule(name="x", name_sv="x", kind=EveKind.CLOSED, day_before="New Year's Day")
    holidays = (*public_holidays("SE", None, 2026), *public_holidays("SE", None, 2027))
    assert list(eves_of(2026, [rule], holidays)) == [date(2026, 12, 31)]


def test_a_day_that_a_year_does_not_have_is_left_out() -> None:
    leap = EveRule(name="x", name_sv="x", kind=EveKind.CLOSED, month_day="02-29")
    assert list(eves_of(2024, [leap], [])) == [date(2024, 2, 29)]
    assert list(eves_of(2025, [leap], [])) == []


@pytest.mark.parametrize("found_by", [{}, {"month_day": "12-24", "day_before": "Epiphany"}])
def test_a_rule_finds_its_day_in_one_way(found_by: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="one of them"):
        EveRule.model_validate({"name": "x", "name_sv": "x", "kind": "closed", **found_by})


def test_signed_hours_are_laid_over_swedish_days() -> None:
    # Twelfth Night 08:00-12:00, Epiphany closed: eight hours from Monday at eleven on end on
    # Wednesday.
    start = datetime(2026, 1, 5, 11, 0, tzinfo=STOCKHOLM)
    end = datetime(2026, 1, 7, 15, 0, tzinfo=STOCKHOLM)
    assert SIGNED.add_service_time(start, timedelta(minutes=8 * 60)) == end


def test_hours_in_an_unknown_zone_are_refused() -> None:
    with pytest.raises(ZoneInfoNotFoundError, match="Atlantis"):
        signed_rules(ServiceHours(zone="Europe/Atlantis"))


def test_every_country_has_holidays_that_can_be_named() -> None:
    assert "SE" in countries()
    for country in ("NO", "DK", "FI", "GB", "IN", "US", "JP"):
        found = public_holidays(country, None, 2026)
        assert found
        assert all(each.name and each.name_sv and each.day.year == 2026 for each in found)


def test_a_changed_custom_changes_no_answer_about_before(monkeypatch: pytest.MonkeyPatch) -> None:
    first = EVES.versions[0]
    squeeze = EveRule(name="x", name_sv="x", kind=EveKind.CLOSED, month_day="05-15")
    later = EvesVersion(
        holds_from=date(2026, 1, 1), known_from=date(2026, 5, 20), eves=(*first.eves, squeeze)
    )
    changed = EVES.model_copy(update={"versions": (first, later)})

    def is_off(day: date, known_on: date) -> bool:
        return day in swedish_special_days(changed.known_on(known_on))(day.year)[1]

    assert not is_off(date(2026, 5, 15), date(2026, 5, 19))
    assert is_off(date(2026, 5, 15), date(2026, 5, 20))
    assert not is_off(date(2025, 5, 15), date(2026, 5, 20))
    assert is_off(date(2025, 12, 24), date(2026, 5, 20))
    monkeypatch.setattr(holiday_facts, "customary_eves", lambda: {SWEDISH_STATE: changed})
    assert holiday_facts.customs_became_known(date(2026, 5, 19), date(2026, 5, 20))
    for after, until in ((19, 19), (20, 31)):
        assert not holiday_facts.customs_became_known(date(2026, 5, after), date(2026, 5, until))


def test_no_release_of_the_library_has_changed_a_swedish_holiday() -> None:
    """Signed hours are reckoned on them: a change would rewrite what was answered before.

    When this fails, look at what the new release changed before you change the digest.
    """
    days = [
        f"{each.day} {each.name}"
        for year in range(2005, 2051)
        for each in public_holidays("SE", None, year)
    ]
    assert sha256("\n".join(days).encode()).hexdigest() == (
        "9407908aca94b6f1d4ee982c175a7d33e876410a519286a92d50df5f2288a7ff"
    )


def test_a_version_keeps_the_holidays_that_were_known(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = KeptHolidays.known_today("SE", None, 2026, 2027)
    rules = CalendarContent(
        zone="Europe/Stockholm",
        weekly={"friday": (KeptHours(opens="08:00", closes="12:00"),)},
        half_day_closes="12:00",
        holidays=kept,
        eves=(),
        overrides=(),
    ).rules()
    midsummer = Holiday(date(2026, 6, 19), ("A new holiday",), ("En ny helgdag",))
    later = Holiday(date(2028, 6, 23), ("A new holiday",), ("En ny helgdag",))
    for module in (content, holiday_facts):
        monkeypatch.setattr(module, "public_holidays", lambda *_: (midsummer, later))
    assert rules.plan(date(2026, 6, 19)).is_open
    assert not rules.plan(date(2027, 1, 1)).is_open
    # Years beyond those that were kept go by what is known when they are asked about.
    assert not rules.plan(date(2028, 6, 23)).is_open
