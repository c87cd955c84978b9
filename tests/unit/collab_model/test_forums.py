"""When forums meet and what waits for them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.collab_model.calendars.domain import ServiceTime
from services.collab_model.calendars.holiday_facts import signed_rules
from services.collab_model.calendars.rules import CalendarRules, WallHours
from services.collab_model.forums.domain import (
    AgendaItem,
    AgendaReason,
    Breach,
    OpenMatter,
    PlannedMeeting,
    Remit,
    Rhythm,
    agenda_of,
    moved,
    next_meeting,
)
from services.contracts.values import ForumLevel, MatterKind, Priority, ServiceHours

CALENDAR = ServiceTime.of(signed_rules(ServiceHours()))
STOCKHOLM = ZoneInfo("Europe/Stockholm")

OPERATIVE, TACTICAL, STRATEGIC = ForumLevel.OPERATIVE, ForumLevel.TACTICAL, ForumLevel.STRATEGIC


@pytest.mark.parametrize(
    ("per_year", "days"), [(52, 7), (26, 14), (12, 30), (6, 61), (4, 91), (2, 183), (1, 365)]
)
def test_the_interval_shares_the_year(per_year: int, days: int) -> None:
    planned = next_meeting(date(2025, 2, 3), per_year, CALENDAR)
    assert planned is not None
    assert planned.nominal_on == date(2025, 2, 3) + timedelta(days=days)


def test_a_forum_that_does_not_meet_has_no_next_meeting() -> None:
    assert next_meeting(date(2025, 2, 3), 0, CALENDAR) is None


def test_a_meeting_on_a_holiday_moves_and_the_rhythm_stays() -> None:
    good_friday = date(2025, 4, 18)
    planned = next_meeting(good_friday - timedelta(days=7), 52, CALENDAR)
    assert planned == PlannedMeeting(nominal_on=good_friday, due_on=date(2025, 4, 22))
    after = next_meeting(planned.nominal_on, 52, CALENDAR)
    assert after == PlannedMeeting(nominal_on=date(2025, 4, 25), due_on=date(2025, 4, 25))


@given(st.dates(date(2010, 1, 1), date(2050, 1, 1)), st.integers(1, 52))
def test_meetings_lie_on_working_days_at_or_after_their_nominal_day(
    since: date, per_year: int
) -> None:
    planned = next_meeting(since, per_year, CALENDAR)
    assert planned is not None
    assert CALENDAR.plan(planned.due_on).is_open
    skipped = (planned.due_on - planned.nominal_on).days
    assert all(
        not CALENDAR.plan(planned.nominal_on + timedelta(days=offset)).is_open
        for offset in range(skipped)
    )


def test_a_planned_meeting_moves_with_the_calendar_but_never_into_the_past() -> None:
    friday = PlannedMeeting(nominal_on=date(2025, 4, 18), due_on=date(2025, 4, 22))
    always = ServiceTime.of(CalendarRules(STOCKHOLM, ((WallHours(0, 86_400),),) * 7))
    assert moved(friday, date(2025, 4, 1), CALENDAR) == friday  # Good Friday is a holiday
    assert moved(friday, date(2025, 4, 1), always).due_on == date(2025, 4, 18)
    assert moved(friday, date(2025, 4, 20), always).due_on == date(2025, 4, 20)
    assert moved(friday, date(2025, 4, 20), always).nominal_on == friday.nominal_on


def test_meetings_fall_due_at_seven_in_stockholm() -> None:
    winter = PlannedMeeting(date(2025, 1, 7), date(2025, 1, 7))
    summer = PlannedMeeting(date(2025, 7, 7), date(2025, 7, 7))
    assert winter.due_at(STOCKHOLM) == datetime(2025, 1, 7, 6, tzinfo=UTC)
    assert summer.due_at(STOCKHOLM) == datetime(2025, 7, 7, 5, tzinfo=UTC)


def test_the_rhythm_changes_with_stabilisation() -> None:
    rhythm = Rhythm(ordinary=6, in_stabilisation=26)
    assert rhythm.per_year(stabilised=False) == 26
    assert rhythm.per_year(stabilised=True) == 6


MATTERS = [
    OpenMatter("incident", MatterKind.INCIDENT, Priority.NORMAL),
    OpenMatter("deviation", MatterKind.DEVIATION, Priority.HIGH),
    OpenMatter("critical", MatterKind.INCIDENT, Priority.CRITICAL),
    OpenMatter("change", MatterKind.CHANGE, Priority.CRITICAL),
    OpenMatter("question", MatterKind.QUESTION, Priority.CRITICAL),
    OpenMatter("request", MatterKind.REQUEST, Priority.NORMAL),
]
BREACHES = [
    Breach("breach-1", "incident", Priority.NORMAL),
    Breach("breach-2", "critical", Priority.CRITICAL),
]
WITH_TACTICAL = [STRATEGIC, TACTICAL, OPERATIVE]
WITHOUT_TACTICAL = [STRATEGIC, OPERATIVE]


@pytest.mark.parametrize(
    ("level", "model", "matters", "breaches"),
    [
        (OPERATIVE, WITH_TACTICAL, ["incident", "deviation", "critical"], []),
        (
            TACTICAL,
            WITH_TACTICAL,
            ["incident", "deviation", "critical", "change"],
            ["breach-1", "breach-2"],
        ),
        (STRATEGIC, WITH_TACTICAL, ["critical"], ["breach-2"]),
        (
            OPERATIVE,
            WITHOUT_TACTICAL,
            ["incident", "deviation", "critical", "change"],
            ["breach-1", "breach-2"],
        ),
        (STRATEGIC, WITHOUT_TACTICAL, ["critical"], ["breach-2"]),
    ],
)
def test_each_forum_gets_what_is_its(
    level: ForumLevel, model: list[ForumLevel], matters: list[str], breaches: list[str]
) -> None:
    agenda = agenda_of(Remit.of(level, model), MATTERS, BREACHES)
    assert [item.matter_id for item in agenda if item.breach_id is None] == matters
    assert [item.breach_id for item in agenda if item.breach_id is not None] == breaches


def test_an_agenda_says_why_a_matter_is_on_it() -> None:
    agenda = agenda_of(Remit.of(STRATEGIC, WITH_TACTICAL), MATTERS, BREACHES)
    assert agenda == (
        AgendaItem(AgendaReason.OPEN_MATTER, "critical"),
        AgendaItem(AgendaReason.LEVEL_BREACHED, "critical", "breach-2"),
    )
