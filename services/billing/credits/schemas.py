"""What the API says about monthly credits."""

from __future__ import annotations

from decimal import Decimal
from typing import Self

from services.billing.credits.domain import MonthlyCredit, explained, in_all
from services.chassis.schemas import ResponseModel
from services.contracts.credits import CreditGround


class CreditStepOut(ResponseModel):
    """A step of the calculation, in percent of the month's instalment."""

    ground: CreditGround
    level: str | None
    percent: Decimal
    explanation: str


class MonthlyCreditOut(ResponseModel):
    """What a service's month gives back: the steps, their sum, at most the cap, and the money.

    ``invoiced_ore`` was given back so far; the next invoice brings it to ``due_ore``.
    ``excluded_breaches`` gave nothing because of their causes.
    """

    service: str
    period: str
    instalment_ore: int
    steps: list[CreditStepOut]
    sum_percent: Decimal
    cap_percent: Decimal
    percent: Decimal
    due_ore: int
    invoiced_ore: int
    excluded_breaches: int
    explanation: str

    @classmethod
    def of(cls, credit: MonthlyCredit) -> Self:
        """A month's credit as it is shown."""
        found = credit.calculation
        return cls(
            service=credit.service,
            period=str(credit.month),
            instalment_ore=credit.instalment_ore,
            steps=[
                CreditStepOut(
                    ground=step.ground,
                    level=step.level,
                    percent=step.percent,
                    explanation=explained(step),
                )
                for step in found.steps
            ],
            sum_percent=found.sum_percent,
            cap_percent=found.cap_percent,
            percent=found.percent,
            due_ore=credit.due_ore,
            invoiced_ore=credit.invoiced_ore,
            excluded_breaches=credit.excluded_breaches,
            explanation=in_all(credit),
        )


class MonthlyCreditsOut(ResponseModel):
    """The months of a subscription that give something back, in order."""

    items: list[MonthlyCreditOut]
