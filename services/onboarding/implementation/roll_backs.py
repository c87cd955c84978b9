"""Use case of phase 4 and 5: take a service back after it has gone live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.chassis.ids import new_id
from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.onboarding import CaseSentBack, ServiceRolledBack
from services.contracts.values import Phase
from services.onboarding.agreements import repository as agreements
from services.onboarding.cases import repository as cases
from services.onboarding.cases.domain import entered
from services.onboarding.cases.service import Change, note, take, today
from services.onboarding.cases.timeline import Reference
from services.onboarding.implementation import repository
from services.onboarding.implementation.consequences import (
    of_roll_back,
)
from services.onboarding.implementation.domain import (
    RollBack,
    last_day_to_fall_back,
)
from services.onboarding.implementation.problems import (
    FALLBACK_CLOSED,
    NOT_LIVE,
    ROLL_BACK_DAY_IMPOSSIBLE,
)
from services.onboarding.implementation.rules import implementation_rules
from services.onboarding.implementation.service import (
    move_plan,
    require_in_case,
    surroundings,
)
from services.onboarding.time_plan import service as time_plan


@dataclass(frozen=True)
class TakenBack:
    """The decision to take a service back."""

    rolled_back_on: date
    reason: str
    decided_by: str
    mandate: str


async def roll_back(uow: UnitOfWork, case_id: str, service: str, asked: TakenBack) -> RollBack:
    """Take a service back within the agreed time after go-live.

    The service counts as not live; a case in stabilisation goes back to implementation, and
    readiness, reconciliations, parallel runs and decisions are shown anew for the service.
    Of the plan, its own tasks and what waits for them are to be done again.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``service_not_in_case``, ``not_live``,
            ``roll_back_day_impossible``, ``fallback_closed``, ``changed_meanwhile``.
    """
    change = await take(uow, case_id, Phase.IMPLEMENTATION, Phase.STABILISATION)
    case, rules = change.case, implementation_rules()
    require_in_case(case, service)
    live_on = next(entry.live_on for entry in case.services if entry.service == service)
    if live_on is None:
        raise Problem(NOT_LIVE, f"{service} is not in operation, so it cannot be taken back.")
    _require_fallback(asked.rolled_back_on, live_on, today(uow))
    leaves = case.phase is Phase.STABILISATION
    runs = rules.parallel_runs.get(service)
    result = RollBack(
        id=new_id(),
        service=service,
        live_on=live_on,
        rolled_back_on=asked.rolled_back_on,
        reason=asked.reason,
        decided_by=asked.decided_by,
        mandate=asked.mandate,
        consequences=of_roll_back(
            service,
            live_on,
            asked.rolled_back_on,
            rules.go_window.earliest(today(uow)),
            await surroundings(uow, case),
            leaves_stabilisation=leaves,
            parallel_runs=runs.required_in_a_row if runs else 0,
        ),
        rolled_back_at=uow.now,
    )
    await repository.add_roll_back(uow.session, case_id, result)
    await cases.set_live(uow.session, case_id, service, None)
    refs = [Reference("roll-back", result.id, f"{service} {result.rolled_back_on}")]
    did = f"took {service} back on {result.rolled_back_on}: {asked.reason}"
    await note(uow, change, "service-rolled-back", did, refs)
    agreement_id = await _agreement_id(uow, case_id)
    uow.record(
        ServiceRolledBack(
            case_id=case_id,
            agreement_id=agreement_id,
            org_number=case.org_number,
            service=service,
            live_on=live_on,
            rolled_back_on=asked.rolled_back_on,
        ),
        version=case.version,
    )
    if leaves:
        await _back_to_implementation(uow, change)
    await time_plan.service_reopened(uow, case, service)
    earliest = rules.go_window.earliest(today(uow))
    await move_plan(uow, change, earliest, f"{service} was taken back, {asked.reason}")
    return result


def _require_fallback(on: date, live_on: date, day: date) -> None:
    if not live_on <= on <= day:
        raise Problem(
            ROLL_BACK_DAY_IMPOSSIBLE,
            f"The service has been in operation since {live_on}; name a day from then until today.",
            live_on=str(live_on),
        )
    last = last_day_to_fall_back(live_on, implementation_rules().fallback_days)
    if on > last:
        raise Problem(
            FALLBACK_CLOSED,
            f"The service could be taken back until {last}. It is mended in operation now, or"
            " left under the agreement's terms.",
            last_day=str(last),
        )


async def _back_to_implementation(uow: UnitOfWork, change: Change) -> None:
    case = change.case
    back = entered(case, Phase.IMPLEMENTATION, uow.now)
    await cases.put_state(uow.session, back)
    uow.record(
        CaseSentBack(
            case_id=case.id,
            org_number=case.org_number,
            phase=Phase.IMPLEMENTATION,
            previous_phase=case.phase,
            reopened=("readiness", "reconciliations", "parallel-runs", "go-decisions"),
        ),
        version=case.version,
    )


async def _agreement_id(uow: UnitOfWork, case_id: str) -> str:
    agreement = await agreements.latest(uow.session, case_id)
    if agreement is None:
        raise RuntimeError(f"the case {case_id} has a live service and no agreement")
    return agreement.agreement_id
