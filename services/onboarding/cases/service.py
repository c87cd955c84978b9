"""Use cases: open a case, find it, take it for a change, note what was done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError

from services.chassis.clock import STOCKHOLM
from services.chassis.identity import Actor
from services.chassis.ids import new_id
from services.chassis.preconditions import require_version
from services.chassis.problems import CHANGED_MEANWHILE, NOT_AUTHENTICATED, Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.onboarding import CaseOpened
from services.contracts.values import Phase
from services.onboarding.agencies import repository as agencies
from services.onboarding.agencies.soundness import require_active
from services.onboarding.cases import repository
from services.onboarding.cases.domain import Case, CaseStatus, ServiceInCase
from services.onboarding.cases.problems import CASE_CLOSED, CASE_NOT_PAUSED, CASE_PAUSED
from services.onboarding.cases.repository import CaseFilter
from services.onboarding.cases.timeline import Reference
from services.onboarding.catalogue.domain import Catalogue
from services.onboarding.catalogue.problems import SERVICES_OVERLAP
from services.onboarding.catalogue.service import catalogue_in_force
from services.onboarding.parties import Party
from services.onboarding.problems import (
    AGENCY_UNKNOWN,
    CASE_ALREADY_OPEN,
    SERVICE_UNKNOWN,
    WRONG_PHASE,
)

CENTRE_NAME = "The service centre"

WORKED_ON = frozenset({CaseStatus.ACTIVE, CaseStatus.COMPLETED})
"""Statuses in which a case is worked on; which commands a completed one still takes, their
phases say: those that name ``Phase.STABLE``, or none.
"""

AfterChange = Callable[[UnitOfWork, str], Awaitable[None]]
"""Done for a changed case, by its id, before the change commits."""

_after_change: dict[str, AfterChange] = {}


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


def after_every_change(key: str, work: AfterChange) -> None:
    """Have something done in the transaction of every change of a case, once per change.

    The composition root says what: a case does not know who follows it.
    """
    _after_change[key] = work


def touched(uow: UnitOfWork, case_id: str) -> None:
    """Say that something a case rests on has changed; event handlers call this.

    ``take`` does it by itself.
    """
    for key, work in _after_change.items():
        uow.before_commit(f"{key}:{case_id}", _about(case_id, work))


async def open_case(uow: UnitOfWork, org_number: str, services: Sequence[str]) -> Case:
    """Begin an agency's way into one or more services.

    Raises:
        Problem: ``agency_unknown``, ``agency_not_active``, ``service_unknown``,
            ``services_overlap``, ``case_already_open``.
    """
    # Held, so that a merger or closing recorded meanwhile meets the case or keeps it out.
    agency = (await agencies.lock(uow.session, [org_number])).get(org_number)
    if agency is None:
        raise Problem(AGENCY_UNKNOWN, f"{org_number} is not registered; register the agency first.")
    require_active(agency)
    offer = catalogue_in_force(today(uow))
    _require_offered(offer, services)
    rivals = offer.overlapping((service.key for service in offer.services), services)
    if taken := await repository.open_cases(uow.session, org_number, (*services, *rivals)):
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
        catalogue_version=offer.version,
    )
    try:
        async with uow.session.begin_nested():
            await repository.add(uow.session, case)
    except IntegrityError as error:
        taken = await repository.open_cases(uow.session, org_number, services)
        if not taken:
            raise
        raise _already_open(taken) from error
    names = ", ".join(offer.service(key).name for key in case.service_keys)
    await note(uow, Change(case, Party.CENTRE), "case-opened", f"opened the case for {names}.")
    touched(uow, case.id)
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
    uow: UnitOfWork,
    org_number: str | None,
    wanted: CaseFilter,
    *,
    overdue: bool,
    newest_first: bool,
    after: str | None,
    limit: int,
) -> Sequence[Case]:
    """The cases the actor may see, oldest first unless told otherwise.

    Args:
        org_number: only this agency's.
        wanted: status, phase and account manager; scope and day are filled in here.
        overdue: only those of which something missing is past its due date.

    Raises:
        Problem: ``not_found``, when an agency asks for another one's.
    """
    actor = acting(uow)
    if org_number is not None:
        actor.must_see(org_number, "agency")
    wanted = replace(
        wanted,
        scope=org_number if actor.scope is None else actor.scope,
        overdue_on=today(uow) if overdue else None,
    )
    return await repository.page(uow.session, wanted, after, limit, newest_first=newest_first)


async def take(
    uow: UnitOfWork,
    case_id: str,
    *phases: Phase,
    statuses: Collection[CaseStatus] = WORKED_ON,
    if_match: bool = True,
) -> Change:
    """A case the actor may see, held for a change in one of the given phases.

    What follows every change of a case (``after_every_change``) is done before this one
    commits.

    Args:
        phases: without any, every phase will do.
        statuses: in which of them the change is made; by default not while the case is
            paused, and not once it is withdrawn.
        if_match: whether ``If-Match`` speaks of the case. False where it speaks of
            something within the case that has versions of its own.

    Raises:
        Problem: ``not_found``, ``precondition_failed``, ``case_paused``, ``case_closed``,
            ``case_not_paused``, ``wrong_phase``, ``changed_meanwhile``.
    """
    case = await get(uow, case_id)
    if if_match:
        require_version(uow, case.version, "case", _in_short(case))
    if case.status not in statuses:
        raise _wrong_status(case)
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
    touched(uow, case_id)
    return Change(replace(case, version=case.version + 1), Party(acting(uow).party))


async def note(
    uow: UnitOfWork,
    change: Change,
    action: str,
    did: str,
    refs: Sequence[Reference] = (),
) -> None:
    """Put into the timeline what a party did.

    Args:
        action: the kind of act; ``data/timeline.yaml`` words it.
        did: continues the party's name, in English, with a full stop.
        refs: the documents and decisions that it is about.
    """
    await repository.add_timeline(
        uow.session, change.case.id, uow.now, change.who, action, f"{change.who} {did}", refs
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


def _about(case_id: str, work: AfterChange) -> Callable[[UnitOfWork], Awaitable[None]]:
    async def follow(uow: UnitOfWork) -> None:
        await work(uow, case_id)

    return follow


def _in_short(case: Case) -> dict[str, Any]:
    """How a case stands, for a refusal to show."""
    return {
        "id": case.id,
        "version": case.version,
        "phase": case.phase.value,
        "status": case.status.value,
        "phase_entered_at": case.phase_entered_at.isoformat(),
        "live": {entry.service: str(entry.live_on) for entry in case.services if entry.live_on},
    }


def _wrong_status(case: Case) -> Problem:
    extra: Mapping[str, Any] = {
        "case_status": case.status.value,
        "reason": case.status_reason,
    }
    if case.status is CaseStatus.PAUSED:
        return Problem(
            CASE_PAUSED,
            f"The case stands still since {case.paused_on} and is expected to go on on"
            f" {case.expected_resume_on}; resume it first.",
            paused_on=str(case.paused_on),
            expected_resume_on=str(case.expected_resume_on),
            **extra,
        )
    if case.status is CaseStatus.ACTIVE:
        return Problem(CASE_NOT_PAUSED, "The case is not paused, so there is nothing to resume.")
    return Problem(
        CASE_CLOSED,
        f"The case is {case.status.value} and does not change any more; a new need is a new case.",
        **extra,
    )


def _require_offered(offer: Catalogue, services: Sequence[str]) -> None:
    if unknown := offer.unknown(services):
        raise Problem(
            SERVICE_UNKNOWN,
            f"The catalogue does not offer {', '.join(unknown)}; see /catalogue.",
            unknown=list(unknown),
        )
    if overlapping := offer.overlapping(services, services):
        raise Problem(
            SERVICES_OVERLAP,
            f"{', '.join(overlapping)} deliver some of the same activities; choose the bundle"
            " or the services that it covers.",
            overlapping=list(overlapping),
        )


def _already_open(taken: Mapping[str, str]) -> Problem:
    return Problem(
        CASE_ALREADY_OPEN,
        f"The agency has an open case for {', '.join(taken)}; continue with that one:"
        f" {', '.join(dict.fromkeys(taken.values()))}.",
        services=list(taken),
        case_id=next(iter(taken.values())),
        cases=dict(taken),
    )
