"""Questions what if, and their answers, over HTTP."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, WithJsonSchema

from services.chassis.ids import IDENTIFIER_PATTERN
from services.chassis.schemas import AS_A_NUMBER, RequestModel, ResponseModel
from services.collab_model.calendars.domain import ONE_MINUTE
from services.collab_model.calendars.schemas import DrawUpVersion
from services.collab_model.clocks.documents import CustomerRules, OwnHours, TargetMinutes
from services.collab_model.clocks.domain import ClockState
from services.collab_model.following_up.statements.domain import credit_of
from services.collab_model.following_up.statements.schemas import CreditStepStated
from services.collab_model.foresight.comparing import (
    Difference,
    LevelCompared,
    MonthCompared,
    in_all,
)
from services.collab_model.foresight.replay import ReplayedRound
from services.collab_model.foresight.what_if import Answer
from services.collab_model.levels.domain import Outcome, plain
from services.collab_model.tables import MatterRow
from services.contracts.credits import CreditCalculation
from services.contracts.values import (
    CreditBand,
    CreditTerms,
    MeasureKind,
    OrgNumber,
    Priority,
    Slug,
    YearMonth,
)

_PERCENT_SCHEMA = WithJsonSchema(
    {
        "type": "string",
        "pattern": r"^([0-9]{1,2}(\.[0-9]{1,2})?|100(\.0{1,2})?)$",
        "examples": ["95.5"],
    }
)

Percent = Annotated[Decimal, Field(ge=0, le=100, decimal_places=2), _PERCENT_SCHEMA]
"""A percentage of 0 to 100 with at most two decimals, as text."""

Share = Annotated[
    Decimal,
    Field(gt=0, le=100, decimal_places=2),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^(0\.(0[1-9]|[1-9][0-9]?)|[1-9][0-9]?(\.[0-9]{1,2})?|100(\.0{1,2})?)$",
            "examples": ["95.5"],
        }
    ),
]
"""A required share above 0 and up to 100 per cent, with at most two decimals, as text."""

Skip = Annotated[int, Field(ge=0, le=1_000_000), AS_A_NUMBER]
Shown = Annotated[int, Field(ge=0, le=1000), AS_A_NUMBER]


class LevelIn(RequestModel):
    """What a level would promise instead; what is left out stays as it is signed.

    ``target_minutes`` replace all targets of the level: a priority left out is promised nothing.
    """

    service: Slug
    level: Slug
    target_minutes: TargetMinutes | None = None
    required_share_percent: Share | None = None


class RegisteredCalendar(RequestModel):
    """The service hours of a calendar that is registered."""

    calendar: Slug


class DraftCalendar(RequestModel):
    """Service hours that nobody has registered; its rules count on all days."""

    draft: DrawUpVersion


class BandIn(RequestModel):
    """What a level gives back that missed its share by so many points or more."""

    missed_by_points: Percent
    percent: Percent
    kinds: Annotated[tuple[MeasureKind, ...], Field(max_length=len(MeasureKind))] = ()


class CreditTermsIn(RequestModel):
    """Compensation as it would be, whole."""

    percent_per_breach: Percent
    monthly_cap_percent: Percent
    bands: Annotated[tuple[BandIn, ...], Field(max_length=20)] = ()
    exclusions: Annotated[tuple[Slug, ...], Field(max_length=50)] = ()

    def terms(self) -> CreditTerms:
        """The terms as credits are calculated by them."""
        return CreditTerms(
            percent_per_breach=self.percent_per_breach,
            monthly_cap_percent=self.monthly_cap_percent,
            bands=tuple(
                CreditBand(
                    missed_by_points=band.missed_by_points,
                    percent=band.percent,
                    measures=band.kinds,
                )
                for band in self.bands
            ),
            exclusions=self.exclusions,
        )


class ProposalIn(RequestModel):
    """What would be signed instead; what is left out stays as it is.

    ``conditions`` replace those of the clocks that they are about, by measure. ``hours`` replace
    the service hours of all matters: as signed hours are written, of a registered calendar, or
    of a draft.
    """

    levels: Annotated[tuple[LevelIn, ...], Field(max_length=200)] = ()
    conditions: CustomerRules | None = None
    hours: OwnHours | RegisteredCalendar | DraftCalendar | None = None
    credit_terms: CreditTermsIn | None = None


class AskWhatIf(RequestModel):
    """Which matters to replay, and under what.

    Of ``agreement_id`` and ``service`` each narrows the question; without either it is about
    every agreement that the asker sees. ``differences`` more than ``show`` are counted only;
    ``skip`` pages through them.
    """

    first: YearMonth
    last: YearMonth
    agreement_id: (
        Annotated[str, Field(pattern=IDENTIFIER_PATTERN.pattern, min_length=36, max_length=36)]
        | None
    ) = None
    service: Slug | None = None
    proposal: ProposalIn
    skip: Skip = 0
    show: Shown = 200


class LevelSideOut(ResponseModel):
    """How a level comes out on one side: ``good`` of ``total``, and ``breaches``."""

    total: int
    good: int
    breaches: int
    outcome_percent: str | None
    required_share_percent: str
    met: bool

    @classmethod
    def of(cls, outcome: Outcome) -> Self:
        """A side as it is shown."""
        return cls(
            total=outcome.tally.total,
            good=outcome.tally.good,
            breaches=outcome.tally.failed,
            outcome_percent=_text(outcome.outcome_percent),
            required_share_percent=str(plain(outcome.level.required_share_percent)),
            met=outcome.met,
        )


class LevelComparedOut(ResponseModel):
    """A level today and as proposed."""

    service: str
    level: str
    name: str
    name_sv: str
    kind: MeasureKind
    today: LevelSideOut
    proposed: LevelSideOut

    @classmethod
    def of(cls, service: str, compared: LevelCompared) -> Self:
        """A level as it is shown."""
        level = compared.today.level
        return cls(
            service=service,
            level=level.key,
            name=level.name,
            name_sv=level.name_sv,
            kind=level.kind,
            today=LevelSideOut.of(compared.today),
            proposed=LevelSideOut.of(compared.proposed),
        )


class CreditOut(ResponseModel):
    """What a month gives back, in per cent of the service's fee for it: the sum of the steps,
    at most the cap.
    """

    percent: str
    sum_percent: str
    cap_percent: str
    breaches: int
    steps: list[CreditStepStated]

    @classmethod
    def of(cls, credit: CreditCalculation | None) -> Self | None:
        """A credit as it is shown."""
        stated = credit_of(credit)
        if credit is None or stated is None:
            return None
        return cls(breaches=sum(step.count for step in credit.steps), **stated)


class MonthComparedOut(ResponseModel):
    """A month of a service today and as proposed; credits are null where no terms are known."""

    agreement_id: str
    service: str
    period: str
    levels: list[LevelComparedOut]
    credit_today: CreditOut | None
    credit_proposed: CreditOut | None

    @classmethod
    def of(cls, month: MonthCompared) -> Self:
        """A month as it is shown."""
        return cls(
            agreement_id=month.of.agreement_id,
            service=month.of.service,
            period=month.of.period,
            levels=[LevelComparedOut.of(month.of.service, each) for each in month.levels],
            credit_today=CreditOut.of(month.credit_today),
            credit_proposed=CreditOut.of(month.credit_proposed),
        )


class RoundSideOut(ResponseModel):
    """What a round of a clock shows on one side, at the end of the stretch or now."""

    state: ClockState
    elapsed_minutes: int
    target_minutes: int
    decided_at: datetime | None

    @classmethod
    def of(cls, each: ReplayedRound | None) -> Self | None:
        """A side as it is shown; null where the round does not exist on it."""
        if each is None:
            return None
        return cls(
            state=each.state,
            elapsed_minutes=each.elapsed // ONE_MINUTE,
            target_minutes=each.allowed // ONE_MINUTE,
            decided_at=each.decided_at,
        )


class DifferenceOut(ResponseModel):
    """A matter whose clock comes out otherwise."""

    matter_id: str
    title: str
    org_number: OrgNumber
    service: str
    priority: Priority
    clock: str
    round: int
    today: RoundSideOut | None
    proposed: RoundSideOut | None

    @classmethod
    def of(cls, each: Difference, matter: MatterRow) -> Self:
        """A difference as it is shown."""
        return cls(
            matter_id=matter.id,
            title=matter.title,
            org_number=matter.org_number,
            service=matter.service,
            priority=Priority(matter.priority),
            clock=each.clock,
            round=each.number,
            today=RoundSideOut.of(each.today),
            proposed=RoundSideOut.of(each.proposed),
        )


class WhatIfOut(ResponseModel):
    """Both sides of a stretch of matters; asking changed nothing.

    ``levels`` are over all months and agreements. ``differing`` counts all rounds that come
    out otherwise, of which ``differences`` are those asked for, in order of time.
    """

    first: str
    last: str
    read_until: datetime
    matters: int
    levels: list[LevelComparedOut]
    months: list[MonthComparedOut]
    differing: int
    differences: list[DifferenceOut]

    @classmethod
    def of(cls, answer: Answer, skip: int, show: int) -> Self:
        """An answer as it is shown."""
        compared = answer.compared
        return cls(
            first=str(answer.stretch.first),
            last=str(answer.stretch.last),
            read_until=answer.read_until,
            matters=len(answer.matters),
            levels=[
                LevelComparedOut.of(service, each) for service, each in in_all(compared.months)
            ],
            months=[MonthComparedOut.of(month) for month in compared.months],
            differing=len(compared.differences),
            differences=[
                DifferenceOut.of(each, answer.matters[each.matter_id])
                for each in compared.differences[skip : skip + show]
            ],
        )


def _text(percent: Decimal | None) -> str | None:
    return None if percent is None else str(plain(percent))
