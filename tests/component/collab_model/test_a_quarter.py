"""A quarter of two customers: matters, readings, closing months and meetings, all in time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import httpx

from services.chassis.testing import RunningService
from services.contracts.collab_model import (
    LevelBreached,
    MatterResolved,
    MeetingFellDue,
    PeriodClosed,
)
from tests.component.collab_model.signed import (
    CORRECT_PAY,
    FORESTS,
    PAYROLL,
    PENSIONS,
    RESOLUTION,
    RESPONSE,
    agreement,
    at,
    stabilised,
    went_live,
)


async def raise_one(client: httpx.AsyncClient, priority: str) -> str:
    answer = await client.post(
        "/v1/matters",
        json={
            "service": PAYROLL,
            "kind": "incident",
            "priority": priority,
            "title": "A payslip is wrong",
            "description": "See the run of this month.",
        },
    )
    matter_id: str = answer.json()["id"]
    return matter_id


async def enter(client: httpx.AsyncClient, matter_id: str, *events: str) -> None:
    for event in events:
        answer = await client.post(f"/ops/v1/matters/{matter_id}/events", json={"event": event})
        assert answer.status_code == 201, answer.text


async def report(client: httpx.AsyncClient, period: str, good: int, total: int) -> None:
    row = {
        "id": f"run-{period}",
        "org_number": PENSIONS,
        "service": PAYROLL,
        "level": CORRECT_PAY.key,
        "period": period,
        "good": good,
        "total": total,
    }
    answer = await client.post("/ops/v1/readings", json={"source": "payroll", "rows": [row]})
    assert answer.status_code == 201, answer.text


def outcomes(period: PeriodClosed) -> dict[str, tuple[str | None, int, bool]]:
    return {
        result.level: (
            None if result.outcome_percent is None else str(result.outcome_percent),
            result.measured,
            result.met,
        )
        for result in period.results
    }


def of_customer(periods: Sequence[PeriodClosed], org_number: str) -> dict[str, PeriodClosed]:
    return {period.period: period for period in periods if period.org_number == org_number}


async def test_a_quarter(
    service: RunningService,
    pensions: httpx.AsyncClient,
    forests: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    large, small = agreement(PENSIONS), agreement(FORESTS)
    for signed in (large, small):
        await service.deliver(signed)
    await service.deliver(went_live(large, date(2025, 2, 3)))
    await service.deliver(went_live(small, date(2025, 3, 1)))

    # February: one matter, answered and resolved within the hour.
    await service.advance(at(2025, 2, 12, 9))
    in_time = await raise_one(pensions, "high")
    await service.advance(at(2025, 2, 12, 10))
    await enter(manager, in_time, "responded", "resolved")
    await report(manager, "2025-02", 4980, 5000)

    # March: raised on the Friday before clocks change, paused over the weekend, resolved on
    # time; and one that nobody answers until its response level is broken.
    await service.advance(at(2025, 3, 14, 9))
    late = await raise_one(pensions, "critical")
    await service.advance(at(2025, 3, 14, 12))
    await enter(manager, late, "responded", "resolved")
    await service.advance(at(2025, 3, 28, 15))
    paused = await raise_one(pensions, "high")
    await service.advance(at(2025, 3, 28, 16))
    await enter(manager, paused, "responded", "waiting_for_customer")
    await service.advance(at(2025, 3, 31, 9))
    await enter(manager, paused, "resumed", "resolved")
    await report(manager, "2025-03", 4999, 5000)

    # April: raised on Maundy Thursday, a half day; resolved on the Wednesday after Easter.
    await service.deliver(stabilised(large, date(2025, 4, 2)))
    await service.advance(at(2025, 4, 17, 11))
    easter = await raise_one(pensions, "normal")
    await service.advance(at(2025, 4, 22, 10))
    await enter(manager, easter, "responded")
    await service.advance(at(2025, 4, 23, 9))
    await enter(manager, easter, "resolved")
    await report(manager, "2025-04", 5000, 5000)
    await service.advance(at(2025, 5, 1, 3))

    closed = await service.published(PeriodClosed)
    periods = of_customer(closed, PENSIONS)
    assert list(periods) == ["2025-02", "2025-03", "2025-04"]
    assert [(each.whole_month, each.met) for each in periods.values()] == [
        (False, True),
        (True, False),
        (True, True),
    ]
    assert outcomes(periods["2025-02"]) == {
        RESPONSE.key: ("100.00", 1, True),
        RESOLUTION.key: ("100.00", 1, True),
        CORRECT_PAY.key: ("99.60", 5000, True),
    }
    assert outcomes(periods["2025-03"]) == {
        RESPONSE.key: ("50.00", 2, False),
        RESOLUTION.key: ("100.00", 2, True),
        CORRECT_PAY.key: ("99.98", 5000, True),
    }
    assert outcomes(periods["2025-04"]) == {
        RESPONSE.key: ("100.00", 1, True),
        RESOLUTION.key: ("100.00", 1, True),
        CORRECT_PAY.key: ("100.00", 5000, True),
    }
    # The other customer had no matters and nobody measured its pay.
    quiet = of_customer(closed, FORESTS)
    assert [(each.period, each.whole_month, each.met) for each in quiet.values()] == [
        ("2025-03", True, False),
        ("2025-04", True, False),
    ]

    [breach] = await service.published(LevelBreached)
    assert (breach.matter_id, breach.level) == (late, RESPONSE.key)
    assert breach.breached_at == at(2025, 3, 14, 10)
    assert len(await service.published(MatterResolved)) == 4

    shown = (await pensions.get("/v1/periods")).json()["items"]
    assert [datetime.fromisoformat(each["closed_at"]) for each in shown] == [
        datetime(2025, 3, 1, 1, 0, tzinfo=UTC),
        datetime(2025, 4, 1, 0, 0, tzinfo=UTC),
        datetime(2025, 5, 1, 0, 0, tzinfo=UTC),
    ]

    met_on = [
        (meeting.forum, meeting.due_on.isoformat(), len(meeting.agenda))
        for meeting in await service.published(MeetingFellDue)
        if meeting.org_number == PENSIONS
    ]
    # Fortnightly until stable on 2 April, then 30 days from the one planned for the 14th:
    # 14 May. The tactical forum had the breach on its agenda once; it met every 30 days and
    # meets quarterly from 4 April on.
    assert met_on == [
        ("operative", "2025-02-17", 0),
        ("operative", "2025-03-03", 0),
        ("tactical", "2025-03-05", 0),
        ("operative", "2025-03-17", 0),
        ("operative", "2025-03-31", 1),
        ("tactical", "2025-04-04", 1),
        ("operative", "2025-04-14", 0),
    ]
    planned = (await pensions.get("/v1/forums")).json()["items"]
    assert [(each["key"], each["next_meeting_on"]) for each in planned] == [
        ("strategic", "2025-05-05"),
        ("tactical", "2025-07-04"),
        ("operative", "2025-05-14"),
    ]
