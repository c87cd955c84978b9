"""The durable timer behind true-ups; each sets the next."""

from __future__ import annotations

from datetime import date, timedelta

from services.billing import schedule
from services.billing.subscriptions import repository as subscription_repository
from services.billing.subscriptions.service import TRUE_UP_TIMER
from services.billing.true_up import service
from services.chassis.timers import DueTimer
from services.chassis.unit_of_work import UnitOfWork


async def on_true_up(uow: UnitOfWork, timer: DueTimer) -> None:
    """It is the evening of a subscription's true-up day.

    The timer outlives the agreement: volumes that come after its end are settled too.
    """
    subscription = await subscription_repository.lock(uow.session, timer.key)
    if subscription is None:
        raise LookupError(f"the true-up of subscription {timer.key}, which does not exist")
    day = date.fromisoformat(timer.payload["day"])
    await service.book(uow, subscription, day)
    following = schedule.next_true_up_day(subscription.true_up_days, day + timedelta(days=1))
    if following is not None:
        await uow.set_timer(
            TRUE_UP_TIMER,
            timer.key,
            schedule.true_up_due_at(following),
            {"day": following.isoformat()},
        )


TIMERS = {TRUE_UP_TIMER: on_true_up}
