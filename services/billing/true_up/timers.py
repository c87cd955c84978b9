"""The durable timer behind true-ups; each sets the next."""

from __future__ import annotations

from datetime import date, timedelta

from services.billing.subscriptions import repository as subscription_repository
from services.billing.subscriptions import service as subscriptions
from services.billing.subscriptions.operation import TRUE_UP_TIMER, set_true_up_timer
from services.billing.true_up import service
from services.chassis.timers import DueTimer
from services.chassis.unit_of_work import UnitOfWork


async def on_true_up(uow: UnitOfWork, timer: DueTimer) -> None:
    """It is the evening of a subscription's true-up day.

    The timer outlives the agreement: volumes that come after its end are settled too.
    """
    row = await subscription_repository.lock(uow.session, timer.key)
    if row is None:
        raise LookupError(f"the true-up of subscription {timer.key}, which does not exist")
    subscription = await subscriptions.load(uow.session, row)
    day = date.fromisoformat(timer.payload["day"])
    await service.book(uow, subscription, day)
    following = subscription.next_true_up_day(day + timedelta(days=1))
    if following is not None:
        await set_true_up_timer(uow, row.id, following)


TIMERS = {TRUE_UP_TIMER: on_true_up}
