"""A whole case in a response: where it stands, and what its next phase waits for."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, Field

from services.chassis.ids import IDENTIFIER_PATTERN
from services.chassis.schemas import Day, LongText, RequestModel, ResponseModel
from services.contracts.values import Phase, Slug
from services.onboarding.agreements.schemas import AgreementSummary
from services.onboarding.cases.schemas import CaseSummary
from services.onboarding.gap_analysis.domain import count
from services.onboarding.gates.domain import Gate, Missing
from services.onboarding.gates.refreshing import gates_in_force
from services.onboarding.gates.service import CaseStanding
from services.onboarding.gates.standing import ItemStanding
from services.onboarding.implementation.reconciliation.schemas import ReconciliationOut
from services.onboarding.implementation.schemas import GoDecisionOut, ReadinessOut
from services.onboarding.letter_of_intent.baseline_schemas import BaselineOut
from services.onboarding.letter_of_intent.schemas import FeeIndicationOut, LetterSignatureOut
from services.onboarding.parties import Owner, Party
from services.onboarding.stabilisation.schemas import CaseStabilityOut
from services.onboarding.staffing.schemas import MemberOut
from services.onboarding.time_plan.schemas import TimePlanOut


class EnterPhase(RequestModel):
    """The phase to enter."""

    to: Phase


class GoLive(RequestModel):
    """The service that went live, and the day."""

    service: Slug
    live_on: Day


class LiveOut(ResponseModel):
    """A service in operation."""

    service: str
    live_on: date | None


class PutGateItem(RequestModel):
    """An item's day and evidence, set by hand; what is left out is reckoned by itself."""

    due_on: Day | None = None
    evidence: LongText | None = None
    document_id: Annotated[str, Field(pattern=IDENTIFIER_PATTERN.pattern)] | None = None


class WithdrawEvidence(RequestModel):
    """Why the evidence of an item is withdrawn."""

    reason: LongText


class MissingOut(ResponseModel):
    """One thing that is missing: who has to act, since when it is missing, and by when."""

    item: str
    text: str
    text_sv: str
    owner: Owner
    since: AwareDatetime | None
    due_on: date | None
    overdue: bool
    answering: list[str]

    @classmethod
    def of(cls, missing: Missing, standing: CaseStanding) -> MissingOut:
        """The response for a missing thing."""
        item = standing.item(missing.item)
        due_on = missing.due_on or item.due_on
        return cls(
            item=missing.item,
            text=missing.text,
            text_sv=missing.text_sv,
            owner=missing.owner,
            since=item.since,
            due_on=due_on,
            overdue=due_on is not None and due_on < standing.clock_on,
            answering=list(standing.answering[missing.owner]),
        )


class LackOut(ResponseModel):
    """One thing that an item lacks, and who has to act."""

    text: str
    text_sv: str
    owner: Owner


class GateItemOut(ResponseModel):
    """One thing a gate asks for: whether it holds, since when, by when, shown by what.

    ``answering`` are the people who answer for it today, by their roles.
    """

    key: str
    text: str
    text_sv: str
    owner: Owner
    holds: bool
    since: AwareDatetime | None
    due_on: date | None
    due_by_hand: bool
    overdue: bool
    missing: list[LackOut]
    evidence: str | None
    evidence_by_hand: bool
    document_id: str | None
    answering: list[str]

    @classmethod
    def of(cls, item: ItemStanding, standing: CaseStanding) -> GateItemOut:
        """The response for an item."""
        asked = standing.asked(item.item)
        return cls(
            key=item.item,
            text=asked.text,
            text_sv=asked.text_sv,
            owner=item.owner,
            holds=item.holds,
            since=item.since,
            due_on=item.due_on,
            due_by_hand=item.due_by_hand,
            overdue=item.overdue_on(standing.clock_on),
            missing=[
                LackOut(text=lack.text, text_sv=lack.text_sv, owner=lack.owner)
                for lack in item.missing
            ],
            evidence=item.evidence,
            evidence_by_hand=item.evidence_by_hand,
            document_id=item.document_id,
            answering=list(standing.answering[item.owner]),
        )


