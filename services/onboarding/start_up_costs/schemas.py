"""Start-up cost in requests and responses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, Field

from services.chassis.schemas import (
    AS_A_NUMBER,
    Day,
    LongText,
    RequestModel,
    ResponseModel,
)
from services.contracts.values import Slug, StartUpCostKind
from services.onboarding.start_up_costs.domain import CostTotal
from services.onboarding.start_up_costs.service import Spent

Minutes = Annotated[int, Field(ge=1, le=1440), AS_A_NUMBER]
PurchaseOre = Annotated[int, Field(ge=1, le=10**13), AS_A_NUMBER]


class PostTime(RequestModel):
    """Working time spent on a service of the case: one role, one day, at most 24 hours."""

    service: Slug
    incurred_on: Day
    role: Slug
    minutes: Minutes
    note: LongText

    def spent(self) -> Spent:
        """As the use case takes it."""
        return Spent(self.service, self.incurred_on, self.note)


class PostPurchase(RequestModel):
    """Something bought for a service of the case, in öre without value added tax."""

    service: Slug
    incurred_on: Day
    amount_ore: PurchaseOre
    note: LongText

    def spent(self) -> Spent:
        """As the use case takes it."""
        return Spent(self.service, self.incurred_on, self.note)


class PostCorrection(RequestModel):
    """Why an entry is taken back."""

    reason: LongText


class StartUpCostOut(ResponseModel):
    """An entry; one that takes another back has the opposite sign and names it."""

    id: str
    service: str
    service_area: str
    kind: StartUpCostKind
    incurred_on: date
    role: str | None
    minutes: int
    hourly_rate_ore: int | None
    amount_ore: int
    text: str
    corrects: str | None
    registered_by: str
    registered_at: AwareDatetime


class CostTotalOut(ResponseModel):
    """What a service has cost before operation, corrections taken off."""

    service: str
    service_area: str
    minutes: int
    time_ore: int
    purchases_ore: int
    total_ore: int


class CostTotalsOut(ResponseModel):
    """What a case has cost before operation, by service and in all."""

    services: list[CostTotalOut]
    minutes: int
    total_ore: int

    @classmethod
    def of(cls, found: Sequence[CostTotal]) -> CostTotalsOut:
        """The response for a case."""
        return cls(
            services=[CostTotalOut.model_validate(total) for total in found],
            minutes=sum(total.minutes for total in found),
            total_ore=sum(total.total_ore for total in found),
        )
