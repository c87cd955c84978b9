"""Use cases: reconcile a migrated batch, let the customer approve an explained difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.chassis.ids import new_id
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import Phase
from services.onboarding.cases.service import acting, get, note, take
from services.onboarding.implementation.domain import Approval
from services.onboarding.implementation.problems import (
    EXPLANATION_NOT_WAITING,
    REJECTION_NEEDS_NOTE,
    SUPERSEDED_BY_LATER_RUN,
)
from services.onboarding.implementation.reconciliation import repository
from services.onboarding.implementation.reconciliation.domain import Reconciliation
from services.onboarding.implementation.rules import implementation_rules
from services.onboarding.implementation.service import require_in_case


@dataclass(frozen=True)
class Figures:
    """Records and öre at a batch's source and target."""

    source_count: int
    target_count: int
    source_sum_ore: int
    target_sum_ore: int


async def reconcile(
    uow: UnitOfWork,
    case_id: str,
    service: str | None,
    batch: str,
    figures: Figures,
    explanation: str | None,
) -> Reconciliation:
    """Record a run of a migrated batch; the runs before it remain as history.

    A difference beyond tolerance keeps the gate shut until it is explained and the customer
    has approved the explanation.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``service_not_in_case``,
            ``changed_meanwhile``.
    """
    change = await take(uow, case_id, Phase.IMPLEMENTATION)
    if service is not None:
        require_in_case(change.case, service)
    run = Reconciliation(
        id=new_id(),
        service=service,
        batch=batch,
        run=await repository.runs_of(uow.session, case_id, service, batch) + 1,
        source_count=figures.source_count,
        target_count=figures.target_count,
        source_sum_ore=figures.source_sum_ore,
        target_sum_ore=figures.target_sum_ore,
        tolerance=implementation_rules().reconciliation_rules(service).tolerance,
        explanation=explanation,
        reconciled_at=uow.now,
    )
    await repository.add(uow.session, case_id, run)
    outcome = "within tolerance" if run.within_tolerance else "with differences beyond tolerance"
    again = f", run {run.run}" if run.run > 1 else ""
    await note(uow, change, "batch-reconciled", f"reconciled the batch {batch}{again}, {outcome}.")
    return run


async def runs(uow: UnitOfWork, case_id: str) -> Sequence[Reconciliation]:
    """Every run of a case's batches.

    Raises:
        Problem: ``not_found``.
    """
    case = await get(uow, case_id)
    return await repository.of_case(uow.session, case.id)


async def decide_explanation(
    uow: UnitOfWork, case_id: str, run_id: str, *, approved: bool, remark: str | None
) -> Reconciliation:
    """Approve or reject, for the customer's side, why a batch differs.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``explanation_not_waiting``,
            ``superseded_by_later_run``, ``rejection_needs_note``, ``changed_meanwhile``.
    """
    change = await take(uow, case_id, Phase.IMPLEMENTATION)
    known = await repository.of_case(uow.session, case_id)
    run = next((entry for entry in known if entry.id == run_id), None)
    if run is None:
        raise not_found("reconciliation")
    same = [entry for entry in known if (entry.service, entry.batch) == (run.service, run.batch)]
    if same[-1].run != run.run:
        raise Problem(
            SUPERSEDED_BY_LATER_RUN,
            f"The batch {run.batch} was run again; decide on run {same[-1].run}.",
            latest=same[-1].id,
        )
    if not run.needs_approval:
        raise Problem(
            EXPLANATION_NOT_WAITING,
            f"The batch {run.batch} is within tolerance, not explained, or decided already.",
        )
    if not approved and remark is None:
        raise Problem(REJECTION_NEEDS_NOTE, "Say what is wrong with the explanation.")
    approval = Approval(approved, remark, acting(uow).client_id, uow.now)
    await repository.approve(uow.session, run_id, approval)
    word = "approved" if approved else "rejected"
    did = f"{word} the explanation of the difference in the batch {run.batch}."
    await note(uow, change, "explanation-decided", did)
    return next(e for e in await repository.of_case(uow.session, case_id) if e.id == run_id)
