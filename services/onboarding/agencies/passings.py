"""Telling the other services which agreement passes by decision after a split, and that it
does not after all.

A decision is published as a record of its own, so a wrong one is withdrawn as any record is:
by one that corrects it. Whoever keeps records comes to the same whatever order they come in.
"""

from __future__ import annotations

from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.onboarding import AgencyLifeEventRecorded
from services.contracts.values import LifeEventKind
from services.onboarding.agencies import life_event_repository, repository
from services.onboarding.agencies.succession import Passing
from services.onboarding.agreements import repository as agreements
from services.onboarding.agreements.domain import newest_signed


async def tell(uow: UnitOfWork, passing: Passing) -> None:
    """Publish that a successor takes over what is signed in a case, once.

    Nothing is told while nothing is signed, where the agency itself keeps the case, and of a
    merger, which tells for itself.
    """
    if not passing.decided or passing.agreement_id or passing.to_org == passing.from_org:
        return
    agreement = await agreements.made_in(uow.session, passing.case_id)
    if agreement is None:
        return
    if newest_signed(await agreements.versions(uow.session, agreement.id)) is None:
        return
    await life_event_repository.mark_passing(uow.session, passing.id, agreement_id=agreement.id)
    await _record(uow, passing, agreement.id, life_event_id=passing.id)


async def withdraw(uow: UnitOfWork, passing: Passing) -> None:
    """Mark a passing as withdrawn, and take back what the other services were told of it."""
    await life_event_repository.mark_passing(uow.session, passing.id, withdrawn_at=uow.now)
    if passing.agreement_id is not None:
        await _record(
            uow, passing, passing.agreement_id, life_event_id=new_id(), corrects=passing.id
        )


async def _record(
    uow: UnitOfWork,
    passing: Passing,
    agreement_id: str,
    *,
    life_event_id: str,
    corrects: str | None = None,
) -> None:
    agency = await repository.find(uow.session, passing.from_org)
    uow.record(
        AgencyLifeEventRecorded(
            life_event_id=life_event_id,
            kind=LifeEventKind.SPLIT,
            org_number=passing.from_org,
            effective_on=passing.effective_on,
            successors=(passing.to_org,),
            agreement_id=agreement_id,
            corrects=corrects,
            withdrawn=corrects is not None,
        ),
        version=agency.version if agency else 0,
    )
