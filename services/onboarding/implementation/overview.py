"""Use case: how far a case's implementation has come, gathered from all of its parts."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis.unit_of_work import UnitOfWork
from services.onboarding.cases.domain import Case
from services.onboarding.cases.service import get
from services.onboarding.implementation import repository
from services.onboarding.implementation.domain import RollBack
from services.onboarding.implementation.parallel_runs import repository as parallel_runs
from services.onboarding.implementation.reconciliation import repository as reconciliation
from services.onboarding.implementation.rules import implementation_rules
from services.onboarding.implementation.service import rolled_back_at
from services.onboarding.implementation.standing import ImplementationStanding
from services.onboarding.implementation.training import repository as training


@dataclass(frozen=True)
class ImplementationOverview:
    """A case's implementation with its roll-backs."""

    case: Case
    standing: ImplementationStanding
    roll_backs: tuple[RollBack, ...]


async def standing(uow: UnitOfWork, case: Case) -> ImplementationStanding:
    """What phase 4 knows of a case; what was reopened since it was shown is left out."""
    session = uow.session
    decisions = await repository.go_decisions(session, case.id)
    statements = await repository.readiness(session, case.id)
    return ImplementationStanding(
        services=case.service_keys,
        rules=implementation_rules(),
        readiness=tuple(e for e in statements if case.counts("readiness", e.stated_at)),
        reconciliations=tuple(await reconciliation.of_case(session, case.id)),
        parallel_runs=tuple(await parallel_runs.of_case(session, case.id)),
        training_needs=await training.needs(session, case.id),
        courses=tuple(await training.courses(session, case.id)),
        decisions=tuple(e for e in decisions if case.counts("go-decisions", e.decided_at)),
        rolled_back=await rolled_back_at(uow, case.id),
        live=frozenset(case.live_services),
    )


async def overview(uow: UnitOfWork, case_id: str) -> ImplementationOverview:
    """How far the implementation of a case the actor may see has come.

    Raises:
        Problem: ``not_found``.
    """
    case = await get(uow, case_id)
    found = await repository.roll_backs(uow.session, case_id)
    return ImplementationOverview(case, await standing(uow, case), tuple(found))
