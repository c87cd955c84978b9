"""SQL of volumes that are set aside, many of them at a time."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.months import Month
from services.billing.tables import VolumeRow
from services.billing.volumes.domain import SetAside, Use, VolumeStatus
from services.billing.volumes.placing import Placed
from services.billing.volumes.repository import say_what_counts_where

_IS_CORRECTION = or_(VolumeRow.revision > 1, VolumeRow.corrects.is_not(None))


@dataclass(frozen=True)
class Chosen:
    """Which of what is set aside; what is absent does not matter."""

    org_number: str | None = None
    source: str | None = None
    period: str | None = None
    reason: SetAside | None = None
    without: Set[SetAside] = frozenset()

    @property
    def condition(self) -> ColumnElement[bool]:
        """In SQL. What another report has superseded is out of it, unless it corrects a third:
        that one is corrected in any case.
        """
        equal = (
            (VolumeRow.org_number, self.org_number),
            (VolumeRow.source, self.source),
            (VolumeRow.period, self.period),
            (VolumeRow.reason, self.reason),
        )
        return and_(
            VolumeRow.status == VolumeStatus.SET_ASIDE,
            or_(VolumeRow.superseded_by.is_(None), VolumeRow.corrects.is_not(None)),
            VolumeRow.reason.not_in(self.without),
            *(column == value for column, value in equal if value is not None),
        )


@dataclass(frozen=True)
class AsideUse:
    """A use of which volumes are set aside for a reason: how many that correct nothing, and
    their sum.
    """

    use: Use
    reason: SetAside
    volumes: int
    quantity: int


async def uses(session: AsyncSession, chosen: Chosen) -> list[AsideUse]:
    """What is set aside, by what it is about and why; corrections are not in the counts."""
    columns = (
        VolumeRow.org_number,
        VolumeRow.service,
        VolumeRow.unit,
        VolumeRow.period,
        VolumeRow.reason,
    )
    rows = await session.execute(
        select(
            *columns,
            func.sum(case((_IS_CORRECTION, 0), else_=1)),
            func.sum(case((_IS_CORRECTION, 0), else_=VolumeRow.quantity)),
        )
        .where(chosen.condition)
        .group_by(*columns)
        .order_by(*columns)
    )
    return [
        AsideUse(
            Use(org, service, unit, Month.parse(period)), SetAside(reason), int(count), int(total)
        )
        for org, service, unit, period, reason, count, total in rows
    ]


async def move(session: AsyncSession, chosen: Chosen, use: Use, placed: Placed) -> None:
    """Write where a use counts into its volumes that are set aside, corrections excepted."""
    of_use = and_(
        VolumeRow.org_number == use.org_number,
        VolumeRow.service == use.service,
        VolumeRow.unit == use.unit,
        VolumeRow.period == str(use.month),
        not_(_IS_CORRECTION),
    )
    placement = placed.placement
    await session.execute(
        update(VolumeRow)
        .where(chosen.condition, of_use)
        .values(
            status=placement.status.value,
            reason=placement.reason.value if placement.reason else "",
            subscription_id=placement.subscription_id,
            late=placed.late,
        )
        .execution_options(synchronize_session=False)
    )
    if placement.reason is None:
        await say_what_counts_where(session, of_use)


async def corrections(
    session: AsyncSession, chosen: Chosen, after: str, limit: int
) -> Sequence[VolumeRow]:
    """Corrections that are set aside, in the order they came."""
    return (
        await session.scalars(
            select(VolumeRow)
            .where(chosen.condition, _IS_CORRECTION, VolumeRow.id > after)
            .order_by(VolumeRow.id)
            .limit(limit)
            .execution_options(populate_existing=True)
        )
    ).all()
