"""Risks over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import Field

from services.chassis.ids import IDENTIFIER_PATTERN
from services.chassis.schemas import (
    AS_A_NUMBER,
    Day,
    Flag,
    LongText,
    RequestModel,
    ResponseModel,
    Text,
)
from services.collab_model.following_up.data import thresholds
from services.collab_model.following_up.risks.service import Judged
from services.collab_model.following_up.status import Status, risk_status
from services.collab_model.tables import RiskRow
from services.contracts.values import Slug

Grade = Annotated[int, Field(ge=1, le=5), AS_A_NUMBER]

AgreementId = Annotated[
    str, Field(pattern=IDENTIFIER_PATTERN.pattern, min_length=36, max_length=36)
]


class JudgeRisk(RequestModel):
    """How a risk is judged: probability and consequence from 1 to 5, and what is done."""

    title: Text
    probability: Grade
    consequence: Grade
    handling: LongText
    owner_role: Text
    review_on: Day | None = None
    service: Slug | None = None
    closed: Flag = False

    def judged(self) -> Judged:
        """The judgement as the use case takes it."""
        return Judged(
            title=self.title,
            probability=self.probability,
            consequence=self.consequence,
            handling=self.handling,
            owner_role=self.owner_role,
            review_on=self.review_on,
            service=self.service,
        )


class EnterRisk(RequestModel):
    """A risk to the delivery under an agreement."""

    agreement_id: AgreementId
    title: Text
    probability: Grade
    consequence: Grade
    handling: LongText
    owner_role: Text
    review_on: Day | None = None
    service: Slug | None = None

    def judged(self) -> Judged:
        """The judgement as the use case takes it."""
        return Judged(
            title=self.title,
            probability=self.probability,
            consequence=self.consequence,
            handling=self.handling,
            owner_role=self.owner_role,
            review_on=self.review_on,
            service=self.service,
        )


class RiskOut(ResponseModel):
    """A risk as it is judged now; ``status`` is its colour by the centre's thresholds."""

    id: str
    agreement_id: str
    org_number: str
    service: str | None
    title: str
    probability: int
    consequence: int
    status: Status
    handling: str
    owner_role: str
    review_on: date | None
    closed_on: date | None
    revision: int
    recorded_at: datetime

    @classmethod
    def of(cls, row: RiskRow) -> Self:
        """A risk as it is shown."""
        kept = {name: getattr(row, name) for name in cls.model_fields if name != "status"}
        status = risk_status(row.probability, row.consequence, thresholds())
        return cls(**kept, status=status)
