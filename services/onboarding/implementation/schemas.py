"""Readiness, go decisions, roll-backs and the whole of phase 4 in requests and responses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, Field

from services.chassis.ids import IDENTIFIER_PATTERN
from services.chassis.schemas import (
    Day,
    Flag,
    LongText,
    RequestModel,
    ResponseModel,
    Text,
)
from services.contracts.values import Slug
from services.onboarding.implementation.decisions import Verdicts
from services.onboarding.implementation.domain import (
    GoDecision,
    ReadinessArea,
    ReadinessItem,
    ReadinessStatement,
    Verdict,
    not_ready,
)
from services.onboarding.implementation.overview import ImplementationOverview
from services.onboarding.implementation.reconciliation.schemas import ReconciliationOut
from services.onboarding.implementation.roll_backs import TakenBack
from services.onboarding.implementation.service import SaidReady
from services.onboarding.implementation.standing import (
    ImplementationStanding,
    Lack,
    go_lacks,
    parallel_run_lacks,
    readiness_lacks,
    reconciliation_lacks,
    training_lacks,
)
from services.onboarding.implementation.training.schemas import RoleStandingOut
from services.onboarding.parties import Owner, Party

DocumentId = Annotated[
    str,
    Field(
        pattern=IDENTIFIER_PATTERN.pattern,
        min_length=36,
        max_length=36,
        description="A document of the case, added under /documents.",
    ),
]


class PutReadiness(RequestModel):
    """What the sender's side says of an item, and what shows it.

    ``service`` is one service of the case; absent: all that the item is asked for.
    """

    ready: Flag
    evidence: LongText
    service: Slug | None = None
    document_id: DocumentId | None = None

    def said(self, item: str) -> SaidReady:
        """As the use case takes it."""
        return SaidReady(item, self.service, self.ready, self.evidence, self.document_id)


class ReadinessStatementOut(ResponseModel):
    """What a party says of an item; ``service`` is null for the whole case."""

    party: Party
    service: str | None
    ready: bool
    evidence: str
    document_id: str | None
    stated_by: str
    stated_at: AwareDatetime


class ReadinessOut(ResponseModel):
    """A readiness item as it stands; a shared one is ready when both parties say so.

    ``services`` are those it is confirmed for one by one, none where it is about the case;
    ``due_on`` is known when a go-live is decided.
    """

    item: str
    area: ReadinessArea
    owner: Owner
    text: str
    text_sv: str
    services: list[str]
    due_on: date | None
    ready: bool
    statements: list[ReadinessStatementOut]

    @classmethod
    def of(
        cls,
        item: ReadinessItem,
        statements: Iterable[ReadinessStatement],
        services: Sequence[str],
        go_live_on: date | None = None,
    ) -> ReadinessOut:
        """The response for an item."""
        said = [statement for statement in statements if statement.item == item.key]
        return cls(
            item=item.key,
            area=item.area,
            owner=item.owner,
            text=item.text,
            text_sv=item.text_sv,
            services=[subject for subject in item.subjects(services) if subject is not None],
            due_on=item.due_on(go_live_on) if go_live_on else None,
            ready=not not_ready([item], said, services),
            statements=[ReadinessStatementOut.model_validate(statement) for statement in said],
        )

    @classmethod
    def all_of(cls, case: ImplementationStanding) -> list[ReadinessOut]:
        """Every item that a case is asked for."""
        unready = {lack.item.key for lack in case.unready}
        days = [day for day in map(case.decided_day, case.services) if day is not None]
        found = [
            cls.of(item, case.readiness, case.services, min(days, default=None))
            for item in case.rules.readiness
            if item.subjects(case.services)
        ]
        return [item.model_copy(update={"ready": item.item not in unready}) for item in found]


class PostGoDecision(RequestModel):
    """A party's go for a day 30 to 60 days ahead, or its no-go to a day that falls away.

    ``service`` is one service of the case; absent: every service not yet live.
    ``new_earliest_on`` belongs to a no-go; absent: as early as can be decided on.
    """

    decision: Verdict
    go_live_on: Day
    mandate: Text
    reason: LongText | None = None
    service: Slug | None = None
    new_earliest_on: Day | None = None

    def verdicts(self) -> Verdicts:
        """As the use case takes it."""
        return Verdicts(
            service=self.service,
            verdict=self.decision,
            go_live_on=self.go_live_on,
            mandate=self.mandate,
            reason=self.reason,
            new_earliest_on=self.new_earliest_on,
        )


class ConsequenceOut(ResponseModel):
    """One thing that a decision leads to."""

    kind: str
    text: str


class GoDecisionOut(ResponseModel):
    """A party's decision on go-live."""

    party: Party
    service: str | None
    decision: Verdict
    go_live_on: date
    new_earliest_on: date | None
    mandate: str
    reason: str | None
    consequences: list[ConsequenceOut]
    decided_at: AwareDatetime

    @classmethod
    def of(cls, decision: GoDecision) -> GoDecisionOut:
        """The response for a decision."""
        return cls(
            party=decision.party,
            service=decision.service,
            decision=decision.verdict,
            go_live_on=decision.go_live_on,
            new_earliest_on=decision.new_earliest_on,
            mandate=decision.mandate,
            reason=decision.reason,
            consequences=[ConsequenceOut.model_validate(e) for e in decision.consequences],
            decided_at=decision.decided_at,
        )

    @classmethod
    def standing(cls, case: ImplementationStanding) -> list[GoDecisionOut]:
        """The decisions that stand in a case, each once."""
        found = [
            decision
            for service in case.services
            for decision in case.decisions_for(service).values()
        ]
        return [cls.of(decision) for decision in dict.fromkeys(found)]


