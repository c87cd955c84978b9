"""Deadlines that pass: a breach is recorded once, whoever notices it first."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import date

import httpx

from services.chassis.testing import RunningService
from services.chassis.timer_loop import TimerFailed
from services.collab_model.matters import service as matters
from services.contracts.collab_model import LevelBreached, LevelBreachWithdrawn
from services.contracts.onboarding import AgreementSigned
from services.contracts.values import MeasureKind, Priority
from tests.component.collab_model.matters import (
    clock_of,
    enter,
    raise_one,
    set_timers,
)
from tests.component.collab_model.signed import (
    PAYROLL,
    PENSIONS,
    RESPONSE,
    at,
    ended,
)


async def test_a_deadline_that_passes_is_a_breach_once(
    service: RunningService, signed: AgreementSigned, pensions: httpx.AsyncClient
) -> None:
    matter = await raise_one(pensions, priority="critical")
    await service.advance(at(2025, 2, 3, 10))
    assert await service.published(LevelBreached) == []  # the deadline itself is in time
    await service.advance(at(2025, 2, 3, 11))

    [breach] = await service.published(LevelBreached)
    assert breach == LevelBreached(
        breach_id=breach.breach_id,
        matter_id=matter["id"],
        org_number=PENSIONS,
        agreement_id=signed.agreement_id,
        service=PAYROLL,
        level=RESPONSE.key,
        kind=MeasureKind.RESPONSE_TIME,
        priority=Priority.CRITICAL,
        target_minutes=60,
        breached_at=at(2025, 2, 3, 10),
    )
    shown = clock_of((await pensions.get(f"/v1/matters/{matter['id']}")).json(), "response_time")
    assert (shown["state"], shown["decided_at"]) == ("breached", "2025-02-03T09:00:00Z")
    assert shown["elapsed_minutes"] == 120

    await service.advance(at(2025, 2, 28))
    assert [each.level for each in await service.published(LevelBreached)] == [
        "response-time",
        "resolution-time",
    ]


async def test_responding_at_the_deadline_is_in_time(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    matter = await raise_one(pensions, priority="critical")
    await service.advance(at(2025, 2, 3, 10))
    responded = (await enter(manager, matter["id"], "responded")).json()
    assert clock_of(responded, "response_time")["state"] == "met"
    await service.advance(at(2025, 2, 3, 12))
    assert await service.published(LevelBreached) == []


async def test_a_late_event_records_the_breach_before_its_timer_fires(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    matter = await raise_one(pensions, priority="critical")
    service.at(at(2025, 2, 3, 13))  # the timers are late: the service was down
    resolved = (await enter(manager, matter["id"], "resolved")).json()
    assert clock_of(resolved, "response_time")["state"] == "breached"
    assert clock_of(resolved, "resolution_time")["state"] == "met"
    [breach] = await service.published(LevelBreached)
    assert breach.breached_at == at(2025, 2, 3, 10)

    await service.advance(at(2025, 2, 10))
    assert len(await service.published(LevelBreached)) == 1


async def test_a_timer_that_fires_beside_a_late_event_finds_nothing_to_do(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    """The event took the matter first; the timer was claimed before it could be cancelled."""
    matter = await raise_one(pensions, priority="critical")
    service.at(at(2025, 2, 3, 13))
    await enter(manager, matter["id"], "waiting_for_customer")
    async with service.runtime.units.begin(now=at(2025, 2, 3, 10, 1)) as uow:
        await matters.fall_due(uow, matter["id"])
    assert len(await service.published(LevelBreached)) == 1
    assert await set_timers(service) == []


async def test_a_timer_and_a_late_event_at_the_same_time_record_one_breach(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    raised = [await raise_one(pensions, priority="critical") for _ in range(4)]
    service.at(at(2025, 2, 3, 13))

    async def fire() -> None:
        # A timer that finds its matter taken gives way; the event does its work.
        with contextlib.suppress(TimerFailed):
            await service.runtime.timer_loop.fire_due(at(2025, 2, 3, 13))

    answers = await asyncio.gather(
        fire(), *(enter(manager, matter["id"], "resolved") for matter in raised), fire()
    )
    assert {answer.status_code for answer in answers if answer is not None} == {201}
    await service.advance(at(2025, 2, 10))
    breached = [breach.matter_id for breach in await service.published(LevelBreached)]
    assert sorted(breached) == sorted(matter["id"] for matter in raised)


async def test_a_late_event_after_the_timer_adds_no_second_breach(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    matter = await raise_one(pensions, priority="critical")
    await service.advance(at(2025, 2, 3, 13))
    for event in ("responded", "waiting_for_customer", "resumed", "resolved"):
        assert (await enter(manager, matter["id"], event)).status_code == 201
    assert len(await service.published(LevelBreached)) == 1


async def test_a_paused_matter_never_breaches(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    matter = await raise_one(pensions, priority="critical")
    await enter(manager, matter["id"], "waiting_for_customer")
    await service.advance(at(2025, 4, 1))
    assert await service.published(LevelBreached) == []


async def test_an_end_that_is_known_late_takes_back_breaches_after_the_last_day(
    service: RunningService, signed: AgreementSigned, pensions: httpx.AsyncClient
) -> None:
    await service.advance(at(2025, 2, 10, 9))
    await raise_one(pensions, priority="critical")
    await service.advance(at(2025, 2, 12, 9))
    breaches = await service.published(LevelBreached)
    assert [each.level for each in breaches] == ["response-time", "resolution-time"]

    await service.deliver(ended(signed, date(2025, 2, 10)))
    await service.advance(at(2025, 2, 12, 10))
    # The first answer was due on the last day, the resolution on the day after it.
    [withdrawn] = await service.published(LevelBreachWithdrawn)
    assert withdrawn.breach_id == breaches[1].breach_id
    assert withdrawn.reason == "the days on which the service was in operation changed"