class GateOut(ResponseModel):
    """What stands between a phase and the next; it opens when its items and all before hold."""

    leaves: Phase
    enters: Phase
    opens: bool
    items: list[GateItemOut]

    @classmethod
    def of(cls, gate: Gate, standing: CaseStanding) -> GateOut:
        """The response for a gate."""
        items = [item for item in standing.items if item.phase is gate.leaves]
        last = max(item.position for item in items)
        return cls(
            leaves=gate.leaves,
            enters=gate.enters,
            opens=all(item.holds for item in standing.items if item.position <= last),
            items=[GateItemOut.of(item, standing) for item in items],
        )


class SideOut(ResponseModel):
    """The staff of both sides."""

    customer: list[MemberOut]
    centre: list[MemberOut]


class ComparisonCounts(ResponseModel):
    """How far the gap analysis has come."""

    activities: int
    compared: int
    gaps: int
    undecided: int
    deviations: int


class CaseOut(CaseSummary):
    """A case, whole."""

    live: list[LiveOut]
    next_phase: Phase | None
    missing: list[MissingOut]
    gates: list[GateOut]
    staffing: SideOut
    time_plan: TimePlanOut | None
    baseline: BaselineOut | None
    fee_indication: FeeIndicationOut | None
    fee_indication_in_force: str | None
    letter_signatures: list[LetterSignatureOut]
    comparisons: ComparisonCounts
    agreement: AgreementSummary | None
    readiness: list[ReadinessOut]
    reconciliations: list[ReconciliationOut]
    go_decisions: list[GoDecisionOut]
    decided_go_live_on: date | None
    stabilisation: CaseStabilityOut


def case_out(standing: CaseStanding) -> CaseOut:
    """The response for a case."""
    case, gathered = standing.case, standing.gathered.preparation
    snapshot = standing.gathered.snapshot
    newest = gathered.fee_indications[-1] if gathered.fee_indications else None
    in_force = gathered.fee_in_force
    plan, baseline, agreement = gathered.time_plan, gathered.baseline, standing.gathered.agreement
    return CaseOut(
        **dict(CaseSummary.of(case)),
        live=[LiveOut.model_validate(entry) for entry in case.services],
        next_phase=standing.next_phase,
        missing=[MissingOut.of(lack, standing) for lack in standing.missing],
        gates=[GateOut.of(gate, standing) for gate in gates_in_force().gates],
        staffing=SideOut(
            customer=_members(standing, Party.CUSTOMER), centre=_members(standing, Party.CENTRE)
        ),
        time_plan=TimePlanOut.model_validate(plan) if plan else None,
        baseline=BaselineOut.of(baseline) if baseline else None,
        fee_indication=FeeIndicationOut.of(newest) if newest else None,
        fee_indication_in_force=in_force.id if in_force else None,
        letter_signatures=[
            LetterSignatureOut.model_validate(signed) for signed in gathered.letter_signatures
        ],
        comparisons=ComparisonCounts.model_validate(
            count(snapshot.activities, snapshot.comparisons)
        ),
        agreement=AgreementSummary.of(agreement) if agreement else None,
        readiness=ReadinessOut.all_of(snapshot.implementation),
        reconciliations=[
            ReconciliationOut.of(run) for run in snapshot.implementation.latest_reconciliations()
        ],
        go_decisions=GoDecisionOut.standing(snapshot.implementation),
        decided_go_live_on=snapshot.implementation.common_day,
        stabilisation=CaseStabilityOut.of(snapshot.stability),
    )


def _members(standing: CaseStanding, party: Party) -> list[MemberOut]:
    members = standing.gathered.preparation.staffing.get(party, ())
    return [MemberOut.model_validate(member) for member in members]
