"""No sequence of commands reaches a phase whose gate does not hold."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from services.contracts.values import Phase
from services.onboarding.cases.domain import (
    ROUTE,
    CaseStatus,
    SentBackPastGoLiveError,
    ServiceInCase,
    ServiceIsLiveError,
    entered,
    paused,
    resumed,
    sent_back,
    withdrawn,
)
from services.onboarding.cases.send_back import send_back_rules
from services.onboarding.gap_analysis.domain import ActivityRef, Resolution
from services.onboarding.gates.domain import (
    CaseStandsStillError,
    GateShutError,
    PhaseOutOfOrderError,
    enter,
    missing_for_go_live,
)
from services.onboarding.gates.refreshing import gates_in_force
from services.onboarding.gates.snapshot import AgreementStanding, CaseSnapshot
from services.onboarding.implementation.domain import (
    GoDecision,
    ReadinessItem,
    ReadinessStatement,
    Verdict,
)
from services.onboarding.parties import Party
from services.onboarding.stabilisation.domain import ClosedPeriod, Matter
from tests.unit.onboarding.cases import (
    APPROVE,
    AT,
    ITEMS,
    PAY,
    batch,
    comparison,
    decision,
    snapshot,
    with_implementation,
)
from tests.unit.onboarding.whole_cases import (
    DAYS,
    OPEN_MATTER,
    PARTIES,
    PERIODS,
    REQUIRED,
    complete,
    opened,
    oracle,
    stable,
)


class CaseMachine(RuleBasedStateMachine):
    """Parties do anything at any time; only status and gates stand in the way.

    ``known`` is the case as the service keeps it: nothing is ever taken out, and what was
    reopened does not count by its time. ``model`` is the slow way: what is reopened is
    struck out. Both must always tell the same.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = AT
        self.case = opened(Phase.LETTER_OF_INTENT, None)
        self.model = snapshot()
        self.fee_at: datetime | None = None
        self.letters: dict[Party, datetime] = {}
        self.agreement: tuple[datetime, frozenset[Party]] | None = None
        self.readiness: dict[tuple[str, Party], ReadinessStatement] = {}
        self.decisions: list[GoDecision] = []
        self.periods: dict[str, ClosedPeriod] = {}
        self.matters: tuple[Matter, ...] = ()
        self.entered_rightly = True

    # -- the two ways of keeping a case ---------------------------------------------

    def known(self) -> CaseSnapshot:
        """The snapshot as the service gathers it."""
        case, counts = self.case, self.case.counts
        agreement = None
        if self.agreement is not None and counts("agreement", self.agreement[0]):
            agreement = AgreementStanding(self.agreement[1], DAYS[0], REQUIRED)
        known = replace(
            self.model,
            phase=case.phase,
            status=case.status,
            has_fee_in_force=self.fee_at is not None and counts("fee-indication", self.fee_at),
            letter_signed_by=frozenset(
                party for party, at in self.letters.items() if counts("letter-signatures", at)
            ),
            agreement=agreement,
        )
        return with_implementation(
            known,
            readiness=tuple(
                said for said in self.readiness.values() if counts("readiness", said.stated_at)
            ),
            decisions=tuple(go for go in self.decisions if counts("go-decisions", go.decided_at)),
        )

    def operate(self) -> None:
        """Bring what the model knows of operation up to date."""
        live_on = self.case.services[0].live_on
        periods = tuple(self.periods.values())
        self.model = replace(self.model, **stable(live_on, periods, self.matters))

    def goes_on(self) -> bool:
        """Time passes; whether the case takes commands."""
        self.now += timedelta(minutes=1)
        return self.case.status is CaseStatus.ACTIVE

    # -- what parties do --------------------------------------------------------------

    @initialize(phase=st.sampled_from(ROUTE[:-1]))
    def begin(self, phase: Phase) -> None:
        """Begin anywhere on the way, rightly: with all that any gate asks for but time.

        Runs that began with nothing would hardly ever reach the later phases.
        """
        if phase is Phase.LETTER_OF_INTENT:
            return
        live_on = DAYS[0] if phase is Phase.STABILISATION else None
        self.case = opened(phase, live_on)
        self.model = complete(phase)
        self.fee_at = AT
        self.letters = dict.fromkeys(Party, AT)
        self.agreement = (AT, frozenset(Party))
        self.readiness = {(s.item, s.party): s for s in self.model.implementation.readiness}
        self.decisions = list(self.model.implementation.decisions)
        self.operate()

    @rule(party=PARTIES)
    def staff(self, party: Party) -> None:
        if self.goes_on():
            self.model = replace(self.model, staffed=self.model.staffed | {party})

    @rule(party=PARTIES)
    def sign_letter(self, party: Party) -> None:
        if self.goes_on() and self.case.phase is Phase.LETTER_OF_INTENT:
            self.letters[party] = self.now
            signed = self.model.letter_signed_by | {party}
            self.model = replace(self.model, letter_signed_by=signed)

    @rule()
    def plan(self) -> None:
        if self.goes_on():
            self.model = replace(self.model, has_time_plan=True, has_baseline=True)

    @rule()
    def indicate_fee(self) -> None:
        if self.goes_on():
            self.fee_at = self.now
            self.model = replace(self.model, has_fee_in_force=True)

    @rule(
        ref=st.sampled_from([PAY, APPROVE]),
        gap=st.booleans(),
        resolution=st.none() | st.sampled_from(list(Resolution)),
        price=st.none() | st.integers(0, 10),
    )
    def compare(
        self, ref: ActivityRef, gap: bool, resolution: Resolution | None, price: int | None
    ) -> None:
        if not self.goes_on() or self.case.phase is not Phase.GAP_ANALYSIS:
            return
        decided = decision(resolution, price_ore=price) if gap and resolution else None
        others = tuple(item for item in self.model.comparisons if item.ref != ref)
        compared = comparison(ref, gap=gap, decision=decided)
        self.model = replace(self.model, comparisons=(*others, compared))

    @rule()
    def draft(self) -> None:
        if self.goes_on() and self.case.phase is Phase.AGREEMENT:
            self.agreement = (self.now, frozenset())
            drafted = AgreementStanding(frozenset(), DAYS[0], REQUIRED)
            self.model = replace(self.model, agreement=drafted)

    @rule(party=PARTIES)
    def sign_agreement(self, party: Party) -> None:
        standing = self.model.agreement
        if not self.goes_on() or self.case.phase is not Phase.AGREEMENT or standing is None:
            return
        assert self.agreement is not None
        signed = standing.signed_by | {party}
        self.agreement = (self.agreement[0], signed)
        self.model = replace(self.model, agreement=replace(standing, signed_by=signed))

    @rule(item=st.sampled_from(ITEMS), ready=st.booleans())
    def state_readiness(self, item: ReadinessItem, ready: bool) -> None:
        if not self.goes_on():
            return
        for party in item.owner.parties:
            said = ReadinessStatement(item.key, party, ready, "Protokoll", self.now)
            self.readiness[item.key, party] = said
            others = [
                one
                for one in self.model.implementation.readiness
                if (one.item, one.party) != (item.key, party)
            ]
            self.model = with_implementation(self.model, readiness=(*others, said))

    @rule(counted=st.sampled_from([9, 10]))
    def reconcile(self, counted: int) -> None:
        if self.goes_on():
            result = batch(target_count=counted)
            self.model = with_implementation(self.model, reconciliations=(result,))

    @rule(party=PARTIES, verdict=st.sampled_from(list(Verdict)), day=st.sampled_from(DAYS))
    def decide(self, party: Party, verdict: Verdict, day: date) -> None:
        if self.goes_on():
            go = GoDecision(party, verdict, day, "GD", None, self.now)
            self.decisions.append(go)
            earlier = self.model.implementation.decisions
            self.model = with_implementation(self.model, decisions=(*earlier, go))

    @rule(late=st.integers(-1, 1))
    def go_live(self, late: int) -> None:
        if not self.goes_on() or self.case.phase is not Phase.IMPLEMENTATION:
            return
        day = DAYS[0] + timedelta(days=late)
        if missing_for_go_live(gates_in_force(), self.known(), "payroll", day):
            return
        latest = {go.party: go for go in self.model.implementation.decisions}
        assert {go.verdict for go in latest.values()} == {Verdict.GO}
        assert all(go.go_live_on <= day for go in latest.values())
        self.case = replace(self.case, services=(ServiceInCase("payroll", day),))
        self.operate()

    @rule(period=st.sampled_from(PERIODS), met=st.booleans())
    @precondition(lambda self: self.case.live_services)
    def close(self, period: str, met: bool) -> None:
        live_on = self.case.services[0].live_on
        assert live_on is not None
        whole = date.fromisoformat(f"{period}-01") >= live_on
        self.periods[period] = ClosedPeriod("payroll", period, whole, met)
        self.operate()

    @rule(matters=st.sampled_from([(), (OPEN_MATTER,)]))
    def raise_or_resolve(self, matters: tuple[Matter, ...]) -> None:
        self.matters = matters
        self.operate()

    # -- standstill and the ways out and back ------------------------------------------

    @rule()
    def pause(self) -> None:
        if self.goes_on():
            day = self.now.date()
            self.case = paused(self.case, day, day + timedelta(days=30), "Omorganisation")

    @rule(days=st.integers(0, 40))
    def resume(self, days: int) -> None:
        if self.case.status is CaseStatus.PAUSED:
            self.now += timedelta(days=days)
            before = self.case.days_paused
            self.case = resumed(self.case, self.now.date())
            assert self.case.days_paused >= before + days

    @rule(sure=st.integers(0, 9))
    def withdraw(self, sure: int) -> None:
        if sure or not self.case.status.is_open:
            return
        with suppress(ServiceIsLiveError):
            self.case = withdrawn(self.case, self.now, "Omprövat")
            assert not self.case.live_services

    @rule(
        to=st.sampled_from(ROUTE),
        cause=st.sampled_from(["fee-change", "scope-change"]),
        every_gap=st.booleans(),
    )
    def send_back(self, to: Phase, cause: str, every_gap: bool) -> None:
        origin = self.case.phase
        kinds = send_back_rules().reopened(origin, to, cause)
        if not self.goes_on() or kinds is None:
            return
        with suppress(SentBackPastGoLiveError):
            self.case = sent_back(self.case, to, self.now, kinds)
            assert ROUTE.index(to) < ROUTE.index(origin)
            self._strike_out(to, cause, every_gap)

    def _strike_out(self, to: Phase, cause: str, every_gap: bool) -> None:
        if cause == "fee-change":
            self.model = replace(self.model, has_fee_in_force=False)
        if to is Phase.LETTER_OF_INTENT:
            self.model = replace(self.model, letter_signed_by=frozenset())
        if self.model.agreement is not None and "agreement" in self.case.reopened:
            self.model = replace(self.model, agreement=None)
        if self.case.reopened.get("go-decisions") == self.now:
            self.model = with_implementation(self.model, decisions=())
        if self.case.reopened.get("readiness") == self.now:
            self.model = with_implementation(self.model, readiness=())
        if every_gap and to is not Phase.AGREEMENT:
            undecided = tuple(replace(one, decision=None) for one in self.model.comparisons)
            self.model = replace(self.model, comparisons=undecided)

    # -- the gates ------------------------------------------------------------------------

    @rule(phase=st.sampled_from(list(Phase)))
    def enter(self, phase: Phase) -> None:
        self.now += timedelta(minutes=1)
        before = self.case.phase
        with suppress(CaseStandsStillError, PhaseOutOfOrderError, GateShutError):
            self.case = entered(self.case, enter(gates_in_force(), self.known(), phase), self.now)
            self.entered_rightly = oracle(self.model, phase)
            assert ROUTE.index(phase) == ROUTE.index(before) + 1

    @rule()
    def enter_the_next(self) -> None:
        """Where everything holds, the gate opens: the oracle is no stricter than it."""
        if not self.goes_on():
            return
        following = ROUTE[ROUTE.index(self.case.phase) + 1]
        reached = None
        with suppress(GateShutError):
            reached = enter(gates_in_force(), self.known(), following)
        assert oracle(self.model, following) is (reached is following)
        if reached is not None:
            self.case = entered(self.case, reached, self.now)

    @invariant()
    def no_gate_was_passed_while_shut(self) -> None:
        assert self.entered_rightly

    @invariant()
    def what_was_reopened_no_longer_counts(self) -> None:
        model = replace(self.model, phase=self.case.phase, status=self.case.status)
        known = self.known()
        assert replace(known, implementation=model.implementation) == model
        assert set(known.implementation.readiness) == set(model.implementation.readiness)
        assert known.implementation.decisions == model.implementation.decisions


CaseMachine.TestCase.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)
TestCaseMachine = CaseMachine.TestCase
