"""Life events, both histories and customers in requests and responses."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from services.chassis.ids import IDENTIFIER_PATTERN
from services.chassis.schemas import Day, LongText, RequestModel, ResponseModel, Text
from services.contracts.values import LifeEventKind, OrgNumber
from services.onboarding.agencies.domain import Agency, AgencyStatus
from services.onboarding.agencies.history import KnownPeriod
from services.onboarding.agencies.life_event_repository import Record
from services.onboarding.agencies.life_event_service import Foreseen, NewLifeEvent
from services.onboarding.agencies.schemas import KnownFactsOut
from services.onboarding.agencies.succession import Consequence, Effect, Passing
from services.onboarding.agencies.succession_service import Customer

CaseId = Annotated[str, Field(pattern=IDENTIFIER_PATTERN.pattern, min_length=36, max_length=36)]


class _LifeEventIn(RequestModel):
    effective_on: Day = Field(description="The first day on which it holds; may lie ahead.")
    reason: LongText | None = None


class Renamed(_LifeEventIn):
    """The agency has a new name. A wrongly registered name is put right on the first day."""

    kind: Literal["renamed"]
    name: Text

    def event(self) -> NewLifeEvent:
        """The event as the use case has it."""
        return NewLifeEvent(
            LifeEventKind.RENAMED, self.effective_on, name=self.name, reason=self.reason
        )


class Moved(_LifeEventIn):
    """The agency has its seat elsewhere."""

    kind: Literal["moved"]
    city: Text

    def event(self) -> NewLifeEvent:
        """The event as the use case has it."""
        return NewLifeEvent(
            LifeEventKind.MOVED, self.effective_on, city=self.city, reason=self.reason
        )


class Merged(_LifeEventIn):
    """The agency is absorbed by another one, which takes everything over."""

    kind: Literal["merged"]
    successor: OrgNumber

    def event(self) -> NewLifeEvent:
        """The event as the use case has it."""
        return NewLifeEvent(
            LifeEventKind.MERGED,
            self.effective_on,
            successors=(self.successor,),
            reason=self.reason,
        )


class Split(_LifeEventIn):
    """The agency is divided. It lives on itself when it is among the successors."""

    kind: Literal["split"]
    successors: Annotated[list[OrgNumber], Field(min_length=1, max_length=20)]

    def event(self) -> NewLifeEvent:
        """The event as the use case has it."""
        return NewLifeEvent(
            LifeEventKind.SPLIT,
            self.effective_on,
            successors=tuple(self.successors),
            reason=self.reason,
        )


class Closed(_LifeEventIn):
    """The agency ceases and nobody takes over as a whole."""

    kind: Literal["closed"]

    def event(self) -> NewLifeEvent:
        """The event as the use case has it."""
        return NewLifeEvent(LifeEventKind.CLOSED, self.effective_on, reason=self.reason)


LifeEventIn = Annotated[Renamed | Moved | Merged | Split | Closed, Field(discriminator="kind")]


class CorrectLifeEvent(RequestModel):
    """Why a record was wrong, and what takes its place; null when nothing does."""

    reason: LongText
    replacement: LifeEventIn | None = None


class SettleCase(RequestModel):
    """Which successor of a split takes a case over."""

    case_id: CaseId
    successor: OrgNumber


class ConsequenceOut(ResponseModel):
    """An effect on a case, or on the agreement of one."""

    effect: Effect
    case_id: str
    services: list[str]
    told: str
    agreement_id: str | None
    to_org: str | None

    @classmethod
    def several(cls, found: tuple[Consequence, ...]) -> list[ConsequenceOut]:
        """Effects in their order."""
        return [cls.model_validate(item) for item in found]


class LifeEventOut(ResponseModel):
    """A record of what happened to an agency; its consequences are foreseen until applied."""

    id: str
    org_number: str
    kind: LifeEventKind
    effective_on: date
    recorded_at: AwareDatetime
    recorded_by: str
    name: str | None
    city: str | None
    successors: list[str]
    reason: str | None
    corrects: str | None
    withdrawn: bool
    applied_at: AwareDatetime | None
    consequences: list[ConsequenceOut]

    @classmethod
    def of(cls, record: Record) -> LifeEventOut:
        """A record."""
        event = record.event
        return cls(
            id=event.id,
            org_number=event.org_number,
            kind=event.kind,
            effective_on=event.effective_on,
            recorded_at=event.recorded_at,
            recorded_by=record.recorded_by,
            name=event.name,
            city=event.city,
            successors=list(event.successors),
            reason=event.reason,
            corrects=event.corrects,
            withdrawn=event.withdrawn,
            applied_at=record.applied_at,
            consequences=ConsequenceOut.several(record.consequences),
        )


class ForeseenOut(ResponseModel):
    """What recording a life event would do today; nothing is kept."""

    org_number: str
    kind: LifeEventKind
    effective_on: date
    takes_effect_at_once: bool
    consequences: list[ConsequenceOut]

    @classmethod
    def of(cls, found: Foreseen) -> ForeseenOut:
        """A preview."""
        return cls(
            org_number=found.event.org_number,
            kind=found.event.kind,
            effective_on=found.event.effective_on,
            takes_effect_at_once=found.takes_effect_at_once,
            consequences=ConsequenceOut.several(found.consequences),
        )


class SettledOut(ResponseModel):
    """A decision after a split, and what it does on the day of the split."""

    id: str
    case_id: str
    from_org: str
    to_org: str
    effective_on: date
    consequences: list[ConsequenceOut]

    @classmethod
    def of(cls, passing: Passing, found: tuple[Consequence, ...]) -> SettledOut:
        """A decision."""
        return cls(
            id=passing.id,
            case_id=passing.case_id,
            from_org=passing.from_org,
            to_org=passing.to_org,
            effective_on=passing.effective_on,
            consequences=ConsequenceOut.several(found),
        )


class PeriodOut(ResponseModel):
    """What was true from a day until another, as held between two instants."""

    valid_from: date
    valid_until: date | None
    known_from: AwareDatetime
    known_until: AwareDatetime | None
    name: str
    city: str | None
    status: AgencyStatus
    successors: list[str]
    life_event_ids: list[str]

    @classmethod
    def of(cls, known: KnownPeriod) -> PeriodOut:
        """A row of the history."""
        period, standing = known.period, known.period.standing
        return cls(
            valid_from=period.valid_from,
            valid_until=period.valid_until,
            known_from=known.known_from,
            known_until=known.known_until,
            name=standing.name,
            city=standing.city,
            status=standing.status,
            successors=list(standing.successors),
            life_event_ids=list(period.life_event_ids),
        )


class HistoryOut(ResponseModel):
    """All the register has said of an agency: by day, by knowledge, and the records behind it."""

    org_number: str
    registered_at: AwareDatetime
    periods: list[PeriodOut]
    life_events: list[LifeEventOut]
    facts: list[KnownFactsOut]

    @classmethod
    def of(
        cls,
        agency: Agency,
        known: tuple[KnownPeriod, ...],
        records: list[LifeEventOut],
        facts: list[KnownFactsOut],
    ) -> HistoryOut:
        """The history of an agency."""
        return cls(
            org_number=agency.org_number,
            registered_at=agency.registered_at,
            periods=[PeriodOut.of(row) for row in known],
            life_events=records,
            facts=facts,
        )


class StepOut(ResponseModel):
    """One succession on the way from the first customer of a case."""

    from_org: str
    to_org: str
    effective_on: date


class SignedOut(ResponseModel):
    """Whose the agreement is by its signed text, which stays as it was signed."""

    agreement_id: str
    org_number: str
    name: str
    until: date


class CustomerOut(ResponseModel):
    """Who the customer of a case and its agreement was on a day, as known at an instant."""

    case_id: str
    services: list[str]
    valid_on: date
    known_at: AwareDatetime
    org_number: str
    name: str | None = Field(description="Null where the register did not answer for that day.")
    city: str | None
    status: AgencyStatus | None
    opened_for: str
    successions: list[StepOut]
    agreement: SignedOut | None

    @classmethod
    def of(cls, customer: Customer) -> CustomerOut:
        """A customer."""
        standing = customer.standing.period.standing if customer.standing else None
        return cls(
            case_id=customer.case.case_id,
            services=list(customer.case.services),
            valid_on=customer.valid_on,
            known_at=customer.known_at,
            org_number=customer.org_number,
            name=standing.name if standing else None,
            city=standing.city if standing else None,
            status=standing.status if standing else None,
            opened_for=customer.first,
            successions=[StepOut.model_validate(step) for step in customer.steps],
            agreement=SignedOut.model_validate(customer.signed) if customer.signed else None,
        )
