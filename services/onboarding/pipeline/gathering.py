"""Everything the planner and the board look at, gathered in few queries."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.onboarding.agencies import repository as agencies
from services.onboarding.agencies.domain import Agency, AgencyStatus
from services.onboarding.agencies.repository import Wanted
from services.onboarding.cases import repository as cases
from services.onboarding.cases.domain import Case, CaseStatus
from services.onboarding.cases.repository import CaseFilter
from services.onboarding.cases.service import today
from services.onboarding.catalogue.domain import Catalogue
from services.onboarding.catalogue.service import catalogue_in_force
from services.onboarding.problems import SERVICE_UNKNOWN
from services.onboarding.time_plan import repository as time_plans
from services.onboarding.time_plan.complexity import Score
from services.onboarding.time_plan.domain import PlannedTask, TimePlan
from services.onboarding.time_plan.drivers import scores

_ALL = 100_000
"""More than there are agencies or cases: lists that the pipeline needs whole."""


class Include(StrEnum):
    """Which agencies without a case are planned beside the cases."""

    OBLIGED = "obliged"
    ALL = "all"


@dataclass(frozen=True)
class Gathered:
    """The pipeline as it stands.

    Attributes:
        cases: the open ones.
        agencies: those that the cases are of, and those without one to be planned.
        joining: for agencies without a case, the services that they would join for, by
            service area; only the areas that they are obliged in, or are asked about.
    """

    catalogue: Catalogue
    cases: Sequence[Case]
    scores: Mapping[str, Score]
    plans: Mapping[str, TimePlan]
    tasks: Mapping[str, Sequence[PlannedTask]]
    agencies: Mapping[str, Agency]
    joining: Mapping[str, Mapping[str, tuple[str, ...]]]


async def gathered(uow: UnitOfWork, include: Include, services: Sequence[str]) -> Gathered:
    """The open cases, and the agencies without one that are to be planned.

    Raises:
        Problem: ``service_unknown``.
    """
    session = uow.session
    offer = catalogue_in_force(today(uow))
    if unknown := offer.unknown(services):
        raise Problem(
            SERVICE_UNKNOWN,
            f"The catalogue does not offer {', '.join(unknown)}; see /catalogue.",
            unknown=list(unknown),
        )
    active = await agencies.page(session, Wanted(status=AgencyStatus.ACTIVE), None, _ALL)
    every_case = await cases.page(session, CaseFilter(), None, _ALL, newest_first=False)
    open_cases = [case for case in every_case if case.status.is_open]
    ids = [case.id for case in open_cases]
    taken = areas_taken(offer, every_case)
    known = {agency.org_number: agency for agency in active}
    missing = {case.org_number for case in open_cases} - set(known)
    known |= await agencies.find_many(session, missing) if missing else {}
    return Gathered(
        catalogue=offer,
        cases=open_cases,
        scores=await scores(session, open_cases),
        plans=await time_plans.plans_of(session, ids),
        tasks=await time_plans.tasks_of(session, ids),
        agencies=known,
        joining={
            agency.org_number: found
            for agency in active
            if (
                found := _joining(
                    offer, agency, taken.get(agency.org_number, set()), include, services
                )
            )
        },
    )


def areas_taken(offer: Catalogue, every_case: Collection[Case]) -> dict[str, set[str]]:
    """By agency, the service areas in which it has joined or is joining."""
    areas = areas_of(offer)
    found: dict[str, set[str]] = {}
    for case in every_case:
        if case.status is not CaseStatus.WITHDRAWN:
            of_agency = found.setdefault(case.org_number, set())
            of_agency.update(areas.get(key, key) for key in case.service_keys)
    return found


def areas_of(offer: Catalogue) -> dict[str, str]:
    """The service area of every service offered."""
    return {service.key: service.service_area for service in offer.services}


def _joining(
    offer: Catalogue,
    agency: Agency,
    taken: Collection[str],
    include: Include,
    services: Sequence[str],
) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for duty in agency.obligations:
        of_area = tuple(s.key for s in offer.services if s.service_area == duty.service_area)
        if duty.service_area not in taken and of_area:
            found[duty.service_area] = of_area
    if include is Include.ALL:
        for service in services:
            area = offer.service(service).service_area
            if area not in taken and area not in found:
                found[area] = tuple(
                    key for key in services if offer.service(key).service_area == area
                )
    return found
