"""Months that close with what the levels came to, and corrections of what was closed.

A month is closed once and what it reported stays. When something becomes known late - a
reading, an event of a matter, a cause, an end or a roll-back - a correction is put beside it
with a higher revision and a statement of its own that shows the difference.
"""

from __future__ import annotations

from services.chassis.clock import STOCKHOLM
from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.agreements import repository as agreements
from services.collab_model.agreements.domain import Agreement, covers, touches
from services.collab_model.following_up.statements import making
from services.collab_model.following_up.tertials import service as tertials
from services.collab_model.following_up.tertials.domain import Tertial
from services.collab_model.levels import repository
from services.collab_model.levels.closed_rows import (
    copied,
    part_rows,
    result_row,
    shown_of,
    told_of,
)
from services.collab_model.levels.closing import measure
from services.collab_model.levels.domain import CorrectionReason, Month, all_met
from services.collab_model.levels.month import MonthMeasured
from services.collab_model.tables import (
    AgreementServiceRow,
    PeriodRow,
    ResultPartRow,
)
from services.contracts.collab_model import LevelResult as LevelTold
from services.contracts.collab_model import PeriodClosed

CLOSE_PERIOD = "close_period"
"""Timer: the month of a service closes; its key is the service's identifier."""

LOOK_AGAIN = "look_again_at_period"
"""Timer: a closed month may have come out otherwise; its key is the service's identifier and
the month."""


async def follow(uow: UnitOfWork, agreement: Agreement, service: AgreementServiceRow) -> None:
    """Have the right month of a service close next, and correct what is closed.

    The first month with a day in operation that is not closed comes next; when there is
    none, no month does.
    """
    closed = await repository.latest_periods(uow.session, agreement.id, service.service)
    await _follow(uow, agreement, service, closed)


async def _follow(
    uow: UnitOfWork,
    agreement: Agreement,
    service: AgreementServiceRow,
    closed: dict[str, PeriodRow],
) -> None:
    await _correct_whole_months(uow, agreement, service, closed)
    month = next_to_close(agreement, service.service, closed)
    if month is None:
        await uow.cancel_timer(CLOSE_PERIOD, service.id)
    else:
        await uow.set_timer(
            CLOSE_PERIOD, service.id, month.closes_at(STOCKHOLM), {"period": str(month)}
        )


def next_to_close(agreement: Agreement, service: str, closed: dict[str, PeriodRow]) -> Month | None:
    """The first month with a day in operation that is not closed."""
    for days in agreement.days_of(service):
        month, last = Month.of(days.first), Month.of(days.last)
        while month <= last:
            if str(month) not in closed:
                return month
            month = month.next
    return None


async def first_open_month(uow: UnitOfWork, agreement: Agreement) -> Month | None:
    """The first month in which any service of an agreement was in operation and is not closed."""
    months = []
    for row in await agreements.services_of(uow.session, agreement.id):
        closed = await repository.latest_periods(uow.session, agreement.id, row.service)
        months.append(next_to_close(agreement, row.service, closed))
    return min((month for month in months if month is not None), default=None)


async def close_period(uow: UnitOfWork, service_id: str, month: Month) -> PeriodRow | None:
    """Close a month of a service and have the next one close in its time.

    A month that is closed already stays as it is, and one in which the service turned out
    not to be in operation is not closed.
    """
    service = await agreements.get_service_locked(uow.session, service_id)
    agreement = await agreements.get(uow.session, service.agreement_id)
    key = service.service
    closed = await repository.latest_periods(uow.session, agreement.id, key)
    lived = touches(agreement.days_of(key), month.first_day, month.last_day)
    if str(month) in closed or not lived:
        await _follow(uow, agreement, service, closed)
        return None
    # As known at the closing's own instant, so that one whose timer was late comes out the same.
    measured = await measure(uow, agreement, service, month, closed_at=uow.now)
    period = await _keep(uow, agreement, service, month, measured, closed, reason="")
    closed[str(month)] = period
    await _follow(uow, agreement, service, closed)
    if next_to_close(agreement, key, closed) != month.next or Tertial.ends_with(month):
        await tertials.follow(uow, agreement.id, month)
    return period


async def look_again(uow: UnitOfWork, agreement_id: str, service: str, month: Month) -> None:
    """Have a month corrected if it is closed and comes out otherwise by what is known now.

    Whoever learns something about a month that may be closed calls this; it takes effect at
    once, in a unit of work of its own.
    """
    rows = await agreements.services_of(uow.session, agreement_id)
    for row in rows:
        if row.service == service and await repository.is_closed(
            uow.session, agreement_id, service, str(month)
        ):
            told = {"service_id": row.id, "period": str(month)}
            await uow.set_timer(LOOK_AGAIN, f"{row.id}:{month}", uow.now, told)


