"""Amendments in requests: what shall change in a signed agreement."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from services.chassis.schemas import (
    AS_A_NUMBER,
    Count,
    Day,
    LongText,
    RequestModel,
    Text,
)
from services.contracts.values import FeeItem, Priority, Slug
from services.onboarding.agreements.amendments import (
    AddedService,
    AmendmentChanges,
    DeviationChange,
    FeeChange,
    LevelChange,
    RowChange,
)
from services.onboarding.agreements.schemas import WordClause
from services.onboarding.catalogue.domain import CatalogueService

DeviationKey = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)?$",
        max_length=161,
        description="A clause's key, or service/activity.",
    ),
]
Minutes = Annotated[int, Field(ge=0, le=1_000_000), AS_A_NUMBER]
PriceOre = Annotated[int, Field(ge=0, le=10**9), AS_A_NUMBER]


class TargetsIn(RequestModel):
    """Service minutes allowed for each priority."""

    critical: Minutes
    high: Minutes
    normal: Minutes


class LevelIn(RequestModel):
    """New targets for a level; what is absent stays."""

    service: Slug
    level: Slug
    required_share_percent: (
        Annotated[str, Field(pattern=r"^(100|[0-9]{1,2}(\.[0-9]{1,2})?)$", examples=["97.5"])]
        | None
    ) = None
    target_minutes: TargetsIn | None = None

    def change(self) -> LevelChange:
        """The change as the domain has it."""
        share, minutes = self.required_share_percent, self.target_minutes
        return LevelChange(
            service=self.service,
            level=self.level,
            required_share_percent=Decimal(share) if share is not None else None,
            target_minutes={
                priority.value: getattr(minutes, priority.value) for priority in Priority
            }
            if minutes
            else None,
        )


class FeeIn(RequestModel):
    """A fee item as it shall be; an unknown key adds one, which then needs its unit.

    With the key of a tariff's item that is in bands, and a quantity alone, all its bands get
    their part of it.
    """

    service: Slug
    key: Slug
    name: Text | None = None
    unit: Slug | None = None
    unit_price_ore: PriceOre | None = None
    yearly_quantity: Count | None = None


class RowIn(RequestModel):
    """Who shall be accountable for an activity."""

    service: Slug
    activity: Slug
    accountable: Annotated[str, Field(pattern=r"^(customer|centre|none)$")]
    contributes: Annotated[str, Field(pattern=r"^(customer|centre|none)$")] = "none"


class AddedFeeIn(RequestModel):
    """A fee item of a service that is taken in."""

    key: Slug
    name: Text
    unit: Slug
    unit_price_ore: PriceOre
    yearly_quantity: Count


class AddedServiceIn(RequestModel):
    """A service of the catalogue to take in, at a fee."""

    service: Slug
    fee_items: Annotated[list[AddedFeeIn], Field(max_length=50)]

    def added(self, offered: CatalogueService) -> AddedService:
        """The addition as the domain has it."""
        return AddedService(
            service=offered,
            fee_items=tuple(
                FeeItem(service_area=offered.service_area, **dict(item)) for item in self.fee_items
            ),
        )


class DeviationEndIn(RequestModel):
    """A deviation that shall end on another day."""

    deviation: DeviationKey
    ends_on: Day


class AmendAgreement(RequestModel):
    """What shall change, from which day and why; what is not named stays.

    Services, matrix and fee change on the agreement's windows only, unless both parties
    say why it cannot wait: the centre in ``urgency_reason``, the customer at
    ``/agreements/{id}/urgency``.
    """

    reason: LongText
    effective_on: Day
    urgency_reason: LongText | None = None
    levels: Annotated[list[LevelIn], Field(default_factory=list, max_length=100)]
    fee_items: Annotated[list[FeeIn], Field(default_factory=list, max_length=200)]
    responsibilities: Annotated[list[RowIn], Field(default_factory=list, max_length=400)]
    add_services: Annotated[list[AddedServiceIn], Field(default_factory=list, max_length=20)]
    remove_services: Annotated[list[Slug], Field(default_factory=list, max_length=20)]
    end_deviations: Annotated[list[DeviationKey], Field(default_factory=list, max_length=200)]
    move_deviations: Annotated[list[DeviationEndIn], Field(default_factory=list, max_length=200)]
    clause_deviations: Annotated[list[WordClause], Field(default_factory=list, max_length=50)]
    valid_until: Day | None = None
    collaboration_template: Slug | None = None

    def changes(self) -> AmendmentChanges:
        """The changes as the domain has them; services and template are looked up apart."""
        return AmendmentChanges(
            levels=tuple(level.change() for level in self.levels),
            fees=tuple(FeeChange(**dict(item)) for item in self.fee_items),
            matrix=tuple(RowChange(**dict(row)) for row in self.responsibilities),
            remove_services=tuple(dict.fromkeys(self.remove_services)),
            end_deviations=tuple(dict.fromkeys(self.end_deviations)),
            move_deviations=tuple(
                DeviationChange(move.deviation, move.ends_on) for move in self.move_deviations
            ),
            clauses=tuple(clause.wording() for clause in self.clause_deviations),
            valid_until=self.valid_until,
        )


class StateUrgency(RequestModel):
    """Why a change cannot wait for a window."""

    reason: LongText
