"""Use cases: pause a case, resume it, withdraw it."""

from __future__ import annotations

from datetime import date

from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.onboarding import CasePaused, CaseResumed, CaseWithdrawn
from services.contracts.values import EndReason
from services.onboarding.agreements import calendar_service as agreement_calendar
from services.onboarding.agreements import repository as agreements
from services.onboarding.agreements.domain import Ending, newest_signed
from services.onboarding.agreements.events import agreement_ended, record_of_case
from services.onboarding.cases import repository
from services.onboarding.cases.domain import (
    Case,
    CaseStatus,
    ServiceIsLiveError,
    days_still,
    paused,
    resumed,
    withdrawn,
)
from services.onboarding.cases.problems import RESUME_DATE_PAST, SERVICE_IS_LIVE
from services.onboarding.cases.service import changed_meanwhile, get, note, take, today
from services.onboarding.cases.timeline import Reference
from services.onboarding.gates import repository as gate_items
from services.onboarding.time_plan import service as time_plan


async def pause(uow: UnitOfWork, case_id: str, reason: str, expected_resume_on: date) -> Case:
    """Let a case stand still; its due dates stand still with it.

    Raises:
        Problem: ``not_found``, ``precondition_failed``, ``case_paused``, ``case_closed``,
            ``resume_date_past``, ``changed_meanwhile``.
    """
    change = await take(uow, case_id, statuses={CaseStatus.ACTIVE})
    day = today(uow)
    if expected_resume_on <= day:
        raise Problem(
            RESUME_DATE_PAST,
            f"The case is expected to go on on {expected_resume_on}, which is not ahead; name a"
            " later day.",
        )
    case = paused(change.case, day, expected_resume_on, reason)
    await repository.put_state(uow.session, case)
    did = f"paused the case until about {expected_resume_on}: {reason}"
    await note(uow, change, "case-paused", did)
    uow.record(
        CasePaused(case_id=case_id, org_number=case.org_number, phase=case.phase, paused_on=day),
        version=case.version,
    )
    return case


async def resume(uow: UnitOfWork, case_id: str) -> tuple[Case, int]:
    """Let a paused case go on; its plan and due dates move by the time it stood still.

    Returns:
        The case, and how many days it stood still.

    Raises:
        Problem: ``not_found``, ``precondition_failed``, ``case_not_paused``,
            ``case_closed``, ``changed_meanwhile``.
    """
    change = await take(uow, case_id, statuses={CaseStatus.PAUSED})
    day = today(uow)
    days = days_still(change.case, day)
    case = resumed(change.case, day)
    await repository.put_state(uow.session, case)
    await gate_items.move_days_by_hand(uow.session, case_id, days)
    if change.case.paused_on is not None:
        await time_plan.shift_after_pause(uow, case, change.case.paused_on, day)
    did = f"resumed the case after {days} days; what was planned moves by as much."
    await note(uow, change, "case-resumed", did)
    uow.record(
        CaseResumed(
            case_id=case_id,
            org_number=case.org_number,
            phase=case.phase,
            resumed_on=day,
            days_paused=days,
        ),
        version=case.version,
    )
    return case, days


async def withdraw(uow: UnitOfWork, case_id: str, reason: str) -> Case:
    """End a case before any of its services is in operation, for either party.

    A signed agreement ends with it. The agency may open a new case for the services.

    Raises:
        Problem: ``not_found``, ``precondition_failed``, ``case_closed``,
            ``service_is_live``, ``changed_meanwhile``.
    """
    change = await take(uow, case_id, statuses={CaseStatus.ACTIVE, CaseStatus.PAUSED})
    try:
        case = withdrawn(change.case, uow.now, reason)
    except ServiceIsLiveError as error:
        live = ", ".join(change.case.live_services)
        raise Problem(
            SERVICE_IS_LIVE,
            f"{live} is in operation, so the case cannot be withdrawn; leave by an exit case,"
            " under the agreement's terms.",
            services=list(change.case.live_services),
        ) from error
    await repository.put_state(uow.session, case)
    ended = await _end_agreement(uow, case)
    refs = [ended] if ended is not None else []
    await note(uow, change, "case-withdrawn", f"withdrew from the case: {reason}", refs)
    uow.record(
        CaseWithdrawn(
            case_id=case_id,
            org_number=case.org_number,
            phase=case.phase,
            withdrawn_on=today(uow),
            by=change.party.value,
        ),
        version=case.version,
    )
    return await get(uow, case_id)


async def _end_agreement(uow: UnitOfWork, case: Case) -> Reference | None:
    """End what was signed in a withdrawn case; its services have not begun."""
    agreement = await agreements.made_in(uow.session, case.id)
    if agreement is None:
        await agreement_calendar.part_from(uow, case.id, case.service_keys)
        return None
    signed = newest_signed(await agreements.versions(uow.session, agreement.id))
    if signed is None or agreement.ending is not None:
        return None
    if not await agreements.advance_revision(uow.session, agreement):
        raise changed_meanwhile("agreement")
    ending = Ending(today(uow), EndReason.WITHDRAWN)
    await agreements.set_ending(uow.session, agreement.id, ending)
    await agreement_calendar.follow(uow, agreement.id)
    await record_of_case(uow, agreement_ended(agreement, ending, case.org_number))
    return Reference("agreement", signed.id, f"Version {signed.version}")
