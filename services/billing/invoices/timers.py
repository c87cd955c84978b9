"""The durable timer behind monthly invoices; each sets the next.

It fires on the first day after the month, for that month. After a standstill the missed
months are invoiced one after another, each dated as if on time.
"""

from __future__ import annotations

from services.billing import schedule
from services.billing.invoices import service
from services.billing.months import Month
from services.billing.subscriptions import repository as subscription_repository
from services.billing.subscriptions import service as subscriptions
from services.billing.subscriptions.operation import INVOICE_TIMER
from services.chassis.timers import DueTimer
from services.chassis.unit_of_work import UnitOfWork


async def on_invoice(uow: UnitOfWork, timer: DueTimer) -> None:
    """A month has ended for a subscription.

    The timer outlives the agreement: a last true-up or a late credit is invoiced too.
    """
    row = await subscription_repository.lock(uow.session, timer.key)
    if row is None:
        raise LookupError(f"the invoice of subscription {timer.key}, which does not exist")
    subscription = await subscriptions.load(uow.session, row)
    month = Month.parse(timer.payload["period"])
    await service.invoice_month(uow, subscription, month)
    await uow.set_timer(
        INVOICE_TIMER,
        timer.key,
        schedule.invoice_due_at(month.next),
        {"period": str(month.next)},
    )


TIMERS = {INVOICE_TIMER: on_invoice}
