"""A gate opens when, and only when, all that it asks for holds."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.contracts.values import Phase
from services.onboarding.cases.domain import (
    ROUTE,
)
from services.onboarding.gap_analysis.domain import Resolution
from services.onboarding.gates.domain import (
    GateShutError,
    enter,
)
from services.onboarding.gates.refreshing import gates_in_force
from services.onboarding.gates.snapshot import AgreementStanding
from services.onboarding.implementation.domain import (
    Verdict,
)
from services.onboarding.stabilisation.domain import ClosedPeriod
from tests.unit.onboarding.cases import (
    APPROVE,
    PAY,
    batch,
    comparison,
    decision,
    goes,
    with_implementation,
)
from tests.unit.onboarding.whole_cases import (
    DAYS,
    OPEN_MATTER,
    PARTIES,
    PERIODS,
    REQUIRED,
    complete,
    oracle,
    stable,
)

PRICED = [
    comparison(PAY, gap=True, decision=decision(resolution, price_ore=price, effort_hours=effort))
    for resolution in Resolution
    for price in (None, 0)
    for effort in (None, 0)
]
SPOILS: dict[str, st.SearchStrategy[object]] = {
    "staffed": st.frozensets(PARTIES),
    "has_time_plan": st.booleans(),
    "has_baseline": st.booleans(),
    "has_fee_in_force": st.booleans(),
    "letter_signed_by": st.frozensets(PARTIES),
    "comparisons": st.sampled_from(
        [
            (comparison(PAY),),
            (comparison(PAY, gap=True), comparison(APPROVE)),
            *((priced, comparison(APPROVE)) for priced in PRICED),
        ]
    ),
    "agreement": st.none()
    | st.frozensets(PARTIES).map(lambda signed: AgreementStanding(signed, DAYS[0], REQUIRED)),
}
SPOILS_OF_WORK: dict[str, st.SearchStrategy[object]] = {
    "readiness": st.sets(st.integers(0, 3), max_size=1).map(
        lambda lost: tuple(
            replace(one, ready=index not in lost)
            for index, one in enumerate(complete(Phase.IMPLEMENTATION).implementation.readiness)
        )
    ),
    "reconciliations": st.sampled_from(
        [(), (batch(target_count=9),), (batch(batch="other"), batch(target_count=11))]
    ),
    "decisions": st.sampled_from(
        [
            (),
            goes(DAYS[0])[1:],
            goes(DAYS[1]),
            goes(DAYS[0], Verdict.NO_GO),
            (goes(DAYS[0])[0], goes(DAYS[1])[1]),
            (goes(DAYS[0])[0], goes(DAYS[0], Verdict.NO_GO)[1]),
        ]
    ),
}
OPERATION = st.tuples(
    st.sampled_from([DAYS[0], DAYS[0], None]),
    st.dictionaries(st.sampled_from(PERIODS), st.booleans()).map(
        lambda months: tuple(
            ClosedPeriod("payroll", month, True, met) for month, met in months.items()
        )
    ),
    st.sampled_from([(), (), (OPEN_MATTER,)]),
)
MET = tuple(ClosedPeriod("payroll", month, whole_month=True, met=True) for month in PERIODS)


@settings(max_examples=800, deadline=None)
@given(st.data())
def test_a_gate_opens_when_and_only_when_everything_holds(data: st.DataObject) -> None:
    phase = data.draw(st.sampled_from(ROUTE[:-1]))
    spoilt = data.draw(
        st.sets(
            st.sampled_from([*sorted(SPOILS), *sorted(SPOILS_OF_WORK), "operation"]), max_size=2
        )
    )
    case = replace(complete(phase), **stable(DAYS[0], MET, ()))
    for name in sorted(spoilt):
        if name in SPOILS:
            change: Any = {name: data.draw(SPOILS[name])}
            case = replace(case, **change)
        elif name in SPOILS_OF_WORK:
            case = with_implementation(case, **{name: data.draw(SPOILS_OF_WORK[name])})
        else:
            case = replace(case, **stable(*data.draw(OPERATION)))
    following = ROUTE[ROUTE.index(phase) + 1]
    reached = None
    with suppress(GateShutError):
        reached = enter(gates_in_force(), case, following)
    assert (reached is following) is oracle(case, following)
