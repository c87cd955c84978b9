"""Use cases: see where a case stands, let a service go live, enter the next phase."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.onboarding import CaseStabilised, PhaseEntered, ServiceWentLive
from services.contracts.values import Phase
from services.onboarding.agreements import repository as agreements
from services.onboarding.agreements.domain import AgreementVersion
from services.onboarding.cases import repository as cases
from services.onboarding.cases.domain import Case, ServiceInCase, next_phase
from services.onboarding.cases.service import Change, get, note, take, today
from services.onboarding.data_files import load
from services.onboarding.gap_analysis import repository as gap_analysis
from services.onboarding.gap_analysis.service import activity_refs
from services.onboarding.gates.domain import (
    Gates,
    GateShutError,
    GateState,
    Missing,
    PhaseOutOfOrderError,
    enter,
    judge,
    missing_for,
    missing_for_go_live,
)
from services.onboarding.gates.snapshot import AgreementStanding, CaseSnapshot
from services.onboarding.implementation import repository as implementation
from services.onboarding.implementation.service import implementation_rules
from services.onboarding.letter_of_intent.service import Preparation, preparation
from services.onboarding.problems import (
    ALREADY_LIVE,
    GATE_NOT_OPEN,
    GO_LIVE_NOT_READY,
    LIVE_ON_IN_FUTURE,
    PHASE_OUT_OF_ORDER,
    SERVICE_NOT_IN_CASE,
)
from services.onboarding.stabilisation import repository as stabilisation
from services.onboarding.stabilisation.domain import ClosedPeriod, Matter


@dataclass(frozen=True)
class CaseStanding:
    """A case with all that is known of it, and how its gates judge that."""

    case: Case
    preparation: Preparation
    agreement: AgreementVersion | None
    snapshot: CaseSnapshot
    gates: tuple[GateState, ...]
    next_phase: Phase | None
    missing: tuple[Missing, ...]


@cache
def gates_in_force() -> Gates:
    """The gates in ``data/gates.yaml``."""
    return load(Gates, "gates.yaml")


async def standing(uow: UnitOfWork, case_id: str) -> CaseStanding:
    """Where a case the actor may see stands, and what its next phase waits for.

    Raises:
        Problem: ``not_found``.
    """
    case = await get(uow, case_id)
    gathered = await preparation(uow, case)
    agreement = await agreements.latest(uow.session, case.id)
    snapshot = await _snapshot(uow, case, gathered, agreement)
    following = next_phase(case.phase)
    gates = gates_in_force()
    return CaseStanding(
        case=case,
        preparation=gathered,
        agreement=agreement,
        snapshot=snapshot,
        gates=tuple(judge(gate, snapshot) for gate in gates.gates),
        next_phase=following,
        missing=missing_for(gates, snapshot, following) if following else (),
    )


async def enter_phase(uow: UnitOfWork, case_id: str, phase: Phase) -> Case:
    """Let a case pass the gate into its next phase.

    Raises:
        Problem: ``not_found``, ``phase_out_of_order``, ``gate_not_open`` with all that is
            missing, ``changed_meanwhile``.
    """
    change = await take(uow, case_id)
    case = change.case
    agreement = await agreements.latest(uow.session, case_id)
    snapshot = await _snapshot(uow, case, await preparation(uow, case), agreement)
    try:
        enter(gates_in_force(), snapshot, phase)
    except PhaseOutOfOrderError as error:
        raise _out_of_order(error, phase) from error
    except GateShutError as error:
        raise Problem(
            GATE_NOT_OPEN,
            f"{len(error.missing)} things are missing before the case can enter {phase.value};"
            " they are listed with who has to act.",
            missing=_listed(error.missing),
        ) from error
    await cases.set_phase(uow.session, case_id, phase, uow.now)
    did = f"led the case from {_words(case.phase)} into {_words(phase)}."
    await note(uow, change, "phase-entered", did)
    uow.record(
        PhaseEntered(
            case_id=case_id, org_number=case.org_number, phase=phase, previous_phase=case.phase
        ),
        version=case.version,
    )
    if phase is Phase.STABLE and agreement is not None:
        uow.record(
            CaseStabilised(
                case_id=case_id,
                agreement_id=agreement.agreement_id,
                org_number=case.org_number,
                services=case.service_keys,
                stabilised_on=today(uow),
            ),
            version=case.version,
        )
    return await get(uow, case_id)


async def go_live(uow: UnitOfWork, case_id: str, service: str, live_on: date) -> ServiceInCase:
    """Note that a service is in operation: charging and measuring begin.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``service_not_in_case``,
            ``live_on_in_future``, ``already_live``, ``go_live_not_ready`` with all that is
            missing, ``changed_meanwhile``.
    """
    change = await take(uow, case_id, Phase.IMPLEMENTATION)
    _require_live_service(change, service, live_on, today(uow))
    case = change.case
    agreement = await agreements.latest(uow.session, case_id)
    snapshot = await _snapshot(uow, case, await preparation(uow, case), agreement)
    missing = missing_for_go_live(gates_in_force(), snapshot, live_on)
    if missing or agreement is None:
        raise Problem(
            GO_LIVE_NOT_READY,
            f"{len(missing)} things are missing before {service} can go live; they are listed"
            " with who has to act.",
            missing=_listed(missing),
        )
    await cases.set_live(uow.session, case_id, service, live_on)
    await note(uow, change, "service-went-live", f"put {service} into operation on {live_on}.")
    uow.record(
        ServiceWentLive(
            case_id=case_id,
            agreement_id=agreement.agreement_id,
            org_number=case.org_number,
            service=service,
            live_on=live_on,
        ),
        version=case.version,
    )
    return ServiceInCase(service, live_on)


async def _snapshot(
    uow: UnitOfWork, case: Case, gathered: Preparation, agreement: AgreementVersion | None
) -> CaseSnapshot:
    session = uow.session
    rules = implementation_rules()
    standing: AgreementStanding | None = None
    periods: tuple[ClosedPeriod, ...] = ()
    matters: tuple[Matter, ...] = ()
    if agreement is not None:
        content = agreement.content
        standing = AgreementStanding(
            agreement.signed_by, content.valid_from, content.stabilisation_periods
        )
        periods = tuple(await stabilisation.periods(session, agreement.agreement_id))
        matters = tuple(await stabilisation.critical_matters(session, agreement.agreement_id))
    return CaseSnapshot(
        phase=case.phase,
        live={entry.service: entry.live_on is not None for entry in case.services},
        activities=activity_refs(case),
        readiness_items=rules.readiness,
        reconciliation_rules=rules.reconciliation,
        staffed=frozenset(party for party, members in gathered.staffing.items() if members),
        has_time_plan=gathered.time_plan is not None,
        has_baseline=gathered.baseline is not None,
        has_fee_in_force=gathered.fee_in_force is not None,
        letter_signed_by=frozenset(signed.party for signed in gathered.letter_signatures),
        comparisons=tuple(await gap_analysis.of_case(session, case.id)),
        agreement=standing,
        readiness=tuple(await implementation.readiness(session, case.id)),
        reconciliations=tuple(await implementation.reconciliations(session, case.id)),
        go_decisions=await implementation.go_decisions(session, case.id),
        periods=periods,
        open_critical_matters=tuple(m.matter_id for m in matters if m.is_open),
    )


def _require_live_service(change: Change, service: str, live_on: date, day: date) -> None:
    known = {entry.service: entry for entry in change.case.services}
    if service not in known:
        raise Problem(
            SERVICE_NOT_IN_CASE,
            f"{service} is not a service of this case; it is about {', '.join(known)}.",
        )
    if known[service].live_on is not None:
        raise Problem(ALREADY_LIVE, f"{service} went live on {known[service].live_on}.")
    if live_on > day:
        raise Problem(
            LIVE_ON_IN_FUTURE, f"{live_on} is still ahead; report go-live when it has come."
        )


def _out_of_order(error: PhaseOutOfOrderError, asked: Phase) -> Problem:
    following = error.following.value if error.following else None
    then = f"the next one is {following}" if following else "it is the last one"
    return Problem(
        PHASE_OUT_OF_ORDER,
        f"The case is in {error.current.value} and cannot enter {asked.value}; {then}.",
        current_phase=error.current.value,
        next_phase=following,
    )


def _listed(missing: tuple[Missing, ...]) -> list[dict[str, str]]:
    return [{"item": lack.item, "text": lack.text, "owner": lack.owner.value} for lack in missing]


def _words(phase: Phase) -> str:
    return phase.value.replace("_", " ")
