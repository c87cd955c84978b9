"""Clocks of matters that change in mid-flight, and the warnings they give, over HTTP."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import httpx
import pytest

from services.chassis.testing import RunningService
from services.contracts.collab_model import (
    ClockWarned,
    ClockWarningWithdrawn,
    LevelBreached,
    MatterChanged,
    MatterResolved,
    MatterStatus,
)
from services.contracts.onboarding import AgreementSigned
from services.contracts.values import MeasureKind, Priority, ServiceLevel
from tests.component.collab_model.matters import (
    clock_of,
    entered,
    explained,
    raise_one,
    set_timers,
    told,
)
from tests.component.collab_model.signed import (
    INVOICES,
    PAYROLL,
    RESOLUTION,
    RESPONSE,
    agreement,
    at,
    signed_service,
    went_live,
)

# -------------------------------------------------------------------- reopened and moved


async def test_a_matter_is_reopened_by_either_party_and_its_clock_goes_on(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    matter = (await raise_one(pensions))["id"]
    await service.advance(at(2025, 2, 3, 10))
    await entered(manager, matter, "resolved")
    await service.advance(at(2025, 3, 10, 9))
    answer = await pensions.post(f"/v1/matters/{matter}/events", json={"event": "reopened"})
    assert answer.status_code == 201, answer.text
    clock = clock_of(answer.json(), "resolution_time")
    assert (clock["state"], clock["elapsed_minutes"]) == ("running", 60)
    assert (answer.json()["status"], answer.json()["resolved_at"]) == ("open", None)
    await service.advance(at(2025, 3, 10, 10))
    await entered(manager, matter, "resolved")
    assert len(await service.published(MatterResolved)) == 2
    [changed] = await service.published(MatterChanged)
    assert (changed.status, changed.resolved_at) == (MatterStatus.OPEN, None)
    # Both months say what was decided in them.
    await service.advance(at(2025, 4, 2))
    periods = (await pensions.get("/v1/periods")).json()["items"]
    resolution = [
        (p["period"], r["measured"])
        for p in periods
        for r in p["results"]
        if r["level"] == RESOLUTION.key
    ]
    assert resolution == [("2025-02", 1), ("2025-03", 1)]


async def test_a_customer_cancels_what_it_raised_and_nothing_is_measured(
    service: RunningService, signed: AgreementSigned, pensions: httpx.AsyncClient
) -> None:
    matter = (await raise_one(pensions, priority="critical"))["id"]
    answer = await pensions.post(f"/v1/matters/{matter}/events", json={"event": "cancelled"})
    assert answer.status_code == 201, answer.text
    assert {clock["state"] for clock in answer.json()["clocks"]} == {"cancelled"}
    assert await set_timers(service) == []
    await service.advance(at(2025, 3, 2))
    assert await service.published(LevelBreached) == []
    [february] = (await pensions.get("/v1/periods")).json()["items"]
    assert [r["measured"] for r in february["results"] if r["level"] != "correct-pay"] == [0, 0]


async def test_the_priority_changes_with_what_is_left(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    matter = (await raise_one(pensions))["id"]  # high: 960 minutes
    await service.advance(at(2025, 2, 3, 13))  # a quarter is used
    clock = clock_of(
        await entered(manager, matter, "priority_changed", priority="critical"),
        "resolution_time",
    )
    assert (clock["target_minutes"], clock["used_percent"]) == (480, "25.00")
    deadline = at(2025, 2, 4, 10, 30)  # three quarters of eight hours on
    assert datetime.fromisoformat(clock["deadline"]) == deadline
    assert deadline.replace(microsecond=0) in await set_timers(service)
    [changed] = await service.published(MatterChanged)
    assert changed.priority is Priority.CRITICAL
    await service.advance(deadline + timedelta(minutes=1))
    late = [b for b in await service.published(LevelBreached) if b.level == RESOLUTION.key]
    assert [(b.priority, b.target_minutes) for b in late] == [(Priority.CRITICAL, 480)]


UPDATES = ServiceLevel(
    key="updates",
    name="Updates in time",
    name_sv="Besked i tid",
    kind=MeasureKind.UPDATE_TIME,
    target_minutes=dict.fromkeys(Priority, 120),
    required_share_percent=RESPONSE.required_share_percent,
)
SLOWER = RESOLUTION.model_copy(
    update={"key": "resolved-in-time", "target_minutes": dict.fromkeys(Priority, 4800)}
)


@pytest.fixture
async def two_services(service: RunningService) -> AgreementSigned:
    signed = agreement(
        services=(
            signed_service(PAYROLL, RESPONSE, RESOLUTION, UPDATES),
            signed_service(INVOICES, SLOWER),
        )
    )
    await service.deliver(signed)
    for name in (PAYROLL, INVOICES):
        await service.deliver(went_live(signed, date(2025, 2, 1), service=name))
    return signed


async def test_a_clock_follows_its_matter_to_another_service(
    service: RunningService,
    two_services: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    matter = (await raise_one(pensions, priority="critical"))["id"]
    await service.advance(at(2025, 2, 3, 13))  # half of the eight hours
    moved = await entered(manager, matter, "moved", service=INVOICES)
    clocks = {each["clock"]: each for each in moved["clocks"]}
    resolution = clocks["resolution-time"]
    assert (resolution["level"], resolution["service"]) == ("resolved-in-time", INVOICES)
    assert (resolution["target_minutes"], resolution["used_percent"]) == (4800, "50.00")
    # The answer was late before the move: that stays payroll's. Updates are not promised there.
    assert (clocks["response-time"]["state"], clocks["response-time"]["service"]) == (
        "breached",
        PAYROLL,
    )
    assert clocks["updates"]["breached_rounds"] == 1
    [changed] = await service.published(MatterChanged)
    assert changed.service == INVOICES
    await entered(manager, matter, "resolved")
    await service.advance(at(2025, 3, 2))
    measured = {
        (p["service"], r["level"]): (r["measured"], r["met"])
        for p in (await pensions.get("/v1/periods")).json()["items"]
        for r in p["results"]
    }
    assert measured == {
        (PAYROLL, "response-time"): (1, False),
        (PAYROLL, "resolution-time"): (0, True),
        (PAYROLL, "updates"): (1, False),
        (INVOICES, "resolved-in-time"): (1, True),
    }


async def test_each_round_of_updates_is_breached_by_itself(
    service: RunningService,
    two_services: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    matter = (await raise_one(pensions))["id"]
    for hour in (12, 15):
        await service.advance(at(2025, 2, 3, hour))
        await entered(manager, matter, "updated")
    updates = [b for b in await service.published(LevelBreached) if b.level == "updates"]
    assert [(b.round, b.breached_at) for b in updates] == [
        (1, at(2025, 2, 3, 11)),
        (2, at(2025, 2, 3, 14)),
    ]
    explanation = await explained(pensions, matter, "updates")
    assert [(r["state"], r["event"]) for r in explanation["rounds"]] == [
        ("breached", 2),
        ("breached", 3),
        ("running", None),
    ]


# ------------------------------------------------------------------------------ warnings


async def test_warnings_are_given_once_and_withdrawn_when_no_longer_true(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    matter = (await raise_one(pensions))["id"]
    await service.advance(at(2025, 2, 3, 10, 29))
    assert await service.published(ClockWarned) == []
    await service.advance(at(2025, 2, 3, 10, 45))
    [warned] = await service.published(ClockWarned)
    assert (warned.level, warned.percent, warned.reached_at) == (
        RESPONSE.key,
        75,
        at(2025, 2, 3, 10, 30),
    )
    await entered(manager, matter, "waiting_for_customer", at=told(at(2025, 2, 3, 9, 30)))
    [withdrawn] = await service.published(ClockWarningWithdrawn)
    assert (withdrawn.warning_id, withdrawn.percent) == (warned.warning_id, 75)
    await entered(manager, matter, "resumed")
    await service.advance(at(2025, 2, 3, 12))
    assert [each.percent for each in await service.published(ClockWarned)] == [75, 75]
    shown = (await pensions.get("/v1/clock-warnings", params={"matter_id": matter})).json()
    assert [(w["percent"], w["withdrawn_at"] is None) for w in shown["items"]] == [
        (75, False),
        (75, True),
    ]
    true = await pensions.get("/v1/clock-warnings", params={"withdrawn": False})
    assert [w["id"] for w in true.json()["items"]] == [shown["items"][1]["id"]]
    for known_at, count in ((at(2025, 2, 3, 10, 29), 0), (at(2025, 2, 3, 10, 44), 1)):
        then = {"known_at": told(known_at), "withdrawn": "false"}
        known = (await pensions.get("/v1/clock-warnings", params=then)).json()["items"]
        assert [w["withdrawn_at"] for w in known] == [None] * count


async def test_a_breach_is_warned_of_too_and_others_see_nothing_of_it(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    forests: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    await raise_one(pensions, priority="critical")
    await service.advance(at(2025, 2, 3, 10, 30))
    percents = [each.percent for each in await service.published(ClockWarned)]
    assert percents == [75, 100]
    for who, door, count in ((pensions, "/v1", 2), (forests, "/v1", 0), (manager, "/ops/v1", 2)):
        assert len((await who.get(f"{door}/clock-warnings")).json()["items"]) == count
