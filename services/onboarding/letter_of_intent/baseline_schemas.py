"""The baseline in requests and responses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, WithJsonSchema

from services.chassis.money import format_sek
from services.chassis.schemas import (
    AS_A_NUMBER,
    Count,
    Day,
    LongText,
    RequestModel,
    ResponseModel,
    Text,
)
from services.contracts.values import Slug
from services.onboarding.letter_of_intent.baseline import (
    Baseline,
    Costs,
    CurrentAgreement,
    CurrentSystem,
    DirectCost,
    Overhead,
    OverheadMethod,
    Routine,
    RoutineStatus,
    SystemStatus,
)
from services.onboarding.parties import Party

YearlyVolumes = Annotated[dict[Slug, Count], Field(max_length=30)]
Kronor = Annotated[int, Field(ge=0, le=10**12), AS_A_NUMBER]

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

OverheadPercent = Annotated[
    Decimal,
    Field(ge=0, le=1000, decimal_places=2),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^([0-9]{1,3}(\.[0-9]{1,2})?|1000(\.0{1,2})?)$",
            "examples": ["25"],
        }
    ),
]
"""Percent of the direct cost, 0 to 1,000 with at most two decimals, as text."""


class SystemIn(RequestModel):
    """A system that is to be left."""

    name: Text
    contract_ends_on: Day | None = None
    status: SystemStatus | None = None
    note: LongText | None = None


class AgreementIn(RequestModel):
    """A contract or local agreement that binds the customer."""

    name: Text
    ends_on: Day | None = None
    note: LongText | None = None


class RoutineIn(RequestModel):
    """A routine and how far it has come."""

    name: Text
    status: RoutineStatus
    note: LongText | None = None


class DirectCostIn(RequestModel):
    """A cost that the work itself causes, in whole kronor a year."""

    name: Text
    yearly_sek: Kronor


class ShareOfDirectCost(RequestModel):
    """Overhead as a share of the direct cost."""

    method: Literal["share_of_direct_cost"]
    percent: OverheadPercent
    explanation: LongText | None = None


class PerFullTimeEquivalent(RequestModel):
    """Overhead as an amount per full-time equivalent, in whole kronor a year."""

    method: Literal["per_full_time_equivalent"]
    sek_per_full_time_equivalent: Kronor
    explanation: LongText | None = None


class StatedOverhead(RequestModel):
    """Overhead by the agency's own calculation; the explanation says what is in it."""

    method: Literal["stated"]
    yearly_sek: Kronor
    explanation: LongText


class CostsIn(RequestModel):
    """The yearly cost in its parts; they have to make ``yearly_cost_sek``."""

    direct: Annotated[list[DirectCostIn], Field(min_length=1, max_length=50)]
    overhead: Annotated[
        ShareOfDirectCost | PerFullTimeEquivalent | StatedOverhead, Field(discriminator="method")
    ]

    def costs(self) -> Costs:
        """The costs as the domain has them."""
        given = self.overhead.model_dump()
        return Costs(
            direct=tuple(DirectCost(cost.name, cost.yearly_sek) for cost in self.direct),
            overhead=Overhead(**{**given, "method": OverheadMethod(given["method"])}),
        )


class PutBaseline(RequestModel):
    """What the customer's own way costs and holds today.

    Systems and agreements are given as entries, or by their name alone.
    """

    yearly_cost_sek: Kronor = Field(description="With overhead, in whole kronor.")
    full_time_equivalents: FullTimeEquivalents
    volumes: Annotated[dict[Slug, YearlyVolumes], Field(max_length=20)] = Field(
        description="Per service of the case, the yearly quantity of each unit."
    )
    systems: Annotated[list[SystemIn | Text], Field(max_length=100)]
    agreements: Annotated[list[AgreementIn | Text], Field(max_length=100)]
    costs: CostsIn | None = None
    routines: Annotated[list[RoutineIn], Field(max_length=100)] = Field(
        default=[], description="How far the customer's routines have come."
    )

    def baseline(self) -> Baseline:
        """The baseline as the domain has it."""
        return Baseline(
            yearly_cost_sek=self.yearly_cost_sek,
            full_time_equivalents=self.full_time_equivalents,
            volumes=self.volumes,
            systems=tuple(
                CurrentSystem(given)
                if isinstance(given, str)
                else CurrentSystem(**given.model_dump())
                for given in self.systems
            ),
            agreements=tuple(
                CurrentAgreement(given)
                if isinstance(given, str)
                else CurrentAgreement(**given.model_dump())
                for given in self.agreements
            ),
            costs=self.costs.costs() if self.costs else None,
            routines=tuple(Routine(**given.model_dump()) for given in self.routines),
        )


