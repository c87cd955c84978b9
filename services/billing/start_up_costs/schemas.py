"""What the API says about start-up costs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from services.billing.start_up_costs.domain import Grouping, Total
from services.billing.tables import StartUpCostRow
from services.chassis.schemas import ResponseModel
from services.contracts.values import StartUpCostKind


class StartUpCostOut(ResponseModel):
    """An entry; one that names what it ``corrects`` takes that back, with the opposite sign."""

    id: str
    case_id: str
    org_number: str
    service: str
    service_area: str
    kind: StartUpCostKind
    incurred_on: date
    minutes: int
    amount_ore: int
    corrects: str | None
    recorded_at: datetime


class TotalOut(ResponseModel):
    """What the entries of one case, customer, service area or month come to."""

    key: str
    entries: int
    minutes: int
    amount_ore: int


class TotalsOut(ResponseModel):
    """Totals and their sum; start-up cost is no part of any fee."""

    by: Grouping
    totals: tuple[TotalOut, ...]
    entries: int
    minutes: int
    amount_ore: int


def start_up_cost_out(row: StartUpCostRow) -> StartUpCostOut:
    """An entry as the API shows it."""
    return StartUpCostOut.model_validate(row)


def totals_out(by: Grouping, totals: Sequence[Total]) -> TotalsOut:
    """Totals as the API shows them."""
    return TotalsOut(
        by=by,
        totals=tuple(TotalOut.model_validate(each) for each in totals),
        entries=sum(each.entries for each in totals),
        minutes=sum(each.minutes for each in totals),
        amount_ore=sum(each.amount_ore for each in totals),
    )
