"""Use cases of closing by hand and of correcting what was closed."""

from __future__ import annotations

from collections.abc import Sequence

from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model import problems
from services.collab_model.agreements import repository as agreements
from services.collab_model.agreements.domain import Agreement, touches
from services.collab_model.agreements.live import LiveService
from services.collab_model.calendars.service import day_of
from services.collab_model.customers import service as customers
from services.collab_model.customers.repository import issued_within
from services.collab_model.levels import periods, repository
from services.collab_model.levels.domain import Month
from services.collab_model.levels.readings import Reading
from services.collab_model.levels.reporting import keep_readings
from services.collab_model.levels.repository import ClosedPeriod
from services.collab_model.tables import AgreementServiceRow, PeriodRow


async def close_by_hand(
    uow: UnitOfWork, org_number: str, service: str, month: Month
) -> ClosedPeriod:
    """Close a month that is over before its time has come to close by itself.

    That is so when a service has ended within the month, and after the month until the night
    is over.

    Raises:
        Problem: ``period_not_measured``, ``period_closed``, ``period_not_over``,
            ``period_out_of_order``.
    """
    row, agreement = await _measured_service(uow, org_number, service, month)
    closed = await repository.latest_periods(uow.session, agreement.id, service)
    if str(month) in closed:
        raise Problem(
            problems.PERIOD_CLOSED,
            f"{month} of {service} is closed already, and nothing was changed. Correct it under "
            "/periods/{id}/corrections if it came out otherwise.",
            id=closed[str(month)].id,
        )
    last = max(
        min(each.last, month.last_day)
        for each in agreement.days_of(service)
        if each.first <= month.last_day and each.last >= month.first_day
    )
    if day_of(uow.now) <= last:
        raise Problem(
            problems.PERIOD_NOT_OVER,
            f"{service} is in operation through {last}; {month} can be closed the day after.",
        )
    earliest = periods.next_to_close(agreement, service, closed)
    if earliest != month:
        raise Problem(
            problems.PERIOD_OUT_OF_ORDER,
            f"{earliest} of {service} is not closed; close the months in their order.",
            period=str(earliest),
        )
    period = await periods.close_period(uow, row.id, month)
    if period is None:
        raise _not_measured(org_number, service, month)
    return await _shown(uow, period)


async def _measured_service(
    uow: UnitOfWork, org_number: str, service: str, month: Month
) -> tuple[AgreementServiceRow, Agreement]:
    """The service of a customer that was in operation in a month, held."""
    scope = await customers.scope_of_customer(uow, org_number)
    column = AgreementServiceRow
    belongs = issued_within(scope, column.org_number, column.agreement_id)
    rows = await agreements.services_where(uow.session, service, belongs, lock=True)
    known = await agreements.loaded(uow.session, {row.agreement_id for row in rows})
    for row in reversed(rows):
        agreement = known[row.agreement_id]
        if touches(agreement.days_of(service), month.first_day, month.last_day):
            return row, agreement
    raise _not_measured(org_number, service, month)


def _not_measured(org_number: str, service: str, month: Month) -> Problem:
    return Problem(
        problems.PERIOD_NOT_MEASURED,
        f"{service} of {org_number} was not in operation on any day of {month}; there is nothing "
        "to close.",
    )


async def correct(
    uow: UnitOfWork,
    period_id: str,
    reason: str,
    source: str | None,
    readings: Sequence[Reading],
) -> ClosedPeriod:
    """Put a correction beside a closed month, by everything that is known now.

    Args:
        uow: the unit of work.
        period_id: the closing, or the latest correction of it.
        reason: why, in words that the customer reads.
        source: whose readings they are; the centre's own when it is left out.
        readings: what came too late for the closing.

    Raises:
        Problem: ``not_found``, ``period_superseded``, ``nothing_to_correct``,
            ``reading_does_not_fit`` for one of another month, and what readings raise.
    """
    latest = await repository.find_period(uow.session, period_id, scope=None)
    if latest is None:
        raise not_found("period")
    rows = await agreements.services_of(uow.session, latest.agreement_id)
    service = next(row for row in rows if row.service == latest.service)
    await agreements.get_service_locked(uow.session, service.id)
    known = await repository.latest_periods(uow.session, latest.agreement_id, latest.service)
    newest = known[latest.period]
    if newest.id != latest.id:
        raise Problem(
            problems.PERIOD_SUPERSEDED,
            f"Revision {newest.revision} has corrected {latest.period} since; nothing was "
            "changed. Correct that one, if it is still wrong.",
            id=newest.id,
        )
    agreement = await agreements.get(uow.session, latest.agreement_id)
    _must_belong(agreement, latest, readings)
    held = LiveService(service, agreement, agreement.days_of(service.service)[0].first)
    await keep_readings(uow, source or "correction", readings, of_closed=held)
    month = Month.parse(latest.period)
    period = await periods.correct_if_changed(uow, service.id, month, reason)
    if period is None:
        raise Problem(
            problems.NOTHING_TO_CORRECT,
            f"{latest.period} comes out as it was reported, also by what is known now; no "
            "correction was made and nothing was kept.",
        )
    return await _shown(uow, period)


def _must_belong(agreement: Agreement, period: PeriodRow, readings: Sequence[Reading]) -> None:
    holders = {agreement.org_number, period.org_number}
    for reading in readings:
        about = (reading.service, reading.period)
        if about != (period.service, period.period) or reading.org_number not in holders:
            raise Problem(
                problems.READING_DOES_NOT_FIT,
                f"Reading {reading.source_id} is not about {period.service} in {period.period} "
                f"for {period.org_number}, which is corrected here.",
                id=reading.source_id,
            )


async def _shown(uow: UnitOfWork, period: PeriodRow) -> ClosedPeriod:
    return ClosedPeriod(period, tuple(await repository.results_of(uow.session, period.id)))
