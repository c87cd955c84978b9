"""What clocks follow, over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import Field

from services.chassis.ids import IDENTIFIER_PATTERN
from services.chassis.schemas import Day, RequestModel, ResponseModel
from services.collab_model.clocks.documents import CustomerRules, LevelBeneath, LevelsBeneath
from services.collab_model.clocks.terms import FOR_ALL
from services.collab_model.tables import ClockTermsRow
from services.contracts.values import Slug

AgreementId = Annotated[
    str, Field(pattern=IDENTIFIER_PATTERN.pattern, min_length=36, max_length=36)
]


class SetClockRules(RequestModel):
    """Rules of the customers' clocks from a day on, for one agreement or for all."""

    holds_from: Day
    agreement_id: AgreementId | None = None
    rules: CustomerRules


class SetInternalLevels(RequestModel):
    """All the levels beneath those of a service from a day on; none takes them away."""

    service: Slug
    holds_from: Day
    levels: Annotated[list[LevelBeneath], Field(max_length=50)]

    def as_levels(self) -> LevelsBeneath:
        """The levels as the use case takes them."""
        return LevelsBeneath(levels=self.levels)


class ClockRulesOut(ResponseModel):
    """Rules that somebody set; of several from one day those recorded last hold."""

    id: str
    agreement_id: str | None
    holds_from: date
    rules: CustomerRules
    recorded_at: datetime
    recorded_by: str

    @classmethod
    def of(cls, row: ClockTermsRow) -> Self:
        """Rules as they are shown."""
        return cls(
            id=row.id,
            agreement_id=None if row.scope == FOR_ALL else row.scope,
            holds_from=row.holds_from,
            rules=CustomerRules.model_validate(row.document),
            recorded_at=row.recorded_at,
            recorded_by=row.recorded_by,
        )


class InternalLevelsOut(ResponseModel):
    """Levels that somebody set; of several from one day those recorded last hold.

    Those of the standard, which hold until somebody sets others, have no ``holds_from``.
    """

    id: str | None
    service: str
    holds_from: date | None
    levels: list[LevelBeneath]
    recorded_at: datetime | None
    recorded_by: str | None

    @classmethod
    def of(cls, row: ClockTermsRow) -> Self:
        """Levels as they are shown."""
        return cls(
            id=row.id,
            service=row.scope,
            holds_from=row.holds_from,
            levels=LevelsBeneath.model_validate(row.document).levels,
            recorded_at=row.recorded_at,
            recorded_by=row.recorded_by,
        )


class StandardOut(ResponseModel):
    """What clocks follow when nobody has set anything else."""

    rules: CustomerRules
    internal_levels: list[InternalLevelsOut]
