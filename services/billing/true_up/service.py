"""Use cases of true-ups: book one on its day, simulate one now, show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.billing.months import Month, last_month_ended_by
from services.billing.problems import PERIOD_NOT_ENDED
from services.billing.schedule import settlement_rules, stockholm_day
from services.billing.subscriptions import repository as subscription_repository
from services.billing.subscriptions import service as subscriptions
from services.billing.tables import SubscriptionRow, TrueUpMonthRow, TrueUpRow
from services.billing.true_up import repository
from services.billing.true_up.domain import SettledMonth, Settlement, contact_required, settle
from services.billing.volumes import repository as volume_repository
from services.billing.volumes import service as volumes
from services.chassis.ids import new_id
from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.billing import TrueUpByArea, TrueUpSettled


@dataclass(frozen=True)
class BookedTrueUp:
    """A booked true-up and what it settled."""

    row: TrueUpRow
    settlement: Settlement

    @property
    def areas(self) -> tuple[TrueUpByArea, ...]:
        """By service area; whom to call was decided when it was booked."""
        return tuple(
            area.model_copy(
                update={"contact_required": area.service_area in self.row.contact_areas}
            )
            for area in areas_of(self.settlement)
        )


async def book(uow: UnitOfWork, subscription: SubscriptionRow, day: date) -> None:
    """Book a subscription's true-up of a day, once.

    When there is nothing to settle (no month has ended since, no volume came late)
    nothing is booked.
    """
    if await repository.exists(uow.session, subscription.id, day):
        return
    settlement = await _settlement(uow, subscription, last_month_ended_by(day))
    if not settlement.months:
        return
    areas = areas_of(settlement)
    row = TrueUpRow(
        id=new_id(),
        subscription_id=subscription.id,
        org_number=subscription.org_number,
        settled_on=day,
        first_period=str(settlement.first_month),
        through=str(settlement.through),
        difference_ore=settlement.totals.difference_ore,
        contact_areas=[area.service_area for area in areas if area.contact_required],
        invoice_id=None,
        recorded_at=uow.recorded_at,
    )
    uow.session.add(row)
    await uow.session.flush()
    uow.session.add_all(
        _month_row(row, position, month) for position, month in enumerate(settlement.months)
    )
    subscription.revision += 1
    await uow.session.flush()
    uow.record(
        TrueUpSettled(
            true_up_id=row.id,
            subscription_id=subscription.id,
            org_number=row.org_number,
            settled_on=day,
            areas=areas,
            difference_ore=row.difference_ore,
        ),
        version=subscription.revision,
    )


async def simulate(
    uow: UnitOfWork, subscription_id: str, scope: str | None, through: Month
) -> Settlement:
    """What a true-up through a month would book now; books nothing.

    Raises:
        Problem: ``not_found``; ``period_not_ended`` when the month is not over today.
    """
    subscription = (await subscriptions.get(uow, subscription_id, scope)).row
    if through > last_month_ended_by(stockholm_day(uow.now)):
        raise Problem(
            PERIOD_NOT_ENDED,
            f"{through} has not ended, so its use is not known; choose an earlier month.",
        )
    return await _settlement(uow, subscription, through)


async def _settlement(uow: UnitOfWork, subscription: SubscriptionRow, through: Month) -> Settlement:
    services = (await subscription_repository.services_of(uow.session, [subscription.id]))[
        subscription.id
    ]
    for service in services:
        await volumes.take_up(uow, subscription.org_number, service.service)
    return settle(
        [subscriptions.terms_of(subscription, service) for service in services],
        await volume_repository.reported(uow.session, subscription.id),
        await repository.booked(uow.session, subscription.id),
        through,
    )


def areas_of(settlement: Settlement) -> tuple[TrueUpByArea, ...]:
    """The settlement by service area, and where the customer is to be called."""
    threshold = settlement_rules().contact_threshold_ore
    return tuple(
        TrueUpByArea(
            service_area=area,
            charged_ore=totals.charged_ore,
            actual_ore=totals.actual_ore,
            difference_ore=totals.difference_ore,
            contact_required=contact_required(totals.difference_ore, threshold),
        )
        for area, totals in settlement.by_area().items()
    )


def _month_row(true_up: TrueUpRow, position: int, month: SettledMonth) -> TrueUpMonthRow:
    return TrueUpMonthRow(
        id=new_id(),
        true_up_id=true_up.id,
        subscription_id=true_up.subscription_id,
        position=position,
        service=month.service,
        service_area=month.service_area,
        period=str(month.month),
        charged_ore=month.charged_ore,
        actual_ore=month.actual_ore,
        late=month.late,
        steps=list(month.steps),
    )


async def page(
    uow: UnitOfWork, customer: str | None, after: str | None, limit: int
) -> list[BookedTrueUp]:
    """Booked true-ups within a scope, oldest first."""
    rows = await repository.page(uow.session, customer, after, limit)
    return await with_settlements(uow, rows)


async def with_settlements(uow: UnitOfWork, rows: Sequence[TrueUpRow]) -> list[BookedTrueUp]:
    """True-ups together with the months they booked."""
    months = await repository.months_of(uow.session, [row.id for row in rows])
    return [
        BookedTrueUp(
            row,
            Settlement(
                through=Month.parse(row.through),
                months=tuple(_settled_month(month) for month in months[row.id]),
            ),
        )
        for row in rows
    ]


def _settled_month(row: TrueUpMonthRow) -> SettledMonth:
    return SettledMonth(
        service=row.service,
        service_area=row.service_area,
        month=Month.parse(row.period),
        charged_ore=row.charged_ore,
        actual_ore=row.actual_ore,
        late=row.late,
        steps=tuple(row.steps),
    )
