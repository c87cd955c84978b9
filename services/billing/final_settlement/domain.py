"""What a final settlement comes to (DOMAIN.md sections 3, 4 and 7; 000:614).

A customer that leaves pays what its use cost, no more and no less, so that nothing of it
falls on those that stay. The rule is the true-up's, over the whole time of the services that
end: what their months cost by reported volumes, a month without a report by what was
expected of it. Of that goes what was invoiced for them, and the credits that no invoice has
given yet; what the exit terms make it bear besides comes on top. The last invoice settles
the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.billing.months import Month
from services.billing.subscriptions.domain import ServiceTerms, charged_months
from services.billing.true_up.domain import PricesOf, at_signed_prices
from services.billing.true_up.month_cost import Reported, actual_cost, in_month, reported_of


class SettlementStatus(StrEnum):
    """Where a final settlement stands."""

    WAITING = "waiting"
    MADE = "made"
    REFUSED = "refused"


@dataclass(frozen=True)
class FinalAccount:
    """What was charged against what it cost; ``credits_ore`` is not above 0.

    ``charged_ore`` is all that was invoiced of the services' fees, true-ups taken in;
    ``exit_costs_ore`` what the one who leaves bears besides them.
    """

    charged_ore: int
    actual_ore: int
    credits_ore: int
    exit_costs_ore: int = 0

    @property
    def difference_ore(self) -> int:
        """What the last invoice settles; below 0 the customer gets money back."""
        return self.actual_ore - self.charged_ore + self.credits_ore + self.exit_costs_ore


def actual_cost_of(
    services: Sequence[ServiceTerms],
    reported: Reported,
    through: Month,
    prices_of: PricesOf = at_signed_prices,
) -> int:
    """What the use of some services cost in all their time, through a month."""
    total = 0
    for terms in services:
        so_far = reported_of(terms, reported)
        for month in charged_months(terms, through):
            prices = prices_of(terms.service, month)
            cost = actual_cost(terms, month, in_month(so_far, month), so_far, prices)
            total += cost.actual_ore
    return total


def unknown_among(services: Collection[str], signed: Collection[str]) -> tuple[str, ...]:
    """The services that were never part of the agreement, in order."""
    return tuple(sorted(set(services) - set(signed)))
