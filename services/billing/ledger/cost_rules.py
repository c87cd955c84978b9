"""Posting rules of costs: of what the accounts say, and of start-up before fees come in. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.billing.ledger.chart import AccountRole as Role
from services.billing.ledger.domain import CauseKind, Posting, pair, posting_of
from services.billing.months import Month


def start_up_cost(
    cost_id: str,
    role: Role,
    day: date,
    about: tuple[str, str | None],
    amount_ore: int,
    corrects: str | None,
) -> Posting | None:
    """What was spent on a customer before its fees come in.

    Args:
        cost_id: the entry of onboarding.
        role: the account by its kind: own work or a purchase.
        day: the day it was incurred.
        about: the customer, and the service where it is for one.
        amount_ore: below 0 where it corrects another.
        corrects: the voucher of the one it corrects, where there is one.
    """
    rows = pair(role, Role.COST_CLEARING, amount_ore, *about, f"{day:%Y-%m}")
    texts = ("Start-up of a customer", "Uppstart av en kund")
    return posting_of(CauseKind.START_UP_COST, cost_id, day, texts, rows, None, corrects)


@dataclass(frozen=True)
class CostFact:
    """An actual cost that came into a pool; ``service`` is None for an overhead pool."""

    role: Role
    service: str | None
    amount_ore: int


def costs_taken_in(
    cause_id: str, month: Month, source: str, costs: Sequence[CostFact]
) -> Posting | None:
    """The costs of a month that came together, on its last day."""
    period = str(month)
    rows = [
        each
        for cost in costs
        for each in pair(cost.role, Role.COST_CLEARING, cost.amount_ore, None, cost.service, period)
    ]
    entries = "entry" if len(costs) == 1 else "entries"
    poster = "post" if len(costs) == 1 else "poster"
    texts = (
        f"Costs of {month} from {source}, {len(costs)} {entries}",
        f"Kostnader för {month} från {source}, {len(costs)} {poster}",
    )
    return posting_of(CauseKind.COST, cause_id, month.last_day, texts, rows)
