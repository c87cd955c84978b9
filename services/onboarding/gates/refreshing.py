"""Keeps the stored standing of gate items true to their case.

Done in the transaction of every change of a case (``after_every_change``), and by a timer on
the days on which staffing changes by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cache

from services.chassis.clock import STOCKHOLM
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import Phase
from services.onboarding.cases import repository as cases
from services.onboarding.cases import timeline_repository as timeline
from services.onboarding.cases.domain import Case
from services.onboarding.cases.service import today
from services.onboarding.data_files import load
from services.onboarding.gates import repository
from services.onboarding.gates.domain import Gates
from services.onboarding.gates.due import DueBasis, due_dates, planned_ends
from services.onboarding.gates.gathering import Gathered, gather
from services.onboarding.gates.standing import Act, ItemStanding, standings
from services.onboarding.staffing.domain import next_change

TIMER = "gate-items"


@cache
def gates_in_force() -> Gates:
    """The gates in ``data/gates.yaml``."""
    return load(Gates, "gates.yaml")


async def refresh(uow: UnitOfWork, case_id: str) -> None:
    """Judge a case's gate items anew and store how they stand."""
    await cases.lock(uow.session, case_id)
    case = await cases.find(uow.session, case_id, None)
    if case is None:
        return
    gathered = await gather(uow, case)
    before = await repository.of_case(uow.session, case_id)
    await repository.put(
        uow.session, case_id, before, judged(uow, gathered, before, await _last_act(uow, case))
    )
    await _come_back(uow, gathered)


def judged(
    uow: UnitOfWork,
    gathered: Gathered,
    before: Mapping[str, ItemStanding],
    act: Act | None = None,
) -> tuple[ItemStanding, ...]:
    """How the items of a case stand now, given how they stood at its last change."""
    case, gates = gathered.case, gates_in_force()
    return standings(
        gates,
        gathered.snapshot,
        before,
        due_dates(gates, _basis(gathered)),
        entered_at=case.phase_entered_at,
        now=uow.now,
        act=act,
    )


def _basis(gathered: Gathered) -> DueBasis:
    case, plan = gathered.case, gathered.preparation.time_plan
    ends: dict[Phase, date] = {}
    if plan is not None:
        ends = planned_ends(gates_in_force(), plan.starts_on, plan.go_live_on)
    ends |= gathered.task_ends
    return DueBasis(
        phase=case.phase,
        entered_on=case.phase_entered_at.astimezone(STOCKHOLM).date(),
        days_paused=case.days_paused,
        planned_ends=ends,
    )


async def _last_act(uow: UnitOfWork, case: Case) -> Act | None:
    """What this unit of work has done in the case, as its timeline tells."""
    entry = await timeline.latest(uow.session, case.id)
    if entry is None or entry.at != uow.now:
        return None
    papers = [ref.id for ref in entry.refs if ref.kind == "document"]
    return Act(entry.sentence, papers[0] if papers else None, entry.action)


async def _come_back(uow: UnitOfWork, gathered: Gathered) -> None:
    """Have a case looked at again on the next day on which somebody else does a role."""
    staff = [member for side in gathered.preparation.staffing.values() for member in side]
    day = next_change(staff, today(uow))
    if day is None or not gathered.case.status.is_open:
        return
    due_at = datetime.combine(day, time(), STOCKHOLM)
    await uow.set_timer(TIMER, gathered.case.id, due_at)
