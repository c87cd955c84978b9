"""No sequence of commands reaches a phase whose gate does not hold."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from services.contracts.values import Phase
from services.onboarding.cases.domain import ROUTE
from services.onboarding.gap_analysis.domain import ActivityRef, Resolution
from services.onboarding.gates.domain import (
    GateShutError,
    PhaseOutOfOrderError,
    enter,
    missing_for_go_live,
)
from services.onboarding.gates.service import gates_in_force
from services.onboarding.gates.snapshot import AgreementStanding, CaseSnapshot
from services.onboarding.implementation.domain import (
    GoDecision,
    ReadinessItem,
    ReadinessStatement,
    Verdict,
)
from services.onboarding.parties import Party
from services.onboarding.stabilisation.domain import ClosedPeriod
from tests.unit.onboarding.cases import (
    APPROVE,
    AT,
    ITEMS,
    PAY,
    batch,
    comparison,
    decision,
    snapshot,
)

PARTIES = st.sampled_from(list(Party))
DAYS = (date(2025, 6, 1), date(2025, 6, 2))
PERIODS = ("2025-06", "2025-07", "2025-08", "2025-09")


def oracle(case: CaseSnapshot, phase: Phase) -> bool:  # noqa: C901  # one plain list of demands
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
        said = {(one.item, one.party) for one in case.readiness if one.ready}
        demands += [
            ("tested", Party.CENTRE) in said,
            ("trained", Party.CUSTOMER) in said,
            ("known", Party.CENTRE) in said,
            ("known", Party.CUSTOMER) in said,
        ]
        demands.append(len(case.reconciliations) >= 1)
        for one in case.reconciliations:
            demands.append(one.source_count == one.target_count or one.explanation is not None)
        goes = [case.go_decisions.get(party) for party in Party]
        demands += [go is not None and go.verdict is Verdict.GO for go in goes]
        demands.append(len({go.go_live_on for go in goes if go is not None}) == 1)
        demands += list(case.live.values())
    if reached >= 5:
        whole = sorted(p.period for p in case.periods if p.whole_month)
        met = {p.period for p in case.periods if p.whole_month and p.met}
        last_two = PERIODS[PERIODS.index(whole[-1]) - 1 :][:2] if whole else ()
        demands.append(bool(whole) and PERIODS.index(whole[-1]) >= 1 and set(last_two) <= met)
        demands.append(not case.open_critical_matters)
    return all(demands)


def complete(phase: Phase) -> CaseSnapshot:
    """A case in a phase with everything done but closed periods."""
    every = frozenset(Party)
    return replace(
        snapshot(phase),
        staffed=every,
        has_time_plan=True,
        has_baseline=True,
        has_fee_in_force=True,
        letter_signed_by=every,
        comparisons=(comparison(PAY), comparison(APPROVE)),
        agreement=AgreementStanding(every, DAYS[0], 2),
        readiness=tuple(
            ReadinessStatement(item.key, party, True, "x", AT)
            for item in ITEMS
            for party in item.owner.parties
        ),
        reconciliations=(batch(),),
        go_decisions={
            party: GoDecision(party, Verdict.GO, DAYS[0], "GD", None, AT) for party in Party
        },
        live={"payroll": True},
    )


class CaseMachine(RuleBasedStateMachine):
    """Parties do anything at any time; only the gates stand in the way."""

    def __init__(self) -> None:
        super().__init__()
        self.case = snapshot()
        self.entered_rightly = True

    @rule(party=PARTIES)
    def staff(self, party: Party) -> None:
        self.case = replace(self.case, staffed=self.case.staffed | {party})

    @rule(party=PARTIES)
    def sign_letter(self, party: Party) -> None:
        self.case = replace(self.case, letter_signed_by=self.case.letter_signed_by | {party})

    @rule(fee=st.booleans())
    def plan(self, fee: bool) -> None:
        self.case = replace(self.case, has_time_plan=True, has_baseline=True, has_fee_in_force=fee)

    @rule(
        ref=st.sampled_from([PAY, APPROVE]),
        gap=st.booleans(),
        resolution=st.none() | st.sampled_from(list(Resolution)),
        price=st.none() | st.integers(0, 10),
    )
    def compare(
        self, ref: ActivityRef, gap: bool, resolution: Resolution | None, price: int | None
    ) -> None:
        decided = decision(resolution, price_ore=price) if gap and resolution else None
        others = tuple(item for item in self.case.comparisons if item.ref != ref)
        self.case = replace(
            self.case, comparisons=(*others, comparison(ref, gap=gap, decision=decided))
        )

    @rule()
    def draft(self) -> None:
        agreement = AgreementStanding(frozenset(), DAYS[0], 2)
        self.case = replace(self.case, agreement=agreement)

    @rule(party=PARTIES)
    @precondition(lambda self: self.case.agreement is not None)
    def sign_agreement(self, party: Party) -> None:
        agreement = self.case.agreement
        assert agreement is not None
        signed = replace(agreement, signed_by=agreement.signed_by | {party})
        self.case = replace(self.case, agreement=signed)

    @rule(item=st.sampled_from(ITEMS), ready=st.booleans())
    def state_readiness(self, item: ReadinessItem, ready: bool) -> None:
        said = tuple(
            ReadinessStatement(item.key, party, ready, "Protokoll", AT)
            for party in item.owner.parties
        )
        others = tuple(one for one in self.case.readiness if one.item != item.key)
        self.case = replace(self.case, readiness=others + said)

    @rule(counted=st.sampled_from([9, 10]), explained=st.booleans())
    def reconcile(self, counted: int, explained: bool) -> None:
        result = batch(target_count=counted, explanation="Därför." if explained else None)
        self.case = replace(self.case, reconciliations=(result,))

    @rule(party=PARTIES, verdict=st.sampled_from(list(Verdict)), day=st.sampled_from(DAYS))
    def decide(self, party: Party, verdict: Verdict, day: date) -> None:
        go = GoDecision(party, verdict, day, "GD", None, AT)
        self.case = replace(self.case, go_decisions={**self.case.go_decisions, party: go})

    @rule(late=st.integers(-1, 1))
    def go_live(self, late: int) -> None:
        day = DAYS[0] + timedelta(days=late)
        if not missing_for_go_live(gates_in_force(), self.case, day):
            gos = self.case.go_decisions
            assert {go.verdict for go in gos.values()} == {Verdict.GO}
            assert all(go.go_live_on <= day for go in gos.values())
            self.case = replace(self.case, live={"payroll": True})

    @rule(period=st.sampled_from(PERIODS), met=st.booleans(), whole=st.booleans())
    def close(self, period: str, met: bool, whole: bool) -> None:
        others = tuple(one for one in self.case.periods if one.period != period)
        closed = ClosedPeriod("payroll", period, whole, met)
        self.case = replace(self.case, periods=(*others, closed))

    @rule(matters=st.sampled_from([(), ("m1",)]))
    def raise_or_resolve(self, matters: tuple[str, ...]) -> None:
        self.case = replace(self.case, open_critical_matters=matters)

    @initialize(phase=st.sampled_from(ROUTE[:-1]))
    def begin(self, phase: Phase) -> None:
        """Begin anywhere on the way, rightly: with all that any gate asks for but time.

        Runs that began with nothing would hardly ever reach the later phases.
        """
        if phase is not Phase.LETTER_OF_INTENT:
            self.case = complete(phase)

    @rule(phase=st.sampled_from(list(Phase)))
    def enter(self, phase: Phase) -> None:
        before = self.case.phase
        with suppress(PhaseOutOfOrderError, GateShutError):
            self.case = replace(self.case, phase=enter(gates_in_force(), self.case, phase))
            self.entered_rightly = oracle(self.case, phase)
            assert ROUTE.index(phase) == ROUTE.index(before) + 1

    @rule()
    def enter_the_next(self) -> None:
        """Where everything holds, the gate opens: the oracle is no stricter than it."""
        if self.case.phase is Phase.STABLE:
            return
        following = ROUTE[ROUTE.index(self.case.phase) + 1]
        entered = None
        with suppress(GateShutError):
            entered = enter(gates_in_force(), self.case, following)
        assert oracle(self.case, following) is (entered is following)
        if entered is not None:
            self.case = replace(self.case, phase=entered)

    @invariant()
    def no_gate_was_passed_while_shut(self) -> None:
        assert self.entered_rightly


CaseMachine.TestCase.settings = settings(max_examples=100, stateful_step_count=25, deadline=None)
TestCaseMachine = CaseMachine.TestCase


def goes(day: date, verdict: Verdict = Verdict.GO) -> dict[Party, GoDecision]:
    """Both parties' decisions, alike."""
    return {party: GoDecision(party, verdict, day, "GD", None, AT) for party in Party}


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
    | st.frozensets(PARTIES).map(lambda signed: AgreementStanding(signed, DAYS[0], 2)),
    "readiness": st.sets(st.integers(0, 3), max_size=1).map(
        lambda lost: tuple(
            replace(one, ready=index not in lost)
            for index, one in enumerate(complete(Phase.IMPLEMENTATION).readiness)
        )
    ),
    "reconciliations": st.sampled_from(
        [
            (),
            (batch(target_count=9),),
            (batch(target_count=9, explanation="Därför."),),
            (batch(batch="other"), batch(target_count=11)),
        ]
    ),
    "go_decisions": st.sampled_from(
        [
            {},
            {Party.CENTRE: goes(DAYS[0])[Party.CENTRE]},
            goes(DAYS[1]),
            goes(DAYS[0], Verdict.NO_GO),
            {**goes(DAYS[0]), Party.CENTRE: goes(DAYS[1])[Party.CENTRE]},
            {**goes(DAYS[0]), Party.CENTRE: goes(DAYS[0], Verdict.NO_GO)[Party.CENTRE]},
        ]
    ),
    "live": st.booleans().map(lambda live: {"payroll": live}),
    "periods": st.dictionaries(
        st.sampled_from(PERIODS), st.tuples(st.booleans(), st.booleans())
    ).map(
        lambda months: tuple(
            ClosedPeriod("payroll", month, *outcome) for month, outcome in months.items()
        )
    ),
    "open_critical_matters": st.sampled_from([(), ("m1",)]),
}
MET = tuple(ClosedPeriod("payroll", month, whole_month=True, met=True) for month in PERIODS)


@settings(max_examples=1_000, deadline=None)
@given(st.data())
def test_a_gate_opens_when_and_only_when_everything_holds(data: st.DataObject) -> None:
    phase = data.draw(st.sampled_from(ROUTE[:-1]))
    spoilt = data.draw(st.sets(st.sampled_from(sorted(SPOILS)), max_size=2))
    changes: dict[str, Any] = {name: data.draw(SPOILS[name]) for name in sorted(spoilt)}
    case = replace(complete(phase), **{"periods": MET, **changes})
    following = ROUTE[ROUTE.index(phase) + 1]
    entered = None
    with suppress(GateShutError):
        entered = enter(gates_in_force(), case, following)
    assert (entered is following) is oracle(case, following)
