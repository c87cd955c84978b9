"""Phase 5: what collab_model tells decides when a case is stable."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations

import pytest

from services.contracts.collab_model import MatterRaised, MatterResolved, PeriodClosed
from services.contracts.onboarding import CaseStabilised
from services.contracts.values import MatterKind, Priority
from tests.component.onboarding.walk import ORG, Walk, done, nothing_changes, refused, walking

AT = datetime(2025, 7, 1, 8, 0, tzinfo=UTC)
MATTER = "01900000-0000-7000-8000-00000000000a"


def raised(agreement_id: str, priority: Priority = Priority.CRITICAL) -> MatterRaised:
    return MatterRaised(
        matter_id=MATTER,
        org_number=ORG,
        agreement_id=agreement_id,
        service="payroll",
        kind=MatterKind.INCIDENT,
        priority=priority,
        raised_at=AT,
    )


def resolved(agreement_id: str) -> MatterResolved:
    return MatterResolved(
        matter_id=MATTER,
        org_number=ORG,
        agreement_id=agreement_id,
        service="payroll",
        priority=Priority.CRITICAL,
        resolved_at=AT,
    )


async def three_months_met(walk: Walk) -> None:
    for period in ("2025-06", "2025-07", "2025-08"):
        await walk.close_period(period)


async def in_a_row(walk: Walk) -> int:
    (progress,) = (await walk.seen())["stabilisation"]["services"]
    count: int = progress["met_in_a_row"]
    return count


async def test_levels_are_met_for_the_agreed_months_in_a_row(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_stabilisation()
        await walk.close_period("2025-06")
        await walk.close_period("2025-07")
        async with nothing_changes(walk):
            problem = refused(await walk.enter("stable"), 409, "gate_not_open")
        assert problem["missing"] == [
            {
                "item": "levels-met",
                "text": "The service payroll has met its levels in 2 whole months in a row of"
                " the 3 agreed.",
                "owner": "centre",
            }
        ]
        await walk.close_period("2025-08")
        done(await walk.enter("stable"))


async def test_a_missed_or_broken_month_does_not_count(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_stabilisation()
        await walk.close_period("2025-06", whole=False)
        await walk.close_period("2025-07")
        await walk.close_period("2025-08", met=False)
        await walk.close_period("2025-09")
        assert await in_a_row(walk) == 1
        refused(await walk.enter("stable"), 409, "gate_not_open")


@pytest.mark.parametrize("order", list(permutations(("2025-06", "2025-07", "2025-08")))[1::2])
async def test_periods_may_arrive_in_any_order(database_url: str, order: tuple[str, ...]) -> None:
    async with walking(database_url) as walk:
        await walk.to_stabilisation()
        for period in order:
            await walk.close_period(period)
        assert await in_a_row(walk) == 3


async def test_a_reported_month_does_not_change(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_stabilisation()
        await walk.close_period("2025-06", met=False)
        async with nothing_changes(walk):
            await walk.close_period("2025-06", met=False)
            await walk.close_period("2025-06", met=True)


async def test_an_open_critical_matter_holds_the_case(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_stabilisation()
        await three_months_met(walk)
        agreement_id = await walk.agreement_id()
        event_id = await walk.service.deliver(raised(agreement_id))
        await walk.service.deliver(raised(agreement_id), event_id=event_id)
        async with nothing_changes(walk):
            problem = refused(await walk.enter("stable"), 409, "gate_not_open")
        assert [lack["item"] for lack in problem["missing"]] == ["no-critical-matter"]
        assert MATTER in problem["missing"][0]["text"]
        await walk.service.deliver(resolved(agreement_id))
        done(await walk.enter("stable"))
        assert len(await walk.service.published(CaseStabilised)) == 1


async def test_resolved_may_arrive_before_raised(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_stabilisation()
        await three_months_met(walk)
        agreement_id = await walk.agreement_id()
        await walk.service.deliver(resolved(agreement_id))
        assert (await walk.seen())["stabilisation"]["open_critical_matters"] == []
        await walk.service.deliver(raised(agreement_id))
        assert (await walk.seen())["stabilisation"]["open_critical_matters"] == []
        done(await walk.enter("stable"))


async def test_other_matters_and_other_agreements_hold_nothing(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_stabilisation()
        await three_months_met(walk)
        async with nothing_changes(walk):
            await walk.service.deliver(raised(await walk.agreement_id(), Priority.HIGH))
        foreign = raised("01900000-0000-7000-8000-0000000000ff")
        await walk.service.deliver(foreign.model_copy(update={"matter_id": MATTER[:-1] + "b"}))
        foreign_period = PeriodClosed(
            agreement_id=foreign.agreement_id,
            org_number=ORG,
            service="payroll",
            period="2025-09",
            whole_month=True,
            results=(),
            met=False,
        )
        await walk.service.deliver(foreign_period)
        assert await in_a_row(walk) == 3
        done(await walk.enter("stable"))


async def test_a_stable_case_is_closed(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_stabilisation()
        await three_months_met(walk)
        done(await walk.enter("stable"))
        async with nothing_changes(walk):
            problem = refused(await walk.enter("stable"), 409, "phase_out_of_order")
            assert problem["next_phase"] is None
            member = {"role": "projektledare", "name": "Anna Ek"}
            answer = await walk.customer("PUT", "/staffing", {"members": [member]})
            refused(answer, 409, "wrong_phase")
