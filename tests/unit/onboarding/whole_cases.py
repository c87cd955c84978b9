"""Whole cases, and a slow oracle of where they may stand (DOMAIN.md section 3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import strategies as st

from services.contracts.values import Phase
from services.onboarding.cases.domain import (
    ROUTE,
    Case,
    ServiceInCase,
)
from services.onboarding.gates.snapshot import AgreementStanding, CaseSnapshot
from services.onboarding.implementation.domain import (
    ReadinessStatement,
    Verdict,
)
from services.onboarding.parties import Party
from services.onboarding.stabilisation.domain import ClosedPeriod, Matter, stability
from tests.unit.onboarding.cases import (
    APPROVE,
    AT,
    ITEMS,
    PAY,
    batch,
    comparison,
    goes,
    snapshot,
    with_implementation,
)

PARTIES = st.sampled_from(list(Party))
DAYS = (date(2025, 6, 1), date(2025, 6, 2))
PERIODS = ("2025-06", "2025-07", "2025-08", "2025-09")
OPEN_MATTER = Matter("m1", "payroll", "critical", AT, None)
REQUIRED = 2


def stable(
    live_on: date | None, periods: tuple[ClosedPeriod, ...], matters: tuple[Matter, ...]
) -> dict[str, Any]:
    """What a snapshot knows of operation."""
    return {
        "live": {"payroll": live_on is not None},
        "stability": stability({"payroll": live_on}, periods, matters, REQUIRED),
    }


def oracle(case: CaseSnapshot, phase: Phase) -> bool:
    """Whether a case may be in a phase: DOMAIN.md section 3, written out slowly."""
    demands: list[bool] = []
    reached = ROUTE.index(phase)
    if reached >= 1:
        demands += [party in case.staffed for party in Party]
        demands += [case.has_time_plan, case.has_baseline, case.has_fee_in_force]
        demands += [party in case.letter_signed_by for party in Party]
    if reached >= 2:
        compared = {item.ref for item in case.comparisons}
        demands += [ref in compared for ref in case.activities]
        for item in case.comparisons:
            if item.gap:
                demands.append(item.decision is not None)
            if item.decision is not None and item.decision.resolution.value != "adopt_standard":
                demands.append(item.decision.price_ore is not None)
                demands.append(item.decision.effort_hours is not None)
    if reached >= 3:
        demands.append(case.agreement is not None)
        if case.agreement is not None:
            demands += [party in case.agreement.signed_by for party in Party]
    if reached >= 4:
        work = case.implementation
        said = {(one.item, one.party): one.ready for one in work.readiness}
        demands += [
            said.get(("tested", Party.CENTRE), False),
            said.get(("trained", Party.CUSTOMER), False),
            said.get(("known", Party.CENTRE), False),
            said.get(("known", Party.CUSTOMER), False),
        ]
        demands.append(len(work.reconciliations) >= 1)
        demands += [one.source_count == one.target_count for one in work.reconciliations]
        latest = {one.party: one for one in work.decisions}
        demands += [party in latest and latest[party].verdict is Verdict.GO for party in Party]
        demands.append(len({go.go_live_on for go in latest.values()}) == 1)
        demands += list(case.live.values())
    if reached >= 5:
        (service,) = case.stability.services
        whole = sorted(p.period for p in service.periods if p.whole_month)
        met = {p.period for p in service.periods if p.whole_month and p.met}
        last_two = PERIODS[PERIODS.index(whole[-1]) - 1 :][:2] if whole else ()
        demands.append(bool(whole) and PERIODS.index(whole[-1]) >= 1 and set(last_two) <= met)
        demands.append(not case.stability.matters)
    return all(demands)


def complete(phase: Phase) -> CaseSnapshot:
    """A case in a phase with everything done but closed periods."""
    every = frozenset(Party)
    case = replace(
        snapshot(phase),
        staffed=every,
        has_time_plan=True,
        has_baseline=True,
        has_fee_in_force=True,
        letter_signed_by=every,
        comparisons=(comparison(PAY), comparison(APPROVE)),
        agreement=AgreementStanding(every, DAYS[0], REQUIRED),
        **stable(DAYS[0], (), ()),
    )
    return with_implementation(
        case,
        readiness=tuple(
            ReadinessStatement(item.key, party, True, "x", AT)
            for item in ITEMS
            for party in item.owner.parties
        ),
        reconciliations=(batch(),),
        decisions=goes(DAYS[0]),
    )


def opened(phase: Phase, live_on: date | None) -> Case:
    """A case as the service keeps it."""
    return Case(
        id="c1",
        org_number="202100-6255",
        customer_name="Pensionsmyndigheten",
        headcount=100,
        part_of_state=True,
        phase=phase,
        version=1,
        opened_at=AT,
        phase_entered_at=AT,
        services=(ServiceInCase("payroll", live_on),),
        catalogue_version="2026-1",
    )
