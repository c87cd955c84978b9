"""Reading calendars: what was recorded, what is in force, and when service time runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.agreements import repository as agreements
from services.collab_model.calendars import problems, repository
from services.collab_model.calendars.content import KeptHours
from services.collab_model.calendars.domain import CalendarSpan, Segment, ServiceTime
from services.collab_model.calendars.drawing_up import check_days
from services.collab_model.calendars.facts import calendar_alone, first_day_without
from services.collab_model.calendars.rules import WEEKDAYS, Weekday
from services.collab_model.calendars.service import day_of
from services.collab_model.tables import (
    CalendarBindingRow,
    CalendarOverrideRow,
    CalendarRow,
    CalendarVersionRow,
)
from services.contracts.succession import Scope

LONGEST_STRETCH_DAYS = 400
"""How many days of open hours one answer shows."""

_DEFAULT_STRETCH = timedelta(days=30)


@dataclass(frozen=True)
class ShownCalendar:
    """A calendar and those of its versions that were known."""

    row: CalendarRow
    versions: Sequence[CalendarVersionRow]


@dataclass(frozen=True)
class InForce:
    """Which version of which calendar holds from a day on."""

    first_day: date | None
    calendar: str
    version: int
    zone: str
    weekly: dict[Weekday, tuple[KeptHours, ...]]

    @classmethod
    def of(cls, segment: Segment) -> InForce:
        """What a segment says."""
        weekly = zip(WEEKDAYS, segment.rules.weekly, strict=True)
        return cls(
            first_day=segment.first_day,
            calendar=segment.calendar,
            version=segment.version,
            zone=segment.rules.zone.key,
            weekly={day: tuple(KeptHours.of(each) for each in hours) for day, hours in weekly},
        )


@dataclass(frozen=True)
class AgreementHours:
    """An agreement's calendar as it was known at an instant."""

    agreement_id: str
    known_at: datetime
    in_force: Sequence[InForce]
    bindings: Sequence[tuple[CalendarBindingRow, str | None]]
    overrides: Sequence[CalendarOverrideRow]


@dataclass(frozen=True)
class OpenHours:
    """When service time runs on the days of a stretch, and why."""

    first: date
    last: date
    known_at: datetime
    spans: Sequence[CalendarSpan]


async def calendars(
    uow: UnitOfWork, *, scope: Scope | None, after: str | None, limit: int
) -> Sequence[CalendarRow]:
    """A page of calendars; an agency sees those that its agreements are or were bound to."""
    return await repository.list_calendars(uow.session, scope=scope, after=after, limit=limit)


async def calendar(
    uow: UnitOfWork, key: str, *, scope: Scope | None, known_at: datetime | None
) -> ShownCalendar:
    """A calendar with its versions, or those of them that were known at an instant.

    Raises:
        Problem: ``not_found``; also when it was not known at the instant.
    """
    row = await repository.find_calendar(uow.session, key, scope=scope)
    known_at = known_at or uow.recorded_at
    if row is None or row.recorded_at > known_at:
        raise not_found("calendar")
    versions = await repository.versions_of(uow.session, row.id)
    return ShownCalendar(row, [each for each in versions if each.recorded_at <= known_at])


async def calendar_hours(
    uow: UnitOfWork,
    key: str,
    first: date | None,
    last: date | None,
    *,
    scope: Scope | None,
    known_at: datetime | None,
) -> OpenHours:
    """When service time runs by a calendar on the days of a stretch.

    Raises:
        Problem: ``not_found``, ``days_inverted``, ``days_too_many``,
            ``calendar_not_in_force`` when none of its versions is about one of the days.
    """
    shown = await calendar(uow, key, scope=scope, known_at=known_at)
    first, last = _stretch(uow, first, last)
    versions = [repository.calendar_version(row) for row in shown.versions]
    silent = first_day_without(versions, first, last)
    if silent is not None:
        raise Problem(
            problems.CALENDAR_NOT_IN_FORCE,
            f"{key} says nothing of {silent}. Ask for days on which one of its versions holds.",
        )
    return _hours(calendar_alone(key, versions), first, last, known_at or uow.recorded_at)


async def agreement(
    uow: UnitOfWork, agreement_id: str, *, scope: Scope | None, known_at: datetime | None
) -> AgreementHours:
    """An agreement's calendar as it is known, or was at an instant.

    Raises:
        Problem: ``not_found``.
    """
    await _must_see(uow, agreement_id, scope)
    known_at = known_at or uow.recorded_at
    facts = (await repository.facts_of(uow.session, agreement_id)).known_at(known_at)
    keys = {each.number: each.calendar for each in facts.bindings}
    return AgreementHours(
        agreement_id=agreement_id,
        known_at=known_at,
        in_force=[InForce.of(each) for each in facts.service_time().segments],
        bindings=[
            (row, keys[row.number])
            for row in await repository.bindings_of(uow.session, agreement_id)
            if row.number in keys
        ],
        overrides=[
            row
            for row in await repository.overrides_of(uow.session, agreement_id)
            if row.recorded_at <= known_at
        ],
    )


async def agreement_hours(
    uow: UnitOfWork,
    agreement_id: str,
    first: date | None,
    last: date | None,
    *,
    scope: Scope | None,
    known_at: datetime | None,
) -> OpenHours:
    """When service time runs by an agreement on the days of a stretch.

    Raises:
        Problem: ``not_found``, ``days_inverted``, ``days_too_many``.
    """
    await _must_see(uow, agreement_id, scope)
    first, last = _stretch(uow, first, last)
    known_at = known_at or uow.recorded_at
    facts = (await repository.facts_of(uow.session, agreement_id)).known_at(known_at)
    return _hours(facts.service_time(), first, last, known_at)


async def _must_see(uow: UnitOfWork, agreement_id: str, scope: Scope | None) -> None:
    if scope is None:
        seen = await agreements.find_row(uow.session, agreement_id) is not None
    else:
        seen = await repository.is_agreement_visible(uow.session, agreement_id, scope)
    if not seen:
        raise not_found("agreement")


def _stretch(uow: UnitOfWork, first: date | None, last: date | None) -> tuple[date, date]:
    """The days asked for: by default a month's worth, from today on."""
    if first is None:
        first = day_of(uow.now) if last is None else last - _DEFAULT_STRETCH
    last = first + _DEFAULT_STRETCH if last is None else last
    check_days(first, last)
    if (last - first).days >= LONGEST_STRETCH_DAYS:
        raise Problem(
            problems.DAYS_TOO_MANY,
            f"{first} to {last} is more than the {LONGEST_STRETCH_DAYS} days that one answer "
            "shows. Ask for them in parts.",
        )
    return first, last


def _hours(service_time: ServiceTime, first: date, last: date, known_at: datetime) -> OpenHours:
    start = service_time.first_instant_of(first)
    end = service_time.first_instant_of(last + timedelta(days=1))
    return OpenHours(first, last, known_at, list(service_time.spans(start, end)))
