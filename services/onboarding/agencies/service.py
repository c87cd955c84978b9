"""Use cases: register an agency, look agencies up."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.exc import IntegrityError

from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.onboarding import AgencyRegistered
from services.onboarding.agencies import repository
from services.onboarding.agencies.domain import Agency
from services.onboarding.problems import AGENCY_ALREADY_REGISTERED


async def register(
    uow: UnitOfWork, org_number: str, name: str, headcount: int, *, part_of_state: bool
) -> Agency:
    """Make an agency known to the centre.

    Raises:
        Problem: ``agency_already_registered``.
    """
    agency = Agency(org_number, name, headcount, part_of_state, uow.now)
    if await repository.find(uow.session, org_number) is not None:
        raise _already_registered(org_number)
    try:
        await repository.add(uow.session, agency)
    except IntegrityError as error:
        raise _already_registered(org_number) from error
    uow.record(AgencyRegistered(org_number=org_number, name=name, headcount=headcount))
    return agency


async def get(uow: UnitOfWork, org_number: str) -> Agency:
    """An agency the actor may see.

    Raises:
        Problem: ``not_found``.
    """
    agency = await repository.find(uow.session, org_number)
    if agency is None or uow.actor is None or not uow.actor.may_see(org_number):
        raise not_found("agency")
    return agency


async def page(uow: UnitOfWork, after: str | None, limit: int) -> Sequence[Agency]:
    """Agencies in the order of their organisation numbers."""
    return await repository.page(uow.session, after, limit)


def _already_registered(org_number: str) -> Problem:
    return Problem(
        AGENCY_ALREADY_REGISTERED,
        f"{org_number} is registered already; open a case for it, or read it at"
        f" /agencies/{org_number}.",
    )
