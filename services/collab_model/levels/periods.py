"""Months that close with what the levels came to, and corrections of what was closed.

A month is closed once and what it reported stays. When something becomes known late that
changes whether the service was in operation for all of it (an end, a roll-back), a
correction is put beside it with a higher revision: its results are the same, but it no
longer counts as a whole month, or does after all.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.chassis.clock import STOCKHOLM
from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.agreements import repository as agreements
from services.collab_model.agreements.domain import Agreement, Version, covers, touches
from services.collab_model.levels import repository
from services.collab_model.levels.domain import Month, Outcome, Tally, all_met, outcome_of
from services.collab_model.matters import measuring
from services.collab_model.tables import AgreementServiceRow, PeriodResultRow, PeriodRow
from services.contracts.collab_model import LevelResult, PeriodClosed

CLOSE_PERIOD = "close_period"
"""Timer: the month of a service closes; its key is the service's identifier."""


async def follow(uow: UnitOfWork, agreement: Agreement, service: AgreementServiceRow) -> None:
    """Have the right month of a service close next, and correct what is closed.

    The first month with a day in operation that is not closed comes next; when there is
    none, no month does.
    """
    closed = await repository.latest_periods(uow.session, agreement.id, service.service)
    await _correct(uow, agreement, service.service, closed)
    month = _next_to_close(agreement, service.service, closed)
    if month is None:
        await uow.cancel_timer(CLOSE_PERIOD, service.id)
    else:
        await uow.set_timer(
            CLOSE_PERIOD, service.id, month.closes_at(STOCKHOLM), {"period": str(month)}
        )


def _next_to_close(
    agreement: Agreement, service: str, closed: dict[str, PeriodRow]
) -> Month | None:
    for days in agreement.days_of(service):
        month, last = Month.of(days.first), Month.of(days.last)
        while month <= last:
            if str(month) not in closed:
                return month
            month = month.next
    return None


async def close_period(uow: UnitOfWork, service_id: str, month: Month) -> None:
    """Close a month of a service and have the next one close in its time.

    A month that is closed already stays as it is, and one in which the service turned out
    not to be in operation is not closed.
    """
    service = await agreements.get_service_locked(uow.session, service_id)
    agreement = await agreements.get(uow.session, service.agreement_id)
    key = service.service
    is_closed = await repository.is_closed(uow.session, agreement.id, key, str(month))
    if not is_closed and touches(agreement.days_of(key), month.first_day, month.last_day):
        outcomes = await _outcomes(uow, agreement, key, month)
        await _keep_closing(uow, agreement, key, month, outcomes)
    await follow(uow, agreement, service)


def measuring_version(agreement: Agreement, service: str, month: Month) -> Version:
    """The version whose levels measure a month: that of its last day in operation."""
    days = [
        min(each.last, month.last_day)
        for each in agreement.days_of(service)
        if each.first <= month.last_day and each.last >= month.first_day
    ]
    return agreement.version_on(max(days, default=month.last_day))


async def _outcomes(
    uow: UnitOfWork, agreement: Agreement, service: str, month: Month
) -> list[Outcome]:
    version = measuring_version(agreement, service, month)
    levels = await repository.levels_of_service(uow.session, agreement.id, version.number, service)
    timed = await measuring.tallies_of_month(uow, agreement, service, month)
    read = await repository.tallies(uow.session, agreement.id, service, str(month))
    return [
        outcome_of(level, (timed if level.is_timed else read).get(level.key, Tally()))
        for level in levels
    ]


async def _keep_closing(
    uow: UnitOfWork,
    agreement: Agreement,
    service: str,
    month: Month,
    outcomes: Sequence[Outcome],
) -> None:
    period = PeriodRow(
        id=new_id(),
        agreement_id=agreement.id,
        org_number=agreement.holder_on(month.last_day),
        service=service,
        period=str(month),
        revision=1,
        reason="",
        whole_month=covers(agreement.days_of(service), month.first_day, month.last_day),
        met=all_met(outcomes),
        closed_at=uow.now,
    )
    results = [
        PeriodResultRow(
            id=new_id(),
            period_id=period.id,
            level_id=outcome.level.id,
            position=position,
            level=outcome.level.key,
            required_share_percent=outcome.level.required_share_percent,
            outcome_percent=outcome.outcome_percent,
            measured=outcome.measured,
            met=outcome.met,
        )
        for position, outcome in enumerate(outcomes, start=1)
    ]
    await repository.add_period(uow.session, period, results)
    told = tuple(
        LevelResult(
            level=outcome.level.key,
            required_share_percent=outcome.level.required_share_percent,
            outcome_percent=outcome.outcome_percent,
            measured=outcome.measured,
            met=outcome.met,
        )
        for outcome in outcomes
    )
    await _tell(uow, period, told)


async def _correct(
    uow: UnitOfWork, agreement: Agreement, service: str, closed: dict[str, PeriodRow]
) -> None:
    """Put a correction beside each closed month that was whole and is not, or the reverse."""
    days = agreement.days_of(service)
    for key, row in closed.items():
        month = Month.parse(key)
        whole = covers(days, month.first_day, month.last_day)
        if whole == row.whole_month:
            continue
        results = await repository.results_of(uow.session, row.id)
        correction = PeriodRow(
            id=new_id(),
            agreement_id=row.agreement_id,
            org_number=row.org_number,
            service=service,
            period=key,
            revision=row.revision + 1,
            reason=_why(whole=whole, lived=touches(days, month.first_day, month.last_day)),
            whole_month=whole,
            met=row.met,
            closed_at=uow.now,
        )
        await repository.add_period(
            uow.session,
            correction,
            [_copied(result, correction.id) for result in results],
        )
        told = tuple(LevelResult.model_validate(each, from_attributes=True) for each in results)
        await _tell(uow, correction, told)


def _why(*, whole: bool, lived: bool) -> str:
    if whole:
        return "the service was in operation for all of the month after all"
    if lived:
        return "the service was in operation for a part of the month only"
    return "the service was not in operation in the month after all"


def _copied(result: PeriodResultRow, period_id: str) -> PeriodResultRow:
    return PeriodResultRow(
        id=new_id(),
        period_id=period_id,
        level_id=result.level_id,
        position=result.position,
        level=result.level,
        required_share_percent=result.required_share_percent,
        outcome_percent=result.outcome_percent,
        measured=result.measured,
        met=result.met,
    )


async def _tell(uow: UnitOfWork, period: PeriodRow, results: tuple[LevelResult, ...]) -> None:
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
        ),
        version=await next_version(uow, period.agreement_id),
    )


async def next_version(uow: UnitOfWork, agreement_id: str) -> int:
    """The version that what was added last to an agreement has left it in.

    What is signed, closed and corrected counts.
    """
    signed = await agreements.count_versions(uow.session, agreement_id)
    return signed + await repository.count_periods(uow.session, agreement_id)
