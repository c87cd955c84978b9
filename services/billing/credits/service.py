"""Use cases of monthly credits: keep how a month came out, show what it gives back."""

from __future__ import annotations

from services.billing.credits import repository
from services.billing.credits.domain import MonthlyCredit, measured
from services.billing.invoices import repository as invoices
from services.billing.invoices.domain import LineKind, credit_due
from services.billing.months import Month
from services.billing.schedule import stockholm_day
from services.billing.subscriptions import operation
from services.billing.subscriptions import service as subscriptions
from services.billing.subscriptions.domain import instalment
from services.billing.subscriptions.service import CannotApplyError, Subscription
from services.billing.tables import ClosedMonthRow
from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.collab_model import PeriodClosed
from services.contracts.credits import calculate
from services.contracts.succession import Scope


async def keep_month(uow: UnitOfWork, event: PeriodClosed) -> None:
    """Keep how a month's levels came out; the latest revision counts, whichever comes first.

    The next invoice gives back what the agreement's table says, or brings up to date what an
    earlier one gave.

    Raises:
        NotYet: the agreement has not arrived.
        CannotApplyError: the agreement has no such service.
    """
    subscription = await operation.held(uow, event.agreement_id)
    if subscription.find(event.service) is None:
        raise CannotApplyError(f"agreement {event.agreement_id} has no service {event.service}")
    key = subscription.row.id
    row = await repository.find(uow.session, key, event.service, event.period)
    if row is not None and row.revision >= event.revision:
        return
    if row is None:
        row = ClosedMonthRow(
            id=new_id(), subscription_id=key, service=event.service, period=event.period
        )
        uow.session.add(row)
    row.revision = event.revision
    row.results = [each.model_dump(mode="json") for each in event.results]
    row.excluded_breaches = list(event.excluded_breaches)
    row.recorded_at = uow.recorded_at
    await uow.session.flush()


async def monthly(
    uow: UnitOfWork, subscription_id: str, scope: Scope | None
) -> list[MonthlyCredit]:
    """What each month of a subscription's services gives back, with the calculation.

    Months that give nothing are left out, unless an invoice gave something back for them.

    Raises:
        Problem: ``not_found``, also for another customer's.
    """
    subscription = await subscriptions.get(uow, subscription_id, scope)
    present = Month.of(stockholm_day(uow.now))
    breaches: dict[tuple[str, str], list[str]] = {}
    for row in await invoices.credits_through(uow.session, subscription_id, present):
        if row.withdrawn_at is None:
            breaches.setdefault((row.service, row.period), []).append(row.breach_id)
    closed = {
        (row.service, row.period): row
        for row in await repository.through(uow.session, subscription_id, present)
    }
    invoiced = await invoices.invoiced(uow.session, subscription_id, LineKind.CREDIT)
    given = {(service, str(month)): -amount for (service, month), amount in invoiced.items()}
    found = [
        _of_month(subscription, key, breaches.get(key, []), closed.get(key), given.get(key, 0))
        for key in sorted({*breaches, *closed, *given}, key=lambda key: (key[1], key[0]))
    ]
    return [each for each in found if each.calculation.steps or each.invoiced_ore]


def _of_month(
    subscription: Subscription,
    key: tuple[str, str],
    breaches: list[str],
    closed: ClosedMonthRow | None,
    invoiced_ore: int,
) -> MonthlyCredit:
    service, month = key[0], Month.parse(key[1])
    terms = subscription.find(service)
    amount = instalment(terms, month) if terms else 0
    rule = subscription.version_on(month.last_day).credit_rule
    excluded = set(closed.excluded_breaches if closed else ())
    count = len(set(breaches) - excluded)
    results = measured(closed)
    return MonthlyCredit(
        service=service,
        month=month,
        instalment_ore=amount,
        calculation=calculate(rule.terms, count, results),
        due_ore=credit_due(rule, amount, count, results),
        invoiced_ore=invoiced_ore,
        excluded_breaches=len(excluded & set(breaches)),
    )