class SystemOut(ResponseModel):
    """A system that is to be left."""

    name: str
    contract_ends_on: date | None
    status: SystemStatus | None
    note: str | None


class AgreementOut(ResponseModel):
    """A contract or local agreement that binds the customer."""

    name: str
    ends_on: date | None
    note: str | None


class RoutineOut(ResponseModel):
    """A routine and how far it has come."""

    name: str
    status: RoutineStatus
    note: str | None


class DirectCostOut(ResponseModel):
    """A cost that the work itself causes."""

    name: str
    yearly_sek: int


class OverheadOut(ResponseModel):
    """The overhead, how it is computed, and the calculation in words."""

    method: OverheadMethod
    percent: Decimal | None
    sek_per_full_time_equivalent: int | None
    explanation: str | None
    yearly_sek: int
    calculation: str


class CostsOut(ResponseModel):
    """The yearly cost, the direct one apart from the overhead."""

    direct: list[DirectCostOut]
    direct_sek: int
    overhead: OverheadOut
    total_sek: int


class BaselineOut(ResponseModel):
    """The customer's baseline."""

    yearly_cost_sek: int
    full_time_equivalents: Decimal
    volumes: dict[str, dict[str, int]]
    systems: list[SystemOut]
    agreements: list[AgreementOut]
    costs: CostsOut | None
    routines: list[RoutineOut]

    @classmethod
    def of(cls, baseline: Baseline) -> BaselineOut:
        """The response for a baseline."""
        return cls(
            yearly_cost_sek=baseline.yearly_cost_sek,
            full_time_equivalents=baseline.full_time_equivalents,
            volumes={service: dict(units) for service, units in baseline.volumes.items()},
            systems=[SystemOut.model_validate(system) for system in baseline.systems],
            agreements=[AgreementOut.model_validate(one) for one in baseline.agreements],
            costs=_costs(baseline.costs, baseline) if baseline.costs else None,
            routines=[RoutineOut.model_validate(routine) for routine in baseline.routines],
        )


class BaselineRecorded(BaselineOut):
    """The baseline as it was recorded.

    ``signatures_fallen`` names the parties that have to sign the letter of intent anew,
    since it has changed under their signature.
    """

    signatures_fallen: list[Party]


def _costs(costs: Costs, baseline: Baseline) -> CostsOut:
    overhead = costs.overhead
    yearly = costs.overhead_sek(baseline.full_time_equivalents)
    return CostsOut(
        direct=[DirectCostOut.model_validate(cost) for cost in costs.direct],
        direct_sek=costs.direct_sek,
        overhead=OverheadOut(
            method=overhead.method,
            percent=overhead.percent,
            sek_per_full_time_equivalent=overhead.sek_per_full_time_equivalent,
            explanation=overhead.explanation,
            yearly_sek=yearly,
            calculation=_calculation(overhead, costs, baseline, yearly),
        ),
        total_sek=costs.direct_sek + yearly,
    )


def _calculation(overhead: Overhead, costs: Costs, baseline: Baseline, yearly: int) -> str:
    result = format_sek(yearly * 100)
    match overhead.method:
        case OverheadMethod.SHARE_OF_DIRECT_COST:
            return f"{overhead.percent} % of {format_sek(costs.direct_sek * 100)} = {result}"
        case OverheadMethod.PER_FULL_TIME_EQUIVALENT:
            each = format_sek((overhead.sek_per_full_time_equivalent or 0) * 100)
            return f"{baseline.full_time_equivalents} x {each} = {result}"
        case OverheadMethod.STATED:
            return f"{result} by the agency's own calculation"
