"""All SQL about attainment across customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Integer, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.collab_model.following_up.attainment.domain import ClosedMonth, Key, Level, SoFar
from services.collab_model.following_up.tertials.repository import not_superseded
from services.collab_model.levels.domain import plain
from services.collab_model.levels.evidence import readings_count
from services.collab_model.tables import (
    AgreementRow,
    AgreementServiceRow,
    AgreementVersionRow,
    BreachRow,
    LevelRow,
    MatterRow,
    PeriodResultRow,
    PeriodRow,
    ReadingRow,
    ResultPartRow,
)
from services.contracts.values import MeasureKind, Priority


class By(StrEnum):
    """What attainment is shown by."""

    SERVICE = "service"
    TEAM = "team"
    CAUSE = "cause"
    CUSTOMER = "customer"


@dataclass(frozen=True)
class Wanted:
    """Which closed months are asked about: from one to another, of a service or of all."""

    first: str
    last: str
    service: str | None = None


@dataclass(frozen=True)
class Attained:
    """What the closed months of a group come to, for one kind of measure.

    ``months`` results were closed, ``met`` of them met; of a team or a cause there are none,
    since a month is not met in parts.
    """

    key: str
    kind: MeasureKind
    good: int
    total: int
    months: int
    met: int


async def attained(session: AsyncSession, by: By, wanted: Wanted) -> list[Attained]:
    """What was attained in closed months, as they were corrected last, by group and kind.

    By cause, ``total`` is what failed for it, and nothing of that is good.
    """
    if by in {By.SERVICE, By.CUSTOMER}:
        return await _by_result(session, by, wanted)
    group = ResultPartRow.team if by is By.TEAM else ResultPartRow.cause
    rows = await session.execute(
        select(
            group,
            LevelRow.kind,
            func.sum(ResultPartRow.total - ResultPartRow.failed),
            func.sum(ResultPartRow.total),
        )
        .select_from(PeriodRow)
        .join(PeriodResultRow, PeriodResultRow.period_id == PeriodRow.id)
        .join(LevelRow, LevelRow.id == PeriodResultRow.level_id)
        .join(ResultPartRow, ResultPartRow.result_id == PeriodResultRow.id)
        .where(*_within(wanted), *([ResultPartRow.failed > 0] if by is By.CAUSE else []))
        .group_by(group, LevelRow.kind)
        .order_by(group, LevelRow.kind)
    )
    return [
        Attained(key, MeasureKind(kind), int(good), int(total), 0, 0)
        for key, kind, good, total in rows
    ]


async def _by_result(session: AsyncSession, by: By, wanted: Wanted) -> list[Attained]:
    group = PeriodRow.service if by is By.SERVICE else PeriodRow.org_number
    rows = await session.execute(
        select(
            group,
            LevelRow.kind,
            func.sum(PeriodResultRow.good),
            func.sum(PeriodResultRow.total),
            func.count(),
            func.sum(cast(PeriodResultRow.met, Integer)),
        )
        .select_from(PeriodRow)
        .join(PeriodResultRow, PeriodResultRow.period_id == PeriodRow.id)
        .join(LevelRow, LevelRow.id == PeriodResultRow.level_id)
        .where(*_within(wanted))
        .group_by(group, LevelRow.kind)
        .order_by(group, LevelRow.kind)
    )
    return [
        Attained(key, MeasureKind(kind), int(good or 0), int(total or 0), months, int(met or 0))
        for key, kind, good, total, months, met in rows
    ]


def _within(wanted: Wanted) -> list[ColumnElement[bool]]:
    """The conditions on closed months, and that they have not been corrected since."""
    conditions = [
        PeriodRow.period >= wanted.first,
        PeriodRow.period <= wanted.last,
        not_superseded(),
    ]
    return (
        conditions if wanted.service is None else [*conditions, PeriodRow.service == wanted.service]
    )


async def levels(session: AsyncSession, wanted: Wanted) -> list[Level]:
    """Every level with its closed months among those wanted, oldest first."""
    rows = await session.execute(
        select(
            PeriodRow.agreement_id,
            PeriodRow.service,
            PeriodResultRow.level,
            PeriodRow.org_number,
            LevelRow.name,
            LevelRow.name_sv,
            LevelRow.kind,
            PeriodResultRow.required_share_percent,
            PeriodRow.period,
            PeriodResultRow.good,
            PeriodResultRow.total,
            PeriodResultRow.met,
        )
        .select_from(PeriodRow)
        .join(PeriodResultRow, PeriodResultRow.period_id == PeriodRow.id)
        .join(LevelRow, LevelRow.id == PeriodResultRow.level_id)
        .where(*_within(wanted))
        .order_by(
            PeriodRow.agreement_id, PeriodRow.service, PeriodResultRow.level, PeriodRow.period
        )
    )
    found: dict[Key, Level] = {}
    for agreement_id, service, key, org, name, name_sv, kind, required, *month in rows:
        level = Key(agreement_id, service, key)
        before = found[level].months if level in found else ()
        period, good, total, met = month
        months = (*before, ClosedMonth(period, good or 0, total or 0, met))
        found[level] = Level(level, org, name, name_sv, MeasureKind(kind), plain(required), months)
    return list(found.values())


async def so_far(
    session: AsyncSession, period: str, start: datetime, end: datetime
) -> dict[Key, SoFar]:
    """What is known of the present month: breaches that stand, and what readings sum to."""
    found: dict[Key, SoFar] = {}
    breaches = await session.execute(
        select(BreachRow.agreement_id, BreachRow.service, BreachRow.level, func.count())
        .where(
            BreachRow.breached_at >= start,
            BreachRow.breached_at < end,
            BreachRow.withdrawn_at.is_(None),
        )
        .group_by(BreachRow.agreement_id, BreachRow.service, BreachRow.level)
    )
    for agreement_id, service, level, count in breaches:
        found[Key(agreement_id, service, level)] = SoFar(failed=count, total=count)
    readings = await session.execute(
        select(
            ReadingRow.agreement_id,
            ReadingRow.service,
            ReadingRow.level,
            func.sum(ReadingRow.total - ReadingRow.good),
            func.sum(ReadingRow.total),
        )
        .where(ReadingRow.period == period, readings_count())
        .group_by(ReadingRow.agreement_id, ReadingRow.service, ReadingRow.level)
    )
    for agreement_id, service, level, failed, total in readings:
        found[Key(agreement_id, service, level)] = SoFar(int(failed), int(total))
    return found


@dataclass(frozen=True)
class Named:
    """What something is called, in English and in Swedish."""

    name: str
    name_sv: str


async def service_names(session: AsyncSession) -> dict[str, Named]:
    """What services are called, as each was signed last."""
    row = AgreementServiceRow
    rows = await session.execute(
        select(row.service, row.name, row.name_sv)
        .where(row.id.in_(select(func.max(row.id)).group_by(row.service)))
        .order_by(row.service)
    )
    return {service: Named(name, name_sv) for service, name, name_sv in rows}


async def customer_names(session: AsyncSession) -> dict[str, Named]:
    """What customers were called when they signed last, by organisation number."""
    row = AgreementVersionRow
    rows = await session.execute(
        select(AgreementRow.org_number, row.customer_name)
        .join(AgreementRow, AgreementRow.id == row.agreement_id)
        .order_by(row.id)
    )
    return {org_number: Named(name, name) for org_number, name in rows}


async def open_matters(
    session: AsyncSession, agreement_ids: Sequence[str]
) -> dict[tuple[str, str], tuple[int, int]]:
    """How many matters nobody has ended, and how many of them are critical or high."""
    pressing = case((MatterRow.priority != Priority.NORMAL.value, 1), else_=0)
    rows = await session.execute(
        select(MatterRow.agreement_id, MatterRow.service, func.count(), func.sum(pressing))
        .where(MatterRow.agreement_id.in_(agreement_ids), MatterRow.ended_at.is_(None))
        .group_by(MatterRow.agreement_id, MatterRow.service)
    )
    return {
        (agreement_id, service): (int(count), int(urgent))
        for agreement_id, service, count, urgent in rows
    }
