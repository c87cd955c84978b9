"""Subscriptions, loaded with all that their charges depend on, and shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.customers import repository as customer_repository
from services.billing.months import Month
from services.billing.subscriptions import repository
from services.billing.subscriptions.domain import ServiceTerms
from services.billing.subscriptions.repository import Stored
from services.billing.subscriptions.versions import Version, terms_by_service
from services.billing.tables import SubscriptionRow
from services.billing.true_up.terms import TrueUpTerms, next_day, terms_on
from services.chassis.problems import not_found
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.operation import Facts, Lived, Told, version_on
from services.contracts.succession import Register, Scope

_AT_ONCE = 200

WHOLE_AGREEMENT = ""
"""Stands for the service where an ending is about the agreement as a whole."""


class CannotApplyError(Exception):
    """An event contradicts what billing holds; a person must look at it."""


@dataclass(frozen=True)
class Subscription:
    """A subscription with all that its charges depend on, ready to reckon with and to show."""

    row: SubscriptionRow
    stored: Stored
    register: Register

    @property
    def versions(self) -> Sequence[Version]:
        """The signed versions, in order of their numbers; at least one."""
        return self.stored.versions

    @cached_property
    def terms(self) -> tuple[ServiceTerms, ...]:
        """What each service is charged for."""
        return terms_by_service(self.versions, self.facts)

    @property
    def facts(self) -> Facts:
        """What came of what was signed."""
        go_lives: dict[str, list[Lived]] = {}
        for each in self.stored.go_lives:
            lived = Lived(each.live_on, each.live_rank, each.rolled_back_rank)
            go_lives.setdefault(each.service, []).append(lived)
        ends: dict[str, list[Told]] = {}
        for row in self.stored.endings:
            told = Told(row.last_day, row.rank, row.reason)
            ends.setdefault(row.service, []).append(told)
        return Facts(
            go_lives=go_lives,
            agreement_ends=ends.pop(WHOLE_AGREEMENT, ()),
            ends=ends,
            closed_after=self.register.last_day_of(self.row.org_number, self.agreements),
        )

    @property
    def agreements(self) -> frozenset[str]:
        """The identifiers under which the agreement was signed."""
        return frozenset(each.agreement_id for each in self.versions)

    def find(self, service: str) -> ServiceTerms | None:
        """What a service is charged for; None when it was never part of the agreement."""
        return next((each for each in self.terms if each.service == service), None)

    def version_on(self, day: date) -> Version:
        """The version in force on a day."""
        return version_on(self.versions, day)

    def holder_on(self, day: date) -> str:
        """The organisation number of whoever has the subscription on a day."""
        return self.register.holder_on(self.row.org_number, day, self.agreements)

    def name_on(self, day: date) -> str:
        """What the holder is called on a day: by the register, else as it signed."""
        holder = self.holder_on(day)
        registered = self.register.name_on(holder, day)
        # Onboarding's register may tell of the customer before or after the agreement.
        signed = {each.org_number: each.customer_name for each in self.versions}
        return registered or signed.get(holder, holder)

    def numbers_on(self, day: date) -> tuple[str, ...]:
        """Everybody who has held the subscription by a day, the first one first."""
        return self.register.line_of(self.row.org_number, day, self.agreements)

    def true_up_terms_on(self, day: date) -> TrueUpTerms:
        """The terms of true-ups that hold on a day."""
        return terms_on(self.stored.true_up_terms, day)

    def next_true_up_day(self, not_before: date) -> date | None:
        """The first true-up day on or after a day, by the version and terms then in force."""
        firsts = [each.holds_from for each in self.versions if each.holds_from]
        changes = sorted([*firsts, *(each.holds_from for each in self.stored.true_up_terms)])
        while True:
            agreed = self.version_on(not_before).true_up_days
            day = next_day(self.true_up_terms_on(not_before), agreed, not_before)
            change = next((each for each in changes if each > not_before), None)
            if change is None or (day is not None and day < change):
                return day
            not_before = change


async def loaded(session: AsyncSession, rows: Sequence[SubscriptionRow]) -> list[Subscription]:
    """Subscriptions with all that their charges depend on."""
    stored = await repository.stored_about(session, [row.id for row in rows])
    register = await customer_repository.register(session, {row.org_number for row in rows})
    return [Subscription(row, stored[row.id], register) for row in rows]


async def load(session: AsyncSession, row: SubscriptionRow) -> Subscription:
    """One subscription with all that its charges depend on."""
    return (await loaded(session, [row]))[0]


async def page(
    uow: UnitOfWork, scope: Scope | None, after: str | None, limit: int
) -> list[Subscription]:
    """Subscriptions within a scope, oldest first."""
    rows = await repository.page(uow.session, scope, after, limit)
    return await loaded(uow.session, rows)


async def every(uow: UnitOfWork) -> list[Subscription]:
    """All subscriptions, oldest first; read in pieces, as a statement takes so many values."""
    found: list[Subscription] = []
    while True:
        after = found[-1].row.id if found else None
        piece = await page(uow, None, after, _AT_ONCE)
        found += piece
        if len(piece) < _AT_ONCE:
            return found


async def get(uow: UnitOfWork, subscription_id: str, scope: Scope | None) -> Subscription:
    """One subscription.

    Raises:
        Problem: ``not_found``, also for another customer's.
    """
    row = await repository.get(uow.session, subscription_id, scope)
    if row is None:
        raise not_found("subscription")
    return await load(uow.session, row)


async def charged(uow: UnitOfWork, subscription: Subscription) -> dict[tuple[str, Month], int]:
    """What was invoiced so far by service and month."""
    return await repository.charged(uow.session, subscription.row.id)
