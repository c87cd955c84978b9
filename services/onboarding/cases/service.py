"""Use cases: open a case, find it, take it for a change, keep its timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.exc import IntegrityError

from services.chassis.clock import STOCKHOLM
from services.chassis.identity import Actor
from services.chassis.ids import new_id
from services.chassis.problems import CHANGED_MEANWHILE, NOT_AUTHENTICATED, Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.onboarding import CaseOpened
from services.contracts.values import Phase
from services.onboarding.agencies import repository as agencies
from services.onboarding.cases import repository
from services.onboarding.cases.domain import Case, ServiceInCase, TimelineEntry
from services.onboarding.catalogue.service import catalogue
from services.onboarding.parties import Party
from services.onboarding.problems import (
    AGENCY_UNKNOWN,
    CASE_ALREADY_OPEN,
    SERVICE_UNKNOWN,
    WRONG_PHASE,
)

CENTRE_NAME = "The service centre"


@dataclass(frozen=True)
class Change:
    """A case taken for a change, by a party; its version is the one it will have."""

    case: Case
    party: Party

    @property
    def who(self) -> str:
        """The party's name, as sentences of the timeline begin."""
        return self.case.customer_name if self.party is Party.CUSTOMER else CENTRE_NAME


def today(uow: UnitOfWork) -> date:
    """The day in Stockholm."""
    return uow.now.astimezone(STOCKHOLM).date()


async def open_case(uow: UnitOfWork, org_number: str, services: Sequence[str]) -> Case:
    """Begin an agency's way into one or more services.

    Raises:
        Problem: ``agency_unknown``, ``service_unknown``, ``case_already_open``.
    """
    agency = await agencies.find(uow.session, org_number)
    if agency is None:
        raise Problem(AGENCY_UNKNOWN, f"{org_number} is not registered; register the agency first.")
    if unknown := catalogue().unknown(services):
        raise Problem(
            SERVICE_UNKNOWN,
            f"The catalogue does not offer {', '.join(unknown)}; see /catalogue.",
            unknown=list(unknown),
        )
    if taken := await repository.open_services(uow.session, org_number, services):
        raise _already_open(taken)
    case = Case(
        id=new_id(),
        org_number=org_number,
        customer_name=agency.name,
        headcount=agency.headcount,
        part_of_state=agency.part_of_state,
        phase=Phase.LETTER_OF_INTENT,
        version=1,
        opened_at=uow.now,
        phase_entered_at=uow.now,
        services=tuple(ServiceInCase(service) for service in sorted(services)),
    )
    try:
        await repository.add(uow.session, case)
    except IntegrityError as error:
        raise _already_open(services) from error
    names = ", ".join(catalogue().service(key).name for key in case.service_keys)
    await note(uow, Change(case, Party.CENTRE), "case-opened", f"opened the case for {names}.")
    uow.record(
        CaseOpened(case_id=case.id, org_number=org_number, services=case.service_keys),
        version=case.version,
    )
    return case


async def get(uow: UnitOfWork, case_id: str) -> Case:
    """A case the actor may see.

    Raises:
        Problem: ``not_found``.
    """
    case = await repository.find(uow.session, case_id, acting(uow).scope)
    if case is None:
        raise not_found("case")
    return case


async def page(
    uow: UnitOfWork, org_number: str | None, phase: Phase | None, after: str | None, limit: int
) -> Sequence[Case]:
    """The cases the actor may see, oldest first; of one agency where a number is given.

    Raises:
        Problem: ``not_found``, when an agency asks for another one's.
    """
    actor = acting(uow)
    if org_number is not None:
        actor.must_see(org_number, "agency")
    scope = org_number if actor.scope is None else actor.scope
    return await repository.page(uow.session, scope, phase, after, limit)


async def timeline(
    uow: UnitOfWork, case_id: str, after: str | None, limit: int
) -> Sequence[TimelineEntry]:
    """Who did what when in a case, from its beginning.

    Raises:
        Problem: ``not_found``.
    """
    case = await get(uow, case_id)
    return await repository.timeline(uow.session, case.id, after, limit)


async def take(uow: UnitOfWork, case_id: str, *phases: Phase) -> Change:
    """A case the actor may see, held for a change in one of the given phases.

    Without any phase given, every phase will do.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``changed_meanwhile``.
    """
    case = await get(uow, case_id)
    if phases and case.phase not in phases:
        allowed = " or ".join(phase.value for phase in phases)
        raise Problem(
            WRONG_PHASE,
            f"The case is in the phase {case.phase.value}; this belongs to {allowed}.",
            phase=case.phase.value,
            allowed=[phase.value for phase in phases],
        )
    if not await repository.advance_version(uow.session, case):
        raise changed_meanwhile("case")
    return Change(replace(case, version=case.version + 1), Party(acting(uow).party))


async def note(uow: UnitOfWork, change: Change, action: str, did: str) -> None:
    """Put into the timeline what a party did; ``did`` continues the party's name."""
    await repository.add_timeline(
        uow.session, change.case.id, uow.now, change.who, action, f"{change.who} {did}"
    )


def changed_meanwhile(what: str) -> Problem:
    """The refusal for whoever comes second."""
    return Problem(
        CHANGED_MEANWHILE,
        f"Somebody changed the {what} while you worked on it, so yours was not applied."
        " Read it again and decide anew.",
    )


def acting(uow: UnitOfWork) -> Actor:
    """The client behind a request.

    Raises:
        Problem: ``not_authenticated``, when there is none.
    """
    if uow.actor is None:
        raise Problem(NOT_AUTHENTICATED, "Only an authenticated client can do this.")
    return uow.actor


def _already_open(services: Sequence[str]) -> Problem:
    return Problem(
        CASE_ALREADY_OPEN,
        f"The agency has an open case for {', '.join(services)}; continue with that one.",
        services=list(services),
    )
