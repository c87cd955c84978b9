"""Use case of credits: a breached service level gives money back."""

from __future__ import annotations

from services.billing.invoices import repository
from services.billing.invoices.domain import credit_of_next_breach, credited_percent
from services.billing.ledger import recording
from services.billing.months import Month
from services.billing.schedule import stockholm_day
from services.billing.subscriptions import operation
from services.billing.subscriptions.domain import instalment
from services.billing.subscriptions.service import CannotApplyError
from services.billing.subscriptions.versions import CreditRule
from services.billing.tables import CreditRow
from services.chassis.consumer import NotYet
from services.chassis.money import format_sek
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.collab_model import LevelBreached, LevelBreachWithdrawn


async def credit_breach(uow: UnitOfWork, event: LevelBreached) -> None:
    """Record a breach and what it gives back; a breach is recorded once.

    A breach in a month that is not charged, for instance because the go-live was taken
    back, gives nothing.

    Raises:
        NotYet: the agreement, or its service's go-live, has not arrived.
        CannotApplyError: the agreement has no such service.
    """
    subscription = await operation.held(uow, event.agreement_id)
    if await uow.session.get(CreditRow, event.breach_id) is not None:
        return
    terms = subscription.find(event.service)
    if terms is None:
        raise CannotApplyError(f"agreement {event.agreement_id} has no service {event.service}")
    if all(each.service != event.service for each in subscription.stored.go_lives):
        raise NotYet(f"{event.service} of agreement {event.agreement_id} is not live yet")
    day = stockholm_day(event.breached_at)
    month = Month.of(day)
    monthly = instalment(terms, month)
    earlier = await repository.breaches_in(uow.session, subscription.row.id, event.service, month)
    rule = subscription.version_on(month.last_day).credit_rule
    amount = credit_of_next_breach(rule, monthly, earlier)
    credit = CreditRow(
        breach_id=event.breach_id,
        subscription_id=subscription.row.id,
        org_number=subscription.holder_on(day),
        service=event.service,
        period=str(month),
        level=event.level,
        matter_id=event.matter_id,
        breached_at=event.breached_at,
        amount_ore=amount,
        explanation=_explanation(rule, monthly, earlier + 1, amount),
        invoice_id=None,
        recorded_at=uow.recorded_at,
        withdrawn_at=None,
    )
    uow.session.add(credit)
    await uow.session.flush()
    recording.credit(uow, credit)


async def withdraw_breach(uow: UnitOfWork, event: LevelBreachWithdrawn) -> None:
    """Let a breach that turned out not to be one give nothing; the next invoice takes it back.

    Raises:
        NotYet: the breach, or its agreement, has not arrived.
    """
    await operation.held(uow, event.agreement_id)
    credit = await uow.session.get(CreditRow, event.breach_id)
    if credit is None:
        raise NotYet(f"breach {event.breach_id} is not known yet")
    if credit.withdrawn_at is None:
        credit.withdrawn_at = event.withdrawn_at
        await uow.session.flush()
        await recording.credit_withdrawn(uow, credit)


def _explanation(rule: CreditRule, monthly: int, breaches: int, amount: int) -> str:
    percent = credited_percent(rule, breaches).normalize()
    return (
        f"breach {breaches} of the month at {rule.percent_per_breach.normalize():f} % each, at "
        f"most {rule.monthly_cap_percent.normalize():f} %: in all {percent:f} % of the instalment "
        f"{format_sek(monthly)}, of which this breach {format_sek(amount)}"
    )
