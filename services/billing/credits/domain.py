"""A month's credit as it is calculated: by the agreement's table, from the month's fee.

Pure. The percentages come from ``services.contracts.credits``, which the statement of the
month shows too; here they become money.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from services.billing.months import Month
from services.chassis.money import format_sek
from services.contracts.collab_model import LevelResult
from services.contracts.credits import CreditCalculation, CreditGround, CreditStep, Measured


class ClosedMonth(Protocol):
    """A closed month as it is kept."""

    @property
    def results(self) -> list[dict[str, Any]]:
        """How its levels came out, as ``LevelResult`` in JSON."""


def measured(closed: ClosedMonth | None) -> tuple[Measured, ...]:
    """How a month's levels came out, as credits are calculated from it; none while it is open."""
    if closed is None:
        return ()
    told = [LevelResult.model_validate(each) for each in closed.results]
    return tuple(
        Measured(
            level=each.level,
            kind=each.kind,
            required_share_percent=each.required_share_percent,
            good=each.good,
            total=each.total,
            excluded=each.excluded,
            outcome_percent=each.outcome_percent,
        )
        for each in told
    )


@dataclass(frozen=True)
class MonthlyCredit:
    """What a service's month gives back, and how it came about.

    ``due_ore`` is the percentage of the instalment, rounded half up once; ``invoiced_ore`` what
    invoices have given back of it so far.
    """

    service: str
    month: Month
    instalment_ore: int
    calculation: CreditCalculation
    due_ore: int
    invoiced_ore: int
    excluded_breaches: int


def explained(step: CreditStep) -> str:
    """A step of the calculation in words."""
    if step.ground is CreditGround.BREACHES:
        word = "breach" if step.count == 1 else "breaches"
        return f"{step.count} {word} at {_percent(step.percent_each)} each"
    points = Decimal(step.missed_by.numerator) / step.missed_by.denominator
    band = f"from {step.band.missed_by_points.normalize():f} points" if step.band else ""
    return (
        f"{step.level} missed its share by {points:.2f} points, in the band {band}: "
        f"{_percent(step.percent)}"
    )


def in_all(credit: MonthlyCredit) -> str:
    """The whole calculation in one sentence."""
    found = credit.calculation
    capped = f", capped at {_percent(found.cap_percent)}" if found.is_capped else ""
    return (
        f"{_percent(found.sum_percent)} in all{capped}: {_percent(found.percent)} of the "
        f"instalment {format_sek(credit.instalment_ore)} is {format_sek(credit.due_ore)}"
    )


def _percent(value: Decimal) -> str:
    return f"{value.normalize():f} %"
