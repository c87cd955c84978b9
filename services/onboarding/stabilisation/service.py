"""Use case: see how far a case is from being stable, and what exactly holds it."""

from __future__ import annotations

from services.chassis.unit_of_work import UnitOfWork
from services.onboarding.agreements import repository as agreements
from services.onboarding.agreements.domain import AgreementVersion
from services.onboarding.cases.domain import Case
from services.onboarding.cases.service import get
from services.onboarding.stabilisation import repository
from services.onboarding.stabilisation.domain import Stability, stability

NOT_AGREED = 1
"""Months in a row that are asked for while no agreement says how many."""


async def of_case(uow: UnitOfWork, case: Case, agreement: AgreementVersion | None) -> Stability:
    """How far a case is from being stable, by what its agreement (its latest) asks for."""
    live = {entry.service: entry.live_on for entry in case.services}
    if agreement is None:
        return stability(live, (), (), NOT_AGREED)
    return stability(
        live,
        await repository.periods(uow.session, agreement.agreement_id),
        await repository.critical_matters(uow.session, agreement.agreement_id),
        agreement.content.stabilisation_periods,
    )


async def read(uow: UnitOfWork, case_id: str) -> Stability:
    """How far a case the actor may see is from being stable.

    Raises:
        Problem: ``not_found``.
    """
    case = await get(uow, case_id)
    return await of_case(uow, case, await agreements.latest(uow.session, case_id))
