"""What phase 1 gathers, in requests and responses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import AwareDatetime, Field, WithJsonSchema

from services.chassis.schemas import (
    AS_A_NUMBER,
    Count,
    Day,
    LongText,
    RequestModel,
    ResponseModel,
    Text,
)
from services.contracts.values import IndicatedFeeLine, Slug
from services.onboarding.letter_of_intent.domain import (
    Baseline,
    FeeIndication,
    FeeIndicationStatus,
    StaffMember,
    TimePlan,
)
from services.onboarding.parties import Party

YearlyVolumes = Annotated[dict[Slug, Count], Field(max_length=30)]


class MemberIn(RequestModel):
    """Somebody who works on the case."""

    role: Text
    name: Text
    deputy: Text | None = None


class PutStaffing(RequestModel):
    """Everybody who works on the case on the sender's side."""

    members: Annotated[list[MemberIn], Field(min_length=1, max_length=50)]

    def staff(self) -> list[StaffMember]:
        """The members as the domain has them."""
        return [StaffMember(member.role, member.name, member.deputy) for member in self.members]


class MemberOut(ResponseModel):
    """Somebody who works on the case."""

    role: str
    name: str
    deputy: str | None


class StaffingOut(ResponseModel):
    """The staff of one side."""

    party: Party
    members: list[MemberOut]


class PutTimePlan(RequestModel):
    """When work starts and services go live."""

    starts_on: Day
    go_live_on: Day
    reason_if_short: LongText | None = None

    def plan(self) -> TimePlan:
        """The plan as the domain has it."""
        return TimePlan(self.starts_on, self.go_live_on, self.reason_if_short)


class TimePlanOut(ResponseModel):
    """The preliminary time plan."""

    starts_on: date
    go_live_on: date
    reason_if_short: str | None


FullTimeEquivalents = Annotated[
    Decimal,
    Field(ge=0, le=100_000, decimal_places=2),
    # What pydantic says by itself leaves out the decimal places and what the text must be.
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": 100_000, "multipleOf": 0.01},
                {
                    "type": "string",
                    "pattern": r"^([0-9]{1,5}(\.[0-9]{1,2})?|100000(\.0{1,2})?)$",
                },
            ],
            "examples": ["11.5"],
        }
    ),
]
"""Full-time equivalents, 0 to 100,000 with at most two decimals; best sent as text."""


class PutBaseline(RequestModel):
    """What the customer's own way costs and holds today."""

    yearly_cost_sek: Annotated[int, Field(ge=0, le=10**12), AS_A_NUMBER]
    full_time_equivalents: FullTimeEquivalents
    volumes: Annotated[dict[Slug, YearlyVolumes], Field(max_length=20)] = Field(
        description="Per service of the case, the yearly quantity of each unit."
    )
    systems: Annotated[list[Text], Field(max_length=100)]
    agreements: Annotated[list[Text], Field(max_length=100)]

    def baseline(self) -> Baseline:
        """The baseline as the domain has it."""
        return Baseline(
            self.yearly_cost_sek,
            self.full_time_equivalents,
            self.volumes,
            tuple(self.systems),
            tuple(self.agreements),
        )


class BaselineOut(ResponseModel):
    """The customer's baseline."""

    yearly_cost_sek: int
    full_time_equivalents: Decimal
    volumes: dict[str, dict[str, int]]
    systems: list[str]
    agreements: list[str]


class RequestFeeIndication(RequestModel):
    """Which tariff to reckon with; the one in force when none is named."""

    tariff: Slug | None = None


class FeeIndicationOut(ResponseModel):
    """A fee indication; ``lines`` show every step of the calculation."""

    id: str
    status: FeeIndicationStatus
    tariff: str | None
    headcount: int
    volumes: dict[str, dict[str, int]]
    yearly_total_ore: int | None
    lines: list[IndicatedFeeLine]
    refusal_code: str | None
    refusal_reason: str | None
    requested_at: AwareDatetime
    answered_at: AwareDatetime | None

    @classmethod
    def of(cls, indication: FeeIndication) -> FeeIndicationOut:
        """The response for an indication."""
        return cls.model_validate(indication)


class SignLetter(RequestModel):
    """Who signs the letter of intent."""

    name: Text
    title: Text


class LetterSignatureOut(ResponseModel):
    """A signature under the letter of intent."""

    party: Party
    name: str
    title: str
    signed_at: AwareDatetime
