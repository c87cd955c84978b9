"""Readings and the months they are reported in."""

from __future__ import annotations

from datetime import date
from typing import Any

import httpx
import pytest

from services.chassis.identity import Role
from services.chassis.testing import RunningService
from services.contracts.collab_model import PeriodClosed
from services.contracts.onboarding import AgreementSigned
from tests.component.collab_model.signed import (
    CORRECT_PAY,
    FORESTS,
    PAYROLL,
    PENSIONS,
    RESOLUTION,
    RESPONSE,
    agreement,
    at,
    signed_service,
    went_live,
)

A_READING: dict[str, Any] = {
    "id": "2025-02-payroll",
    "org_number": PENSIONS,
    "service": PAYROLL,
    "level": CORRECT_PAY.key,
    "period": "2025-02",
    "good": 998,
    "total": 1000,
}


@pytest.fixture
async def signed(service: RunningService) -> AgreementSigned:
    """Payroll in operation for one customer since the 3rd of February."""
    signed = agreement()
    await service.deliver(signed)
    await service.deliver(went_live(signed, date(2025, 2, 3)))
    return signed


async def report(client: httpx.AsyncClient, *rows: dict[str, Any]) -> httpx.Response:
    return await client.post("/ops/v1/readings", json={"source": "payroll", "rows": list(rows)})


async def results(service: RunningService) -> dict[str, tuple[str | None, int, bool]]:
    """How each level came out in the only period that was closed."""
    [period] = await service.published(PeriodClosed)
    return {
        result.level: (
            str(result.outcome_percent) if result.outcome_percent is not None else None,
            result.measured,
            result.met,
        )
        for result in period.results
    }


async def test_readings_of_a_month_are_summed_when_it_closes(
    service: RunningService, signed: AgreementSigned, manager: httpx.AsyncClient
) -> None:
    answer = await report(
        manager, A_READING, {**A_READING, "id": "second", "good": 500, "total": 500}
    )
    assert (answer.status_code, answer.json()) == (201, {"accepted": 2, "already_known": 0})
    await service.advance(at(2025, 3, 1, 3))
    assert await results(service) == {
        RESPONSE.key: (None, 0, True),
        RESOLUTION.key: (None, 0, True),
        CORRECT_PAY.key: ("99.86", 1500, True),
    }
    [period] = await service.published(PeriodClosed)
    assert (period.period, period.whole_month, period.met) == ("2025-02", False, True)
    [shown] = (await manager.get("/ops/v1/periods")).json()["items"]
    assert shown["results"][2] == {
        "level": CORRECT_PAY.key,
        "required_share_percent": "99.5",
        "outcome_percent": "99.86",
        "measured": 1500,
        "met": True,
        "good": 1498,
        "total": 1500,
        "excluded": 0,
    }


async def test_a_month_without_a_reading_is_not_met(
    service: RunningService, signed: AgreementSigned, pensions: httpx.AsyncClient
) -> None:
    await service.advance(at(2025, 3, 1, 3))
    assert (await results(service))[CORRECT_PAY.key] == (None, 0, False)
    [shown] = (await pensions.get("/v1/periods")).json()["items"]
    assert (shown["service"], shown["period"], shown["met"]) == (PAYROLL, "2025-02", False)
    assert [result["level"] for result in shown["results"]] == [
        RESPONSE.key,
        RESOLUTION.key,
        CORRECT_PAY.key,
    ]
    assert shown["results"][2]["outcome_percent"] is None


async def test_readings_are_taken_once(
    service: RunningService, signed: AgreementSigned, manager: httpx.AsyncClient
) -> None:
    assert (await report(manager, A_READING)).json() == {"accepted": 1, "already_known": 0}
    again = await report(manager, A_READING, A_READING, {**A_READING, "id": "new"})
    assert again.json() == {"accepted": 1, "already_known": 2}
    await service.advance(at(2025, 3, 1, 3))
    assert (await results(service))[CORRECT_PAY.key] == ("99.80", 2000, True)
    # Repeating what was known is no change, even after closing.
    assert (await report(manager, A_READING)).json() == {"accepted": 0, "already_known": 1}


async def test_another_source_may_use_the_same_id(
    signed: AgreementSigned, manager: httpx.AsyncClient
) -> None:
    await report(manager, A_READING)
    other = {"source": "survey", "rows": [{**A_READING, "good": 1}]}
    answer = await manager.post("/ops/v1/readings", json=other)
    assert answer.json() == {"accepted": 1, "already_known": 0}


REFUSED: tuple[tuple[dict[str, Any], int, str], ...] = (
    ({"good": 997}, 409, "reading_conflict"),
    ({"id": "n", "level": "no-such-level"}, 422, "level_unknown"),
    ({"id": "n", "level": RESPONSE.key}, 422, "level_measured_from_matters"),
    ({"id": "n", "service": "travel-expenses"}, 409, "service_not_live"),
    ({"id": "n", "org_number": FORESTS}, 409, "service_not_live"),
    ({"id": "n", "period": "2025-01"}, 422, "period_not_measured"),
    ({"id": "n", "period": "2025-03"}, 422, "period_not_measured"),
    ({"id": "n", "good": 1001}, 422, "reading_impossible"),
    ({"id": "n", "good": -1}, 422, "validation_failed"),
    ({"id": "n", "period": "2025-13"}, 422, "validation_failed"),
    ({"id": "n", "org_number": "202100-6256"}, 422, "validation_failed"),
    ({"id": "n", "total": "many"}, 422, "validation_failed"),
    ({"id": "n", "weight": 2}, 422, "validation_failed"),
)


