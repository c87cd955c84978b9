"""Whatever the parties ask for, in whatever order: no case passes a gate that is shut.

Small, and on SQLite only: the rules themselves are walked widely in the unit tests; this
shows that nothing between them and HTTP lets a command slip by.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import httpx
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from services.contracts.values import Phase
from services.onboarding.cases.domain import ROUTE
from tests.component.onboarding.walk import START, Walk, done, walking

Result = TypeVar("Result")


def stands_in(case: dict[str, Any]) -> None:
    """The phase a case has just entered is one it may be in, by its facts, not its gates."""
    reached = ROUTE.index(Phase(case["phase"]))
    if reached >= 1:
        assert all(case["staffing"][side] for side in ("customer", "centre"))
        assert case["time_plan"] is not None
        assert case["baseline"] is not None
        assert case["fee_indication_in_force"] is not None
        signed = {one["party"] for one in case["letter_signatures"] if one.get("stands", True)}
        assert signed == {"customer", "centre"}
    if reached >= 2:
        counts = case["comparisons"]
        assert counts["compared"] == counts["activities"]
        assert counts["undecided"] == 0
    if reached >= 3:
        assert case["agreement"] is not None
    assert reached < 4, "nothing here makes a case ready to go live"


def test_no_sequence_of_requests_passes_a_shut_gate(tmp_path: Path) -> None:
    with asyncio.Runner() as runner:
        context = walking(f"sqlite+aiosqlite:///{tmp_path}/cases.db")
        walk = runner.run(context.__aenter__())
        days = count(1)

        class Here(Requests):
            def __init__(self) -> None:
                super().__init__(runner, walk, days)

        try:
            run_state_machine_as_test(
                Here,
                settings=settings(
                    max_examples=8,
                    stateful_step_count=10,
                    deadline=None,
                    database=None,
                    derandomize=True,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(context.__aexit__(None, None, None))


class Requests(RuleBasedStateMachine):
    """Requests of both parties about one case, each answered 2xx or with a refusal."""

    def __init__(self, runner: asyncio.Runner, walk: Walk, days: Iterator[int]) -> None:
        super().__init__()
        self.runner = runner
        self.walk = walk
        self.days = days

    def run(self, work: Awaitable[Result]) -> Result:
        """Wait for a request; an hour passes with each."""
        self.walk.service.at(START + timedelta(hours=next(self.days)))

        async def waited() -> Result:
            return await work

        return self.runner.run(waited())

    def ask(self, answer: Awaitable[httpx.Response]) -> httpx.Response:
        """Ask for something that may be refused, but never breaks."""
        response = self.run(answer)
        assert response.status_code < 500
        return response

    @initialize(stage=st.integers(0, 3))
    def open(self, stage: int) -> None:
        """Begin with nothing, prepared, in the gap analysis or in the agreement phase."""
        self.run(self._open())
        if stage >= 1:
            self.run(self.walk.prepare())
            self.run(self.walk.indicate_fee())
        if stage >= 2:
            self.run(self.walk.sign_letter())
            done(self.run(self.walk.enter("gap_analysis")))
        if stage >= 3:
            self.run(self.walk.compare_all())
            done(self.run(self.walk.enter("agreement")))

    async def _open(self) -> None:
        agency = {"org_number": "202100-6255", "name": "Pensionsmyndigheten", "headcount": 100}
        await self.walk.centre.post("/ops/v1/agencies", json=agency)
        case = {"org_number": "202100-6255", "services": ["payroll"]}
        opened = await self.walk.centre.post("/ops/v1/cases", json=case)
        self.walk.case_id = done(opened, 201)["id"]

    @rule()
    def sign_letter(self) -> None:
        signer = {"name": "Eva Lind", "title": "generaldirektör"}
        for party in (self.walk.customer, self.walk.staff):
            self.ask(party("POST", "/letter-of-intent/signatures", signer))

    @rule()
    def record_baseline(self) -> None:
        self.ask(self.walk.customer("PUT", "/baseline", self.walk.baseline()))

    @rule()
    def compare_everything(self) -> None:
        for service, activity in self.run(self.walk.activities()):
            same = {"customer_way": "Som standard.", "gap": False}
            path = f"/comparisons/{service}/{activity}"
            if self.ask(self.walk.customer("PUT", path, same)).status_code != 200:
                return

    @rule()
    def find_and_decide_a_gap(self) -> None:
        gap = {"customer_way": "x", "gap": True, "kind": "process", "size": "small"}
        path = "/comparisons/payroll/approve-payment"
        self.ask(self.walk.customer("PUT", path, gap))
        self.ask(self.walk.decide("approve-payment", "centre_adapts"))

    @rule()
    def draft_and_sign(self) -> None:
        terms = {"valid_from": "2025-06-01", "collaboration_template": "ssc-2016"}
        drafted = self.ask(self.walk.staff("POST", "/agreement", terms))
        if drafted.status_code == 201:
            signature = self.walk.signature(drafted.json()["content_hash"])
            for party in (self.walk.customer, self.walk.staff):
                self.ask(party("POST", "/agreement/signatures", signature))

    @rule()
    def pause(self) -> None:
        body = {"reason": "x", "expected_resume_on": "2026-12-31"}
        self.ask(self.walk.staff("POST", "/pause", body))

    @rule()
    def resume(self) -> None:
        self.ask(self.walk.staff("POST", "/resume"))

    @rule(to=st.sampled_from(ROUTE[:3]), every_gap=st.booleans())
    def send_back(self, to: Phase, every_gap: bool) -> None:
        before = self.run(self.walk.seen())
        body = {"to": to, "cause": "fee-change", "reason": "x", "every_gap": every_gap}
        answer = self.ask(self.walk.staff("POST", "/send-back", body))
        if answer.status_code == 200:
            assert before["status"] == "active"
            assert ROUTE.index(to) < ROUTE.index(Phase(before["phase"]))
            assert self.run(self.walk.seen())["fee_indication_in_force"] is None

    @rule()
    def withdraw_and_begin_anew(self) -> None:
        done(self.ask(self.walk.customer("POST", "/withdraw", {"reason": "x"})))
        assert self.ask(self.walk.enter("gap_analysis")).json()["code"] == "case_closed"
        self.run(self._open())

    @rule()
    def ask_billing(self) -> None:
        if self.ask(self.walk.customer("POST", "/fee-indications", {})).status_code == 202:
            self.run(self.walk.indicate_fee())

    @rule(back=st.integers(0, 2))
    def enter(self, back: int) -> None:
        before = self.run(self.walk.seen())
        position = ROUTE.index(Phase(before["phase"])) + 1 - back
        answer = self.ask(self.walk.enter(ROUTE[max(position, 0)].value))
        after = self.run(self.walk.seen())
        if answer.status_code == 200:
            assert (before["status"], back) == ("active", 0)
            stands_in(after)
        else:
            assert after["phase"] == before["phase"]

    def teardown(self) -> None:
        """Free the agency's services for the next run."""
        if self.walk.case_id:
            self.run(self.walk.customer("POST", "/withdraw", {"reason": "x"}))