async def correct_if_changed(
    uow: UnitOfWork, service_id: str, month: Month, reason: str
) -> PeriodRow | None:
    """Put a correction beside a closed month that comes out otherwise by what is known now.

    None when it comes out as it was reported, or is not closed.
    """
    service = await agreements.get_service_locked(uow.session, service_id)
    agreement = await agreements.get(uow.session, service.agreement_id)
    closed = await repository.latest_periods(uow.session, agreement.id, service.service)
    latest = closed.get(str(month))
    if latest is None:
        return None
    closed_at = await repository.closed_at(uow.session, agreement.id, service.service, str(month))
    measured = await measure(uow, agreement, service, month, closed_at=closed_at)
    if not await making.differs(uow, latest, measured):
        return None
    return await _keep(uow, agreement, service, month, measured, closed, reason=reason)


async def _keep(
    uow: UnitOfWork,
    agreement: Agreement,
    service: AgreementServiceRow,
    month: Month,
    measured: MonthMeasured,
    closed: dict[str, PeriodRow],
    *,
    reason: str,
) -> PeriodRow:
    """Keep a closing, or a correction of what is closed, with its statement; tell of it."""
    before = closed.get(str(month))
    days = agreement.days_of(service.service)
    period = PeriodRow(
        id=new_id(),
        agreement_id=agreement.id,
        org_number=before.org_number if before else agreement.holder_on(month.last_day),
        service=service.service,
        period=str(month),
        revision=before.revision + 1 if before else 1,
        reason=reason,
        whole_month=covers(days, month.first_day, month.last_day),
        met=all_met(measured.outcomes),
        version=measured.version,
        closed_at=uow.now,
    )
    results, parts = [], []
    for position, result in enumerate(measured.results, start=1):
        row = result_row(period.id, position, result)
        results.append(row)
        parts.extend(part_rows(row, result))
    await repository.add_period(uow.session, period, results, parts)
    await making.make(uow, period, service, measured, closed)
    _tell(
        uow,
        period,
        tuple(told_of(result) for result in measured.results),
        measured.excluded_breaches,
        version=await _next_version(uow, agreement),
    )
    return period


async def _correct_whole_months(
    uow: UnitOfWork,
    agreement: Agreement,
    service: AgreementServiceRow,
    closed: dict[str, PeriodRow],
) -> None:
    """Put a correction beside each closed month that was whole and is not, or the reverse."""
    days = agreement.days_of(service.service)
    for key, row in closed.items():
        month = Month.parse(key)
        whole = covers(days, month.first_day, month.last_day)
        if whole == row.whole_month:
            continue
        lived = touches(days, month.first_day, month.last_day)
        reason = _why(whole=whole, lived=lived)
        await _repeat(uow, agreement, row, service, whole=whole, reason=reason)


async def _repeat(
    uow: UnitOfWork,
    agreement: Agreement,
    row: PeriodRow,
    service: AgreementServiceRow,
    *,
    whole: bool,
    reason: str,
) -> None:
    """Put a correction with the same results beside a month that counts otherwise."""
    correction = PeriodRow(
        id=new_id(),
        agreement_id=row.agreement_id,
        org_number=row.org_number,
        service=row.service,
        period=row.period,
        revision=row.revision + 1,
        reason=str(reason),
        whole_month=whole,
        met=row.met,
        version=row.version,
        closed_at=uow.now,
    )
    results = await repository.results_of(uow.session, row.id)
    copies = {result.id: copied(result, correction.id) for result in results}
    parts = [
        ResultPartRow(
            id=new_id(),
            result_id=copies[part.result_id].id,
            period_id=correction.id,
            team=part.team,
            cause=part.cause,
            failed=part.failed,
            total=part.total,
        )
        for part in await repository.parts_of(uow.session, row.id)
    ]
    await repository.add_period(uow.session, correction, list(copies.values()), parts)
    excluded = await making.repeat(uow, correction, service, before=row)
    told = [LevelTold.model_validate(shown_of(each), from_attributes=True) for each in results]
    _tell(
        uow,
        correction,
        tuple(told),
        excluded,
        version=await _next_version(uow, agreement),
    )


def _why(*, whole: bool, lived: bool) -> CorrectionReason:
    if whole:
        return CorrectionReason.WHOLE_AFTER_ALL
    if lived:
        return CorrectionReason.PARTLY_IN_OPERATION
    return CorrectionReason.NOT_IN_OPERATION


def _tell(
    uow: UnitOfWork,
    period: PeriodRow,
    results: tuple[LevelTold, ...],
    excluded_breaches: tuple[str, ...],
    *,
    version: int,
) -> None:
    uow.record(
        PeriodClosed(
            agreement_id=period.agreement_id,
            org_number=period.org_number,
            service=period.service,
            period=period.period,
            whole_month=period.whole_month,
            results=results,
            met=period.met,
            revision=period.revision,
            excluded_breaches=excluded_breaches,
        ),
        version=version,
    )


async def next_version(uow: UnitOfWork, agreement_id: str) -> int:
    """The version that what was added last to an agreement has left it in.

    What is signed, closed and corrected counts.
    """
    signed = await agreements.count_versions(uow.session, agreement_id)
    return signed + await repository.count_periods(uow.session, agreement_id)


async def _next_version(uow: UnitOfWork, agreement: Agreement) -> int:
    """The same as ``next_version``, of an agreement that is loaded."""
    return len(agreement.versions) + await repository.count_periods(uow.session, agreement.id)
