"""By when a gate's items are due: by hand, by the plan, or by how long a phase takes.

Pure reckoning in days; ``data/gates.yaml`` holds how long each phase takes and where in the
planned time its gate lies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from services.contracts.values import Phase
from services.onboarding.cases.domain import ROUTE
from services.onboarding.gates.domain import Gates


@dataclass(frozen=True)
class DueBasis:
    """What due dates are reckoned from.

    Attributes:
        phase: the phase the case is in.
        entered_on: the day it entered that phase.
        days_paused: how many days it has stood still in it, when it goes on.
        planned_ends: per phase, the day on which the time plan lets it end.
    """

    phase: Phase
    entered_on: date
    days_paused: int = 0
    planned_ends: Mapping[Phase, date] = field(default_factory=dict)


def planned_ends(gates: Gates, starts_on: date, go_live_on: date) -> dict[Phase, date]:
    """Where each gate lies in a plan that knows no more than its start and go-live.

    Up to go-live by the share of the planned time, rounded down to whole days; after it by
    the number of days that the phase takes.
    """
    planned = (go_live_on - starts_on).days
    ends: dict[Phase, date] = {}
    end = go_live_on
    for gate in gates.gates:
        if gate.planned_percent is None:
            end += timedelta(days=gate.days)
        else:
            end = starts_on + timedelta(days=planned * gate.planned_percent // 100)
        ends[gate.leaves] = end
    return ends


def due_dates(gates: Gates, basis: DueBasis) -> dict[str, date]:
    """By when each item is due, by its key.

    The plan decides for the phases it knows. Without it a phase's gate is due so many days
    after the phase was entered, days of standstill apart, and the ones behind it one after
    the other; for phases that are past, nothing new is reckoned.
    """
    due: dict[str, date] = {}
    end = basis.entered_on + timedelta(days=basis.days_paused)
    for gate in gates.gates:
        is_ahead = ROUTE.index(gate.leaves) >= ROUTE.index(basis.phase)
        if is_ahead:
            end += timedelta(days=gate.days)
        planned = basis.planned_ends.get(gate.leaves)
        if planned is None and not is_ahead:
            continue
        gate_day = planned or end
        if is_ahead:
            end = gate_day
        for item in gate.items:
            due[item.key] = gate_day - timedelta(days=item.days_before_gate)
    return due
