"""What billing holds of customers and a year, measure by measure. SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.comparisons.key_figures import Measure
from services.billing.ledger.chart import AccountRole, chart
from services.billing.tables import (
    ClosedMonthRow,
    LedgerEntryRow,
    SubscriptionRow,
    VolumeRow,
)
from services.billing.volumes.domain import VolumeStatus

_Columns = TypeVarTuple("_Columns")


@dataclass(frozen=True)
class Asked:
    """What is measured: a calendar year, of a service or of all, and a unit for volumes."""

    year: int
    service: str | None
    unit: str | None

    @property
    def months(self) -> tuple[str, str]:
        """The first and the last month."""
        return f"{self.year:04d}-01", f"{self.year:04d}-12"


@dataclass(frozen=True)
class Counted:
    """What can be summed over organisation numbers."""

    found: Mapping[str, int]

    def of(self, _customer: str, numbers: Collection[str]) -> int | None:
        """What a customer has under its numbers; None where there is nothing."""
        parts = [self.found[each] for each in numbers if each in self.found]
        return sum(parts) if parts else None


@dataclass(frozen=True)
class EmployeeMonths:
    """Headcounts of the year, and the months in which numbers had a fee."""

    headcounts: Mapping[str, int]
    months: Mapping[str, Collection[str]]

    def of(self, customer: str, numbers: Collection[str]) -> int | None:
        """A customer's headcount for each of its months; who was taken over is in it already."""
        charged = {month for each in numbers for month in self.months.get(each, ())}
        return self.headcounts.get(customer, 0) * len(charged)


async def measured(
    session: AsyncSession, measure: Measure, asked: Asked, headcounts: Mapping[str, int]
) -> Counted | EmployeeMonths:
    """A measure of all customers, as billing has it now; given the headcounts of the year."""
    match measure:
        case Measure.FEES:
            return Counted(await _fees(session, asked))
        case Measure.EMPLOYEE_MONTHS:
            return await _employee_months(session, asked, headcounts)
        case Measure.VOLUME:
            return Counted(await _volumes(session, asked, func.sum(VolumeRow.quantity)))
        case Measure.VOLUMES_REPORTED:
            return Counted(await _volumes(session, asked, func.count()))
        case Measure.VOLUMES_CORRECTED_LATE:
            correction = or_(VolumeRow.revision > 1, VolumeRow.corrects.is_not(None))
            late = VolumeRow.late.is_(True) & correction
            return Counted(await _volumes(session, asked, func.count(), late))
        case Measure.MONTHS_MET | Measure.MONTHS_MEASURED:
            only_met = measure is Measure.MONTHS_MET
            return Counted(await _months(session, asked, only_met=only_met))


async def _employee_months(
    session: AsyncSession, asked: Asked, headcounts: Mapping[str, int]
) -> EmployeeMonths:
    months: dict[str, set[str]] = {}
    charged = _of_fees(asked, select(LedgerEntryRow.org_number, LedgerEntryRow.period)).distinct()
    for org_number, period in await session.execute(charged):
        months.setdefault(str(org_number), set()).add(str(period))
    return EmployeeMonths(headcounts, months)


async def _fees(session: AsyncSession, asked: Asked) -> dict[str, int]:
    query = _of_fees(
        asked, select(LedgerEntryRow.org_number, func.sum(LedgerEntryRow.amount_ore))
    ).group_by(LedgerEntryRow.org_number)
    # Income stands on the credit side, below nought.
    return {str(org_number): -int(amount) for org_number, amount in await session.execute(query)}


def _of_fees(asked: Asked, query: Select[*_Columns]) -> Select[*_Columns]:
    """What is asked of the ledger, limited to fees and their true-ups for the year's months."""
    accounts = [chart().numbers[each] for each in (AccountRole.FEES, AccountRole.TRUE_UPS)]
    query = query.where(
        LedgerEntryRow.account.in_(accounts),
        LedgerEntryRow.org_number.is_not(None),
        LedgerEntryRow.period.between(*asked.months),
    )
    if asked.service is not None:
        query = query.where(LedgerEntryRow.service == asked.service)
    return query


async def _volumes(
    session: AsyncSession,
    asked: Asked,
    what: ColumnElement[int],
    *conditions: ColumnElement[bool],
) -> dict[str, int]:
    query = (
        select(VolumeRow.org_number, what)
        .where(
            VolumeRow.period.between(*asked.months),
            VolumeRow.status == VolumeStatus.ACCEPTED,
            VolumeRow.superseded_by.is_(None),
            *conditions,
        )
        .group_by(VolumeRow.org_number)
    )
    if asked.service is not None:
        query = query.where(VolumeRow.service == asked.service)
    if asked.unit is not None:
        query = query.where(VolumeRow.unit == asked.unit)
    rows = await session.execute(query)
    return {org_number: int(number) for org_number, number in rows}


async def _months(session: AsyncSession, asked: Asked, *, only_met: bool) -> dict[str, int]:
    query = (
        select(SubscriptionRow.org_number, ClosedMonthRow.results)
        .join(SubscriptionRow, SubscriptionRow.id == ClosedMonthRow.subscription_id)
        .where(ClosedMonthRow.period.between(*asked.months))
    )
    if asked.service is not None:
        query = query.where(ClosedMonthRow.service == asked.service)
    found: dict[str, int] = {}
    for org_number, results in await session.execute(query):
        if results and (not only_met or all(each["met"] for each in results)):
            found[org_number] = found.get(org_number, 0) + 1
    return found
