"""What staff record about calendars: new ones, versions, bindings and single days.

Whatever is recorded is known from now on and changes nothing that was reported. Clocks that
still run are reckoned anew, once for each agreement that the change is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.chassis.ids import new_id
from services.chassis.preconditions import require_version
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.agreements import repository as agreements
from services.collab_model.calendars import problems, repository
from services.collab_model.calendars.domain import SIGNED_HOURS
from services.collab_model.calendars.drawing_up import (
    DrawnUp,
    OverrideWanted,
    check_days,
    content_of,
    kept_hours,
)
from services.collab_model.calendars.facts import last_recorded
from services.collab_model.tables import (
    CalendarBindingRow,
    CalendarOverrideRow,
    CalendarRow,
    CalendarVersionRow,
)

CALENDAR_CHANGED = "calendar_changed"
"""Timer: the calendar of an agreement is another than its clocks were reckoned on; its key
is the agreement's identifier."""


@dataclass(frozen=True)
class NewBinding:
    """Which calendar an agreement is to go by; None: its signed hours."""

    calendar: str | None
    holds_from: date
    holds_until: date | None
    reason: str


@dataclass(frozen=True)
class NewOverride:
    """What is to hold on one date for one agreement; ``withdrawn`` takes it back."""

    wanted: OverrideWanted
    withdrawn: bool


@dataclass(frozen=True)
class Recorded:
    """What came of recording a change: the closed months that keep what they reported."""

    closed_periods: Sequence[str]


async def register(uow: UnitOfWork, key: str, name: str, name_sv: str, first: DrawnUp) -> None:
    """Register a calendar with its first version.

    Raises:
        Problem: ``calendar_exists``, and whatever ``content_of`` refuses.
    """
    if key == SIGNED_HOURS or await repository.find_calendar(uow.session, key) is not None:
        raise Problem(
            problems.CALENDAR_EXISTS,
            f"There is a calendar {key} already; nothing was recorded. Add a version to it, or "
            f"choose another key. ({SIGNED_HOURS} stands for the hours in the agreement itself.)",
        )
    content = content_of(first)
    calendar = CalendarRow(
        id=new_id(), key=key, name=name, name_sv=name_sv, recorded_at=uow.recorded_at
    )
    uow.session.add(calendar)
    await uow.session.flush()
    _add_version(uow, calendar, 1, first, content.model_dump(mode="json"))
    await uow.session.flush()
    uow.audit("calendar_registered", calendar.id, key)


async def add_version(uow: UnitOfWork, key: str, wanted: DrawnUp) -> Recorded:
    """Record what a calendar says from a day on; the agreements bound to it follow.

    Raises:
        Problem: ``not_found``, ``precondition_failed``, and whatever ``content_of`` refuses.
    """
    calendar = await repository.find_calendar(uow.session, key, lock=True)
    if calendar is None:
        raise not_found("calendar")
    number = len(await repository.versions_of(uow.session, calendar.id))
    require_version(uow, number, "calendar")
    content = content_of(wanted)
    _add_version(uow, calendar, number + 1, wanted, content.model_dump(mode="json"))
    await uow.session.flush()
    uow.audit("calendar_version_recorded", calendar.id, f"{key} {number + 1}")
    bound = await repository.agreements_bound_to(uow.session, calendar.id)
    return await _follow(uow, bound, wanted.holds_from, wanted.holds_until)


def _add_version(
    uow: UnitOfWork, calendar: CalendarRow, number: int, wanted: DrawnUp, content: dict[str, object]
) -> None:
    uow.session.add(
        CalendarVersionRow(
            id=new_id(),
            calendar_id=calendar.id,
            number=number,
            holds_from=wanted.holds_from,
            holds_until=wanted.holds_until,
            content=content,
            reason=wanted.reason,
            recorded_at=uow.recorded_at,
        )
    )


