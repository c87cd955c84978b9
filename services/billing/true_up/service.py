"""Use cases of true-ups: book one on its day, simulate one now, show them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from services.billing.ledger import recording
from services.billing.months import Month, last_month_ended_by
from services.billing.problems import PERIOD_NOT_ENDED
from services.billing.schedule import settlement_rules, stockholm_day
from services.billing.subscriptions import service as subscriptions
from services.billing.subscriptions.service import Subscription
from services.billing.tables import TrueUpMonthRow, TrueUpRow
from services.billing.true_up import prices, repository
from services.billing.true_up.causes import Causes
from services.billing.true_up.domain import (
    Carried,
    PricesOf,
    SettledMonth,
    Settlement,
    at_signed_prices,
    carry,
    contact_required,
    settle,
)
from services.billing.true_up.month_cost import NO_PRICES, ActualPrices
from services.billing.true_up.terms import SettlesAt, ends_year
from services.billing.volumes import repository as volume_repository
from services.billing.volumes import taking_up
from services.chassis.ids import new_id
from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.billing import TrueUpByArea, TrueUpSettled
from services.contracts.succession import Scope


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


AGREED_DAY = "agreed-day"
"""Occasion of the true-ups on the days that the agreement names."""


async def book(
    uow: UnitOfWork,
    subscription: Subscription,
    day: date,
    *,
    occasion: str = AGREED_DAY,
    services: Collection[str] | None = None,
) -> BookedTrueUp | None:
    """Book a subscription's true-up of a day and occasion, once.

    When there is nothing to settle (no month has ended since, no volume came late)
    nothing is booked.

    Args:
        uow: the unit of work.
        subscription: it must be held.
        day: months that have ended by it are settled.
        occasion: the agreed day, or the final settlement that asks for it.
        services: only these; None for all.
    """
    row = subscription.row
    if await repository.exists(uow.session, row.id, day, occasion):
        return None
    through = last_month_ended_by(day)
    settles_all = occasion != AGREED_DAY or ends_year(through)
    settlement = await settle_now(
        uow, subscription, through, services=services, settles_all=settles_all
    )
    if not settlement.months and not settlement.carried:
        return None
    areas = areas_of(settlement)
    true_up = TrueUpRow(
        id=new_id(),
        subscription_id=row.id,
        org_number=subscription.holder_on(day),
        settled_on=day,
        occasion=occasion,
        first_period=str(settlement.first_month),
        through=str(settlement.through),
        difference_ore=settlement.totals.difference_ore,
        contact_areas=[area.service_area for area in areas if area.contact_required],
        carried=[asdict(each) for each in settlement.carried],
        invoice_id=None,
        recorded_at=uow.recorded_at,
    )
    uow.session.add(true_up)
    await uow.session.flush()
    uow.session.add_all(
        _month_row(true_up, position, month) for position, month in enumerate(settlement.months)
    )
    row.revision += 1
    await uow.session.flush()
    by_service = settlement.by_service().items()
    recording.true_up(uow, true_up, {key: each.difference_ore for key, each in by_service})
    if settlement.months:
        uow.record(
            TrueUpSettled(
                true_up_id=true_up.id,
                subscription_id=row.id,
                org_number=true_up.org_number,
                settled_on=day,
                areas=areas,
                difference_ore=true_up.difference_ore,
            ),
            version=row.revision,
        )
    return BookedTrueUp(true_up, settlement)


async def simulate(
    uow: UnitOfWork, subscription_id: str, scope: Scope | None, through: Month
) -> Settlement:
    """What a true-up through a month would book now; books nothing.

    Raises:
        Problem: ``not_found``; ``period_not_ended`` when the month is not over today.
    """
    subscription = await subscriptions.get(uow, subscription_id, scope)
    if through > last_month_ended_by(stockholm_day(uow.now)):
        raise Problem(
            PERIOD_NOT_ENDED,
            f"{through} has not ended, so its use is not known; choose an earlier month.",
        )
    return await settle_now(uow, subscription, through, settles_all=ends_year(through))


async def settle_now(
    uow: UnitOfWork,
    subscription: Subscription,
    through: Month,
    *,
    services: Collection[str] | None = None,
    settles_all: bool,
) -> Settlement:
    """What there is to settle through a month, by all that is known: simulated and booked alike.

    Args:
        uow: the unit of work.
        subscription: it must be held where the result is booked.
        through: the last month; it must have ended.
        services: only these; None for all.
        settles_all: nothing is carried, however small it is.
    """
    await taking_up.for_subscription(uow, subscription)
    settlement = settle(
        [each for each in subscription.terms if services is None or each.service in services],
        await volume_repository.reported(uow.session, subscription.row.id),
        await repository.booked(uow.session, subscription.row.id),
        through,
        await prices_of(uow, subscription),
    )
    terms = subscription.true_up_terms_on(through.last_day)
    return carry(settlement, 0 if settles_all else terms.materiality_ore)


async def prices_of(uow: UnitOfWork, subscription: Subscription) -> PricesOf:
    """The actual prices of a subscription's services in the months settled at those."""
    at_actual = any(
        each.settles_at is SettlesAt.ACTUAL_PRICES for each in subscription.stored.true_up_terms
    )
    if not at_actual:
        return at_signed_prices
    services = {each.service for each in subscription.terms}
    known = await prices.of_services(uow.session, services)

    def of_month(service: str, month: Month) -> ActualPrices:
        terms = subscription.true_up_terms_on(month.last_day)
        if terms.settles_at is SettlesAt.SIGNED_PRICES:
            return NO_PRICES
        return known.get((service, month), NO_PRICES)

    return of_month


def areas_of(settlement: Settlement) -> tuple[TrueUpByArea, ...]:
    """The settlement by service area, and where the customer is to be called."""
    return tuple(
        TrueUpByArea(
            service_area=area,
            charged_ore=totals.charged_ore,
            actual_ore=totals.actual_ore,
            difference_ore=totals.difference_ore,
            contact_required=calls_for_contact(totals.difference_ore),
        )
        for area, totals in settlement.by_area().items()
    )


def calls_for_contact(difference_ore: int) -> bool:
    """Whether a service area's difference calls for contact by the rules in force."""
    return contact_required(difference_ore, settlement_rules().contact_threshold_ore)


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
        by_volume_ore=month.causes.volume_ore,
        by_cost_ore=month.causes.cost_ore,
        by_tariff_ore=month.causes.tariff_ore,
        by_membership_ore=month.causes.membership_ore,
        late=month.late,
        steps=list(month.steps),
    )


async def page(
    uow: UnitOfWork, scope: Scope | None, after: str | None, limit: int
) -> list[BookedTrueUp]:
    """Booked true-ups within a scope, oldest first."""
    rows = await repository.page(uow.session, scope, after, limit)
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
                carried=tuple(Carried(**each) for each in row.carried),
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
        causes=Causes(row.by_volume_ore, row.by_cost_ore, row.by_tariff_ore, row.by_membership_ore),
    )
