"""All SQL about calendars and what agreements are bound to."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis.clock import STOCKHOLM
from services.collab_model.calendars.content import KeptHours, hours_of, rules_of
from services.collab_model.calendars.facts import (
    Binding,
    CalendarFacts,
    CalendarVersion,
    DayOverride,
    SignedHours,
)
from services.collab_model.calendars.holiday_facts import signed_rules
from services.collab_model.calendars.rules import CalendarRules, Override
from services.collab_model.customers.repository import issued_within
from services.collab_model.tables import (
    AgreementRow,
    AgreementVersionRow,
    CalendarBindingRow,
    CalendarOverrideRow,
    CalendarRow,
    CalendarVersionRow,
    PeriodRow,
)
from services.contracts.succession import Scope
from services.contracts.values import ServiceHours


async def facts_of(session: AsyncSession, agreement_id: str) -> CalendarFacts:
    """Everything recorded about the calendar of an agreement that is known to exist."""
    bindings = await bindings_of(session, agreement_id)
    keys: dict[str, str] = {}
    if bindings:
        keys = await _keys_of(session, {row.calendar_id for row in bindings if row.calendar_id})
    versions: dict[str, Sequence[CalendarVersion]] = {
        key: [calendar_version(row) for row in await versions_of(session, calendar_id)]
        for calendar_id, key in keys.items()
    }
    return CalendarFacts(
        signed=await _signed_hours(session, agreement_id),
        bindings=[
            Binding(
                number=row.number,
                holds_from=row.holds_from,
                holds_until=row.holds_until,
                recorded_at=row.recorded_at,
                calendar=keys[row.calendar_id] if row.calendar_id else None,
            )
            for row in bindings
        ],
        versions=versions,
        overrides=[_day_override(row) for row in await overrides_of(session, agreement_id)],
    )


async def _signed_hours(session: AsyncSession, agreement_id: str) -> list[SignedHours]:
    rows = await session.scalars(
        select(AgreementVersionRow)
        .where(AgreementVersionRow.agreement_id == agreement_id)
        .order_by(AgreementVersionRow.number)
    )
    return [
        SignedHours(
            number=row.number,
            holds_from=row.holds_from,
            recorded_at=row.recorded_at,
            rules_known_at=_signed_rules(ServiceHours.model_validate(row.service_hours)),
        )
        for row in rows
    ]


def _signed_rules(hours: ServiceHours) -> Callable[[datetime | None], CalendarRules]:
    def known_at(instant: datetime | None) -> CalendarRules:
        return signed_rules(hours, instant and instant.astimezone(STOCKHOLM).date())

    return known_at


async def _keys_of(session: AsyncSession, ids: Collection[str]) -> dict[str, str]:
    rows = await session.execute(
        select(CalendarRow.id, CalendarRow.key).where(CalendarRow.id.in_(list(ids)))
    )
    return {row.id: row.key for row in rows}


def calendar_version(row: CalendarVersionRow) -> CalendarVersion:
    """A version with the rules it makes."""
    return CalendarVersion(
        number=row.number,
        holds_from=row.holds_from,
        holds_until=row.holds_until,
        recorded_at=row.recorded_at,
        rules=rules_of(json.dumps(row.content, sort_keys=True)),
    )


def _day_override(row: CalendarOverrideRow) -> DayOverride:
    hours = hours_of([KeptHours.model_validate(each) for each in row.hours])
    override = None if row.withdrawn else Override(row.day, hours, row.reason)
    return DayOverride(row.number, row.day, row.recorded_at, override)


async def bindings_of(session: AsyncSession, agreement_id: str) -> Sequence[CalendarBindingRow]:
    """What an agreement was bound to, in the order it was recorded."""
    return (
        await session.scalars(
            select(CalendarBindingRow)
            .where(CalendarBindingRow.agreement_id == agreement_id)
            .order_by(CalendarBindingRow.number)
        )
    ).all()


async def overrides_of(session: AsyncSession, agreement_id: str) -> Sequence[CalendarOverrideRow]:
    """The overrides of an agreement, in the order they were recorded."""
    return (
        await session.scalars(
            select(CalendarOverrideRow)
            .where(CalendarOverrideRow.agreement_id == agreement_id)
            .order_by(CalendarOverrideRow.number)
        )
    ).all()


async def versions_of(session: AsyncSession, calendar_id: str) -> Sequence[CalendarVersionRow]:
    """The versions of a calendar, in the order they were recorded."""
    return (
        await session.scalars(
            select(CalendarVersionRow)
            .where(CalendarVersionRow.calendar_id == calendar_id)
            .order_by(CalendarVersionRow.number)
        )
    ).all()


async def signed_version(
    session: AsyncSession, agreement_id: str, number: int
) -> AgreementVersionRow:
    """A signed version that is known to exist."""
    return (
        await session.scalars(
            select(AgreementVersionRow).where(
                AgreementVersionRow.agreement_id == agreement_id,
                AgreementVersionRow.number == number,
            )
        )
    ).one()


async def registered_version(
    session: AsyncSession, key: str, number: int
) -> tuple[CalendarRow, CalendarVersionRow]:
    """A calendar and a version of it that are known to exist."""
    row = (
        await session.execute(
            select(CalendarRow, CalendarVersionRow)
            .join(CalendarVersionRow, CalendarVersionRow.calendar_id == CalendarRow.id)
            .where(CalendarRow.key == key, CalendarVersionRow.number == number)
        )
    ).one()
    return row[0], row[1]


async def find_calendar(
    session: AsyncSession, key: str, *, scope: Scope | None = None, lock: bool = False
) -> CalendarRow | None:
    """A calendar visible to a scope; ``lock`` holds it for the rest of the transaction."""
    query = select(CalendarRow).where(CalendarRow.key == key)
    if scope is not None:
        query = query.where(CalendarRow.id.in_(_bound_within(scope)))
    if lock:
        query = query.with_for_update()
    return (await session.scalars(query)).one_or_none()


async def list_calendars(
    session: AsyncSession, *, scope: Scope | None, after: str | None, limit: int
) -> Sequence[CalendarRow]:
    """A page of the calendars visible to a scope, in the order they were registered."""
    query = select(CalendarRow).order_by(CalendarRow.id).limit(limit)
    if scope is not None:
        query = query.where(CalendarRow.id.in_(_bound_within(scope)))
    if after is not None:
        query = query.where(CalendarRow.id > after)
    return (await session.scalars(query)).all()


def _bound_within(scope: Scope) -> Select[str | None]:
    """The calendars that an agreement within a scope is or was bound to."""
    visible = issued_within(scope, AgreementRow.org_number, AgreementRow.id)
    return (
        select(CalendarBindingRow.calendar_id)
        .join(AgreementRow, AgreementRow.id == CalendarBindingRow.agreement_id)
        .where(visible, CalendarBindingRow.calendar_id.is_not(None))
    )


async def is_agreement_visible(session: AsyncSession, agreement_id: str, scope: Scope) -> bool:
    """Whether an agreement is, or was, of a customer in a scope."""
    found = await session.scalar(
        select(AgreementRow.id).where(
            AgreementRow.id == agreement_id,
            issued_within(scope, AgreementRow.org_number, AgreementRow.id),
        )
    )
    return found is not None


async def agreements_bound_to(session: AsyncSession, calendar_id: str) -> Sequence[str]:
    """The agreements that are or were bound to a calendar."""
    return (
        await session.scalars(
            select(CalendarBindingRow.agreement_id)
            .where(CalendarBindingRow.calendar_id == calendar_id)
            .distinct()
            .order_by(CalendarBindingRow.agreement_id)
        )
    ).all()


async def months_closed(
    session: AsyncSession, agreements: Collection[str], first: date, last: date | None
) -> Sequence[str]:
    """The months of some agreements that are closed and share days with a stretch."""
    query = (
        select(PeriodRow.period)
        .where(PeriodRow.agreement_id.in_(list(agreements)), PeriodRow.period >= f"{first:%Y-%m}")
        .distinct()
        .order_by(PeriodRow.period)
    )
    if last is not None:
        query = query.where(PeriodRow.period <= f"{last:%Y-%m}")
    return (await session.scalars(query)).all()