async def bind(uow: UnitOfWork, agreement_id: str, new: NewBinding) -> Recorded:
    """Let an agreement go by a calendar, or by its signed hours again, for days.

    Raises:
        Problem: ``not_found``, ``days_inverted``, ``calendar_unknown``,
            ``calendar_not_in_force``.
    """
    await _hold(uow, agreement_id)
    check_days(new.holds_from, new.holds_until)
    calendar_id = None if new.calendar is None else await _in_force(uow, new.calendar, new)
    number = len(await repository.bindings_of(uow.session, agreement_id)) + 1
    uow.session.add(
        CalendarBindingRow(
            id=new_id(),
            agreement_id=agreement_id,
            number=number,
            calendar_id=calendar_id,
            holds_from=new.holds_from,
            holds_until=new.holds_until,
            reason=new.reason,
            recorded_at=uow.recorded_at,
        )
    )
    await uow.session.flush()
    uow.audit("calendar_bound", agreement_id, new.calendar or "signed hours")
    return await _follow(uow, [agreement_id], new.holds_from, new.holds_until)


async def _in_force(uow: UnitOfWork, key: str, new: NewBinding) -> str:
    """The identifier of a calendar that holds on the first day somebody is bound to it."""
    calendar = await repository.find_calendar(uow.session, key)
    if calendar is None:
        raise Problem(
            problems.CALENDAR_UNKNOWN,
            f"There is no calendar {key}; nothing was recorded. Register it first.",
        )
    rows = await repository.versions_of(uow.session, calendar.id)
    versions = [repository.calendar_version(row) for row in rows]
    if last_recorded(versions, new.holds_from) is None:
        raise Problem(
            problems.CALENDAR_NOT_IN_FORCE,
            f"{key} says nothing of {new.holds_from}; nothing was recorded. Bind to it from a "
            "day on which one of its versions holds, or record a version for that day.",
        )
    return calendar.id


async def override(uow: UnitOfWork, agreement_id: str, new: NewOverride) -> Recorded:
    """Set the hours of one date for an agreement, or take back what was set for it.

    Raises:
        Problem: ``not_found``, ``hours_inverted``, ``hours_overlap``, ``override_unknown``.
    """
    await _hold(uow, agreement_id)
    day = new.wanted.day
    earlier = await repository.overrides_of(uow.session, agreement_id)
    latest = [row for row in earlier if row.day == day][-1:]
    if new.withdrawn and not [row for row in latest if not row.withdrawn]:
        raise Problem(
            problems.OVERRIDE_UNKNOWN,
            f"The agreement has no override of {day}, so there is none to take back; nothing "
            "was recorded.",
        )
    hours = kept_hours(str(day), new.wanted.hours)
    uow.session.add(
        CalendarOverrideRow(
            id=new_id(),
            agreement_id=agreement_id,
            number=len(earlier) + 1,
            day=day,
            hours=[each.model_dump() for each in hours],
            withdrawn=new.withdrawn,
            reason=new.wanted.reason,
            recorded_at=uow.recorded_at,
        )
    )
    await uow.session.flush()
    uow.audit("calendar_day_overridden", agreement_id, str(day))
    return await _follow(uow, [agreement_id], day, day)


async def _hold(uow: UnitOfWork, agreement_id: str) -> None:
    """Hold an agreement, so that what is recorded about its calendar is numbered in order."""
    if await agreements.find_row(uow.session, agreement_id, lock=True) is None:
        raise not_found("agreement")


async def _follow(
    uow: UnitOfWork, agreement_ids: Sequence[str], first: date, last: date | None
) -> Recorded:
    """Have running clocks reckoned anew, and tell which months a change does not touch."""
    for agreement_id in agreement_ids:
        await uow.set_timer(CALENDAR_CHANGED, agreement_id, uow.now, {"agreement_id": agreement_id})
    return Recorded(await repository.months_closed(uow.session, agreement_ids, first, last))
