"""Use cases of the terms by which subscriptions are trued up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.billing.schedule import settlement_rules, stockholm_day
from services.billing.subscriptions import operation
from services.billing.subscriptions import repository as subscription_repository
from services.billing.subscriptions import service as subscriptions
from services.billing.subscriptions.service import Subscription
from services.billing.tables import TrueUpTermsRow
from services.billing.true_up import repository
from services.billing.true_up.problems import TRUE_UP_DAYS_AMBIGUOUS, TRUE_UP_SCHEDULE_UNKNOWN
from services.billing.true_up.terms import SettlesAt, TrueUpTerms
from services.chassis.ids import new_id
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.succession import Scope


@dataclass(frozen=True)
class NewTerms:
    """Terms to register; neither days nor schedule means those of the agreement."""

    holds_from: date
    days: tuple[str, ...]
    schedule: str | None
    materiality_ore: int
    settles_at: SettlesAt
    reason: str


@dataclass(frozen=True)
class Standing:
    """The terms of a subscription that hold today, its next true-up day, and all registered."""

    subscription: Subscription
    in_force: TrueUpTerms
    agreed_days: tuple[str, ...]
    next_day: date | None
    registered: Sequence[TrueUpTermsRow]


async def register(uow: UnitOfWork, subscription_id: str, new: NewTerms) -> Standing:
    """Register the terms that hold from a day on; those before stay as they were.

    Where the day lies in the past, the next true-up settles what differs by it.

    Raises:
        Problem: ``not_found``, ``true_up_days_ambiguous``, ``true_up_schedule_unknown``.
    """
    row = await subscription_repository.lock(uow.session, subscription_id)
    if row is None:
        raise not_found("subscription")
    before = await subscriptions.load(uow.session, row)
    numbers = [each.number for each in before.stored.true_up_terms]
    uow.session.add(
        TrueUpTermsRow(
            id=new_id(),
            subscription_id=row.id,
            number=max(numbers, default=0) + 1,
            holds_from=new.holds_from,
            days=list(_days(new)),
            materiality_ore=new.materiality_ore,
            settles_at=new.settles_at.value,
            reason=new.reason,
            registered_by=uow.actor.client_id if uow.actor else "system",
            recorded_at=uow.now,
        )
    )
    await uow.session.flush()
    after = await subscriptions.load(uow.session, row)
    standing = await _standing(uow, after)
    if standing.next_day is not None and any(each.live_rank for each in after.stored.go_lives):
        await operation.set_true_up_timer(uow, row.id, standing.next_day)
    return standing


def _days(new: NewTerms) -> tuple[str, ...]:
    if new.schedule is None:
        return tuple(dict.fromkeys(new.days))
    if new.days:
        raise Problem(
            TRUE_UP_DAYS_AMBIGUOUS,
            "Both a schedule and days are named, so it is not clear on which days to true up; "
            "leave one of them out. Nothing was changed.",
        )
    schedules = settlement_rules().true_up_schedules
    if new.schedule not in schedules:
        raise Problem(
            TRUE_UP_SCHEDULE_UNKNOWN,
            f"There is no schedule {new.schedule}; name one of {', '.join(schedules)}, or days.",
            known=list(schedules),
        )
    return schedules[new.schedule]


async def show(uow: UnitOfWork, subscription_id: str, scope: Scope | None) -> Standing:
    """The terms of one subscription.

    Raises:
        Problem: ``not_found``, also for another customer's.
    """
    return await _standing(uow, await subscriptions.get(uow, subscription_id, scope))


async def _standing(uow: UnitOfWork, subscription: Subscription) -> Standing:
    today = stockholm_day(uow.now)
    return Standing(
        subscription,
        subscription.true_up_terms_on(today),
        subscription.version_on(today).true_up_days,
        subscription.next_true_up_day(today),
        await repository.terms_of(uow.session, subscription.row.id),
    )
