"""A whole case in a response: where it stands, and what its next phase waits for."""

from __future__ import annotations

from datetime import date

from services.chassis.schemas import Day, RequestModel, ResponseModel
from services.contracts.values import Phase, Slug
from services.onboarding.agreements.schemas import AgreementSummary
from services.onboarding.cases.schemas import CaseSummary
from services.onboarding.gap_analysis.domain import count
from services.onboarding.gates.domain import GateState, Missing
from services.onboarding.gates.service import CaseStanding
from services.onboarding.implementation.domain import decided_day
from services.onboarding.implementation.schemas import (
    GoDecisionOut,
    ReadinessOut,
    ReconciliationOut,
)
from services.onboarding.letter_of_intent.schemas import (
    BaselineOut,
    FeeIndicationOut,
    LetterSignatureOut,
    MemberOut,
    TimePlanOut,
)
from services.onboarding.parties import Owner, Party
from services.onboarding.stabilisation.domain import ClosedPeriod, met_in_a_row


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


class MissingOut(ResponseModel):
    """One thing that is missing, and who has to act."""

    item: str
    text: str
    owner: Owner

    @classmethod
    def of(cls, missing: Missing) -> MissingOut:
        """The response for a missing thing."""
        return cls(item=missing.item, text=missing.text, owner=missing.owner)


class GateItemOut(ResponseModel):
    """One thing a gate asks for, and whether it holds."""

    key: str
    text: str
    owner: Owner
    holds: bool


class GateOut(ResponseModel):
    """What stands between a phase and the next."""

    leaves: Phase
    enters: Phase
    items: list[GateItemOut]

    @classmethod
    def of(cls, gate: GateState) -> GateOut:
        """The response for a gate."""
        return cls(
            leaves=gate.leaves,
            enters=gate.enters,
            items=[GateItemOut.model_validate(item) for item in gate.items],
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


class PeriodOut(ResponseModel):
    """A closed month of a service."""

    period: str
    whole_month: bool
    met: bool


class ServiceProgress(ResponseModel):
    """How far a service is from being stable."""

    service: str
    live_on: date | None
    met_in_a_row: int
    required: int | None
    periods: list[PeriodOut]


class StabilisationOut(ResponseModel):
    """How far a case is from being stable."""

    services: list[ServiceProgress]
    open_critical_matters: list[str]


class CaseOut(CaseSummary):
    """A case, whole."""

    version: int
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
    stabilisation: StabilisationOut


def case_out(standing: CaseStanding) -> CaseOut:
    """The response for a case."""
    case, gathered, snapshot = standing.case, standing.preparation, standing.snapshot
    newest = gathered.fee_indications[-1] if gathered.fee_indications else None
    in_force = gathered.fee_in_force
    plan, baseline, agreement = gathered.time_plan, gathered.baseline, standing.agreement
    return CaseOut(
        **dict(CaseSummary.of(case)),
        version=case.version,
        live=[LiveOut.model_validate(entry) for entry in case.services],
        next_phase=standing.next_phase,
        missing=[MissingOut.of(lack) for lack in standing.missing],
        gates=[GateOut.of(gate) for gate in standing.gates],
        staffing=SideOut(
            customer=_members(standing, Party.CUSTOMER), centre=_members(standing, Party.CENTRE)
        ),
        time_plan=TimePlanOut.model_validate(plan) if plan else None,
        baseline=BaselineOut.model_validate(baseline) if baseline else None,
        fee_indication=FeeIndicationOut.of(newest) if newest else None,
        fee_indication_in_force=in_force.id if in_force else None,
        letter_signatures=[
            LetterSignatureOut.model_validate(signed) for signed in gathered.letter_signatures
        ],
        comparisons=ComparisonCounts.model_validate(
            count(snapshot.activities, snapshot.comparisons)
        ),
        agreement=AgreementSummary.of(agreement) if agreement else None,
        readiness=[ReadinessOut.of(item, snapshot.readiness) for item in snapshot.readiness_items],
        reconciliations=[
            ReconciliationOut.of(batch, snapshot.reconciliation_rules)
            for batch in snapshot.reconciliations
        ],
        go_decisions=[GoDecisionOut.of(go) for go in snapshot.go_decisions.values()],
        decided_go_live_on=decided_day(snapshot.go_decisions),
        stabilisation=_stabilisation(standing),
    )


def _members(standing: CaseStanding, party: Party) -> list[MemberOut]:
    members = standing.preparation.staffing.get(party, ())
    return [MemberOut.model_validate(member) for member in members]


def _stabilisation(standing: CaseStanding) -> StabilisationOut:
    snapshot = standing.snapshot
    agreed = snapshot.agreement
    return StabilisationOut(
        services=[
            ServiceProgress(
                service=entry.service,
                live_on=entry.live_on,
                met_in_a_row=met_in_a_row(snapshot.periods, entry.service),
                required=agreed.stabilisation_periods if agreed else None,
                periods=_periods(snapshot.periods, entry.service),
            )
            for entry in standing.case.services
        ],
        open_critical_matters=list(snapshot.open_critical_matters),
    )


def _periods(periods: tuple[ClosedPeriod, ...], service: str) -> list[PeriodOut]:
    return [PeriodOut.model_validate(period) for period in periods if period.service == service]