async def test_a_refused_reading_takes_its_batch_with_it(
    service: RunningService, signed: AgreementSigned, manager: httpx.AsyncClient
) -> None:
    await report(manager, A_READING)
    good = {**A_READING, "id": "good", "good": 0}
    for change, status, code in REFUSED:
        answer = await report(manager, good, {**A_READING, **change})
        assert (answer.status_code, answer.json()["code"]) == (status, code), change
    await service.advance(at(2025, 3, 1, 3))
    assert (await results(service))[CORRECT_PAY.key] == ("99.80", 1000, True)


async def test_a_batch_that_contradicts_itself_is_refused(
    signed: AgreementSigned, manager: httpx.AsyncClient
) -> None:
    answer = await report(manager, A_READING, {**A_READING, "good": 1})
    assert (answer.status_code, answer.json()["code"]) == (409, "reading_conflict")
    assert (await report(manager, A_READING)).json()["accepted"] == 1


async def test_a_closed_month_takes_no_more_readings(
    service: RunningService,
    signed: AgreementSigned,
    manager: httpx.AsyncClient,
    pensions: httpx.AsyncClient,
) -> None:
    await service.advance(at(2025, 3, 3))
    before = (await pensions.get("/v1/periods")).json()
    answer = await report(manager, A_READING)
    assert (answer.status_code, answer.json()["code"]) == (409, "period_closed")
    assert (await pensions.get("/v1/periods")).json() == before
    assert len(await service.published(PeriodClosed)) == 1


async def test_readings_come_from_service_managers(
    service: RunningService, signed: AgreementSigned, pensions: httpx.AsyncClient
) -> None:
    for role in (Role.ACCOUNT_MANAGER, Role.FINANCE):
        async with service.client(role) as client:
            answer = await report(client, A_READING)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    # Agencies find no such door.
    answer = await pensions.post("/v1/readings", json={"source": "payroll", "rows": [A_READING]})
    assert answer.status_code == 404


async def test_clocks_count_in_the_month_they_were_decided_in(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    matter = {
        "service": PAYROLL,
        "kind": "incident",
        "priority": "normal",
        "title": "A wrong deduction",
        "description": "Two employees.",
    }
    await service.advance(at(2025, 2, 27, 15))  # a Thursday; a target of 240 or 1530 minutes
    ids = [(await pensions.post("/v1/matters", json=matter)).json()["id"] for _ in range(3)]
    await service.advance(at(2025, 2, 27, 16))
    for event in ("responded", "resolved"):
        await manager.post(f"/ops/v1/matters/{ids[0]}/events", json={"event": event})
    await manager.post(f"/ops/v1/matters/{ids[1]}/events", json={"event": "waiting_for_customer"})
    await service.advance(at(2025, 4, 1, 3))

    periods = {
        period.period: {result.level: result for result in period.results}
        for period in await service.published(PeriodClosed)
    }
    february, march = periods["2025-02"], periods["2025-03"]
    # Responses: the first was in time, the third was missed on Friday; the second waits.
    assert (february[RESPONSE.key].measured, february[RESPONSE.key].met) == (2, False)
    assert february[RESPONSE.key].outcome_percent == 50
    # Resolutions: the third matter's deadline passed in March.
    assert february[RESOLUTION.key].measured == 1
    assert february[RESOLUTION.key].outcome_percent == 100
    assert (march[RESPONSE.key].measured, march[RESPONSE.key].met) == (0, True)
    assert march[RESOLUTION.key].measured == 1
    assert march[RESOLUTION.key].outcome_percent == 0


async def test_a_service_that_went_live_long_ago_closes_every_month_since(
    service: RunningService, pensions: httpx.AsyncClient
) -> None:
    """The event was delayed: what fell due meanwhile is done, in order."""
    signed = agreement(services=(signed_service(PAYROLL, RESPONSE),))
    await service.deliver(signed)
    await service.deliver(went_live(signed, date(2024, 12, 1)))
    await service.advance(at(2025, 2, 4))
    periods = await service.published(PeriodClosed)
    assert [(period.period, period.whole_month) for period in periods] == [
        ("2024-12", True),
        ("2025-01", True),
    ]


async def test_periods_and_levels_are_found_by_service_and_period(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    await service.advance(at(2025, 5, 2))
    march = await manager.get("/ops/v1/periods", params={"period": "2025-03"})
    assert [each["period"] for each in march.json()["items"]] == ["2025-03"]
    first = (await pensions.get("/v1/periods", params={"limit": 2})).json()
    rest = (await pensions.get("/v1/periods", params={"limit": 2, "after": first["next"]})).json()
    assert [each["period"] for each in first["items"] + rest["items"]] == [
        "2025-02",
        "2025-03",
        "2025-04",
    ]
    for path in ("/v1/periods", "/v1/levels"):
        found = await pensions.get(path, params={"service": "travel-expenses"})
        assert found.json()["items"] == []
    assert len((await pensions.get("/v1/levels", params={"limit": 2})).json()["items"]) == 2