class PostRollBack(RequestModel):
    """The decision to take a service back, and the day on which it was."""

    rolled_back_on: Day
    reason: LongText
    decided_by: Text
    mandate: Text

    def taken_back(self) -> TakenBack:
        """As the use case takes it."""
        return TakenBack(**dict(self))


class RollBackOut(ResponseModel):
    """A service that was taken back, and what that leads to."""

    id: str
    service: str
    live_on: date
    rolled_back_on: date
    reason: str
    decided_by: str
    mandate: str
    consequences: list[ConsequenceOut]
    rolled_back_at: AwareDatetime


class LackOut(ResponseModel):
    """One thing that keeps a service from going live, and who has to act."""

    text: str
    owner: Owner
    due_on: date | None

    @classmethod
    def all_of(cls, case: ImplementationStanding) -> list[LackOut]:
        """Everything that phase 4 still asks for."""
        lacks: list[Lack] = [
            lack
            for judged in (
                readiness_lacks,
                reconciliation_lacks,
                parallel_run_lacks,
                training_lacks,
                go_lacks,
            )
            for lack in judged(case)
        ]
        return [cls(text=lack.subject, owner=lack.owner, due_on=lack.due_on) for lack in lacks]


class ServiceImplementationOut(ResponseModel):
    """How near a service is to its go-live.

    ``parallel_runs_required`` is nought for a service that needs none.
    """

    service: str
    live_on: date | None
    decided_go_live_on: date | None
    parallel_runs_in_a_row: int
    parallel_runs_required: int
    missing: list[LackOut]


class ImplementationOut(ResponseModel):
    """Phase 4 of a case, whole."""

    services: list[ServiceImplementationOut]
    readiness: list[ReadinessOut]
    reconciliations: list[ReconciliationOut]
    training: list[RoleStandingOut]
    go_decisions: list[GoDecisionOut]
    roll_backs: list[RollBackOut]

    @classmethod
    def of(cls, found: ImplementationOverview) -> ImplementationOut:
        """The response for a case."""
        case = found.standing
        rules = case.rules.parallel_runs
        return cls(
            services=[
                ServiceImplementationOut(
                    service=entry.service,
                    live_on=entry.live_on,
                    decided_go_live_on=case.decided_day(entry.service),
                    parallel_runs_in_a_row=case.approved_runs(entry.service),
                    parallel_runs_required=rules[entry.service].required_in_a_row
                    if entry.service in rules
                    else 0,
                    missing=[] if entry.live_on else LackOut.all_of(case.of(entry.service)),
                )
                for entry in found.case.services
            ],
            readiness=ReadinessOut.all_of(case),
            reconciliations=[ReconciliationOut.of(e) for e in case.latest_reconciliations()],
            training=[RoleStandingOut.of(part) for part in case.training],
            go_decisions=[GoDecisionOut.of(decision) for decision in case.decisions],
            roll_backs=[RollBackOut.model_validate(entry) for entry in found.roll_backs],
        )
