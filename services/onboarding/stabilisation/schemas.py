"""Stabilisation in responses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import AwareDatetime

from services.chassis.schemas import ResponseModel
from services.onboarding.parties import Owner
from services.onboarding.stabilisation.domain import (
    ClosedPeriod,
    Matter,
    ServiceStability,
    Stability,
    what_holds,
    what_matter_holds,
)


class LevelOutcomeOut(ResponseModel):
    """How one level came out against what is required; null where nothing was measured."""

    level: str
    required_share_percent: Decimal
    outcome_percent: Decimal | None
    measured: int
    met: bool


class StabilityPeriodOut(ResponseModel):
    """A closed month of a service; ``counts`` is false for one before or within go-live."""

    period: str
    revision: int
    whole_month: bool
    counts: bool
    met: bool
    results: list[LevelOutcomeOut]

    @classmethod
    def of(cls, period: ClosedPeriod, live_on: date | None) -> StabilityPeriodOut:
        """The response for a month."""
        return cls(
            period=period.period,
            revision=period.revision,
            whole_month=period.whole_month,
            counts=live_on is not None and period.counts_from(live_on),
            met=period.met,
            results=[LevelOutcomeOut.model_validate(result) for result in period.results],
        )


class ServiceStabilityOut(ResponseModel):
    """How far a service is from being stable."""

    service: str
    live_on: date | None
    met_in_a_row: int
    required: int
    holds: bool
    earliest_stable_on: date | None
    periods: list[StabilityPeriodOut]

    @classmethod
    def of(cls, found: ServiceStability) -> ServiceStabilityOut:
        """The response for a service."""
        return cls(
            service=found.service,
            live_on=found.live_on,
            met_in_a_row=found.in_a_row,
            required=found.required,
            holds=found.holds,
            earliest_stable_on=found.earliest_on,
            periods=[StabilityPeriodOut.of(period, found.live_on) for period in found.periods],
        )


class OpenMatterOut(ResponseModel):
    """A critical matter that is open, since when, and whose turn it is."""

    matter_id: str
    service: str
    kind: str | None
    raised_at: AwareDatetime | None
    turn: Owner

    @classmethod
    def of(cls, matter: Matter) -> OpenMatterOut:
        """The response for a matter."""
        return cls(
            matter_id=matter.matter_id,
            service=matter.service,
            kind=matter.kind,
            raised_at=matter.raised_at,
            turn=matter.turn,
        )


class CaseStabilityOut(ResponseModel):
    """How far a case is from being stable, and in words what exactly holds it."""

    services: list[ServiceStabilityOut]
    open_critical_matters: list[OpenMatterOut]
    held_by: list[str]
    earliest_stable_on: date | None

    @classmethod
    def of(cls, found: Stability) -> CaseStabilityOut:
        """The response for a case."""
        words = [text for text in map(what_holds, found.services) if text is not None]
        return cls(
            services=[ServiceStabilityOut.of(service) for service in found.services],
            open_critical_matters=[OpenMatterOut.of(matter) for matter in found.matters],
            held_by=[
                *(f"{text}." for text in words),
                *(
                    f"The critical matter {what_matter_holds(matter)} is open."
                    for matter in found.matters
                ),
            ],
            earliest_stable_on=found.earliest_on,
        )
