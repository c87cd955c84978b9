"""Phase 5: what collab_model tells decides when a case is stable."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import httpx

from services.contracts.collab_model import (
    MatterChanged,
    MatterRaised,
    MatterResolved,
    MatterStatus,
    PeriodClosed,
)
from services.contracts.onboarding import CaseStabilised
from services.contracts.values import MatterKind, Phase, Priority
from tests.component.onboarding.in_operation import Centre, InOperation, centre
from tests.component.onboarding.walk import done, refused

ORG = "202100-6255"
AT = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
MATTER = "01900000-0000-7000-8000-00000000000a"
FOREIGN = "01900000-0000-7000-8000-0000000000ff"


@dataclass
class Watched:
    """A case in stabilisation, two whole months in a row agreed, live on 1 February."""

    found: Centre
    one: InOperation

    async def close(self, period: str, *, met: bool = True, whole: bool = True) -> None:
        """Let collab_model close a month."""
        await self.found.service.deliver(
            PeriodClosed(
                agreement_id=self.one.agreement_id,
                org_number=ORG,
                service="payroll",
                period=period,
                whole_month=whole,
                results=(),
                met=met,
            )
        )

    async def seen(self) -> dict[str, Any]:
        """What holds the case, as the agency sees it."""
        return done(await self.one.agency.get(f"/v1/cases/{self.one.case_id}/stabilisation"))

    async def in_a_row(self) -> int:
        """Months met in a row."""
        return int((await self.seen())["services"][0]["met_in_a_row"])

    async def asks(self) -> tuple[set[str], str]:
        """What phase 5's gate asks for, by item, and its words."""
        case = done(await self.one.agency.get(f"/v1/cases/{self.one.case_id}"))
        of_phase = ("levels-met", "no-critical-matter")
        missing = [lack for lack in case["missing"] if lack["item"] in of_phase]
        return {lack["item"] for lack in missing}, " ".join(lack["text"] for lack in missing)

    async def enter_stable(self) -> httpx.Response:
        """Ask for the last phase."""
        path = f"/ops/v1/cases/{self.one.case_id}/phase"
        return await self.found.staff.post(path, json={"to": "stable"})


@asynccontextmanager
async def watched(database_url: str) -> AsyncIterator[Watched]:
    """A case in stabilisation."""
    async with centre(database_url) as found:
        one = await found.customer(
            ORG, "Pensionsmyndigheten", {"payroll": (5_000, 20_000)}, phase=Phase.STABILISATION
        )
        yield Watched(found, one)


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


async def test_levels_are_met_for_the_agreed_months_in_a_row(database_url: str) -> None:
    async with watched(database_url) as case:
        await case.close("2026-02")
        items, words = await case.asks()
        assert items == {"levels-met"}
        assert words == (
            "The service payroll has met its levels in 1 whole months in a row of the 2 agreed;"
            " it can be stable on 2026-04-01 at the earliest."
        )
        problem = refused(await case.enter_stable(), 409, "gate_not_open")
        assert "levels-met" in {lack["item"] for lack in problem["missing"]}
        assert await case.found.service.published(CaseStabilised) == []
        await case.close("2026-03", whole=False)
        await case.close("2026-04", met=False)
        await case.close("2026-05")
        seen = await case.seen()
        assert (seen["services"][0]["met_in_a_row"], seen["earliest_stable_on"]) == (
            1,
            "2026-07-01",
        )
        assert [period["counts"] for period in seen["services"][0]["periods"]] == [
            True,
            False,
            True,
            True,
        ]


async def test_periods_come_in_any_order_and_repeats_change_nothing(database_url: str) -> None:
    async with watched(database_url) as case:
        for order in list(permutations(("2026-04", "2026-02", "2026-03")))[1::2]:
            for period in order:
                await case.close(period)
            # Reported once; what says otherwise without being a correction does not count.
            await case.close(order[0], met=False)
        assert await case.in_a_row() == 3
        assert await case.asks() == (set(), "")


async def test_an_open_critical_matter_holds_the_case(database_url: str) -> None:
    async with watched(database_url) as case:
        await case.close("2026-02")
        await case.close("2026-03")
        service, agreement_id = case.found.service, case.one.agreement_id
        for number, other in enumerate((raised(agreement_id, Priority.HIGH), raised(FOREIGN))):
            await service.deliver(other.model_copy(update={"matter_id": f"{MATTER[:-1]}{number}"}))
        assert await case.asks() == (set(), "")
        event_id = await service.deliver(raised(agreement_id))
        await service.deliver(raised(agreement_id), event_id=event_id)
        items, words = await case.asks()
        assert items == {"no-critical-matter"}
        assert f"{MATTER} (incident in payroll, open since 2026-03-03" in words
        (matter,) = (await case.seen())["open_critical_matters"]
        assert (matter["matter_id"], matter["turn"]) == (MATTER, "centre")
        await service.deliver(resolved(agreement_id))
        assert await case.asks() == (set(), "")


def changed(agreement_id: str, status: MatterStatus, **more: object) -> MatterChanged:
    fields = {
        "matter_id": MATTER,
        "org_number": ORG,
        "agreement_id": agreement_id,
        "service": "payroll",
        "kind": MatterKind.INCIDENT,
        "priority": Priority.CRITICAL,
        "status": status,
        "raised_at": AT,
        "resolved_at": None,
        "changed_at": AT,
    }
    return MatterChanged.model_validate(fields | more)


async def test_whose_turn_a_critical_matter_is(database_url: str) -> None:
    async with watched(database_url) as case:
        await case.close("2026-02")
        await case.close("2026-03")
        service, agreement_id = case.found.service, case.one.agreement_id
        waiting = changed(agreement_id, MatterStatus.WAITING_FOR_CUSTOMER)
        await service.deliver(waiting)
        await service.deliver(raised(agreement_id))  # Late; how it stands is known already.
        (matter,) = (await case.seen())["open_critical_matters"]
        assert matter["turn"] == "customer"
        assert "the customer agency's turn" in " ".join((await case.seen())["held_by"])
        problem = refused(await case.enter_stable(), 409, "gate_not_open")
        owners = {lack["item"]: lack["owner"] for lack in problem["missing"]}
        assert owners["no-critical-matter"] == "customer"
        await service.deliver(changed(agreement_id, MatterStatus.OPEN))
        (matter,) = (await case.seen())["open_critical_matters"]
        assert matter["turn"] == "centre"
        await service.deliver(changed(agreement_id, MatterStatus.CANCELLED))
        assert (await case.seen())["open_critical_matters"] == []
        # Reopened after it was resolved; that it was, comes late and changes nothing.
        reopened = changed(agreement_id, MatterStatus.OPEN)
        await service.deliver(reopened, version=9)
        await service.deliver(resolved(agreement_id), version=8)
        assert len((await case.seen())["open_critical_matters"]) == 1
        await service.deliver(
            changed(agreement_id, MatterStatus.OPEN, priority=Priority.NORMAL), version=10
        )
        assert await case.asks() == (set(), "")


async def test_resolved_may_arrive_before_raised(database_url: str) -> None:
    async with watched(database_url) as case:
        await case.found.service.deliver(resolved(case.one.agreement_id))
        await case.found.service.deliver(raised(case.one.agreement_id))
        assert (await case.seen())["open_critical_matters"] == []
