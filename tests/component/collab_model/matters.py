"""Raising matters and entering their events, as customers and the centre do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx

from services.chassis.tables import timers
from services.chassis.testing import RunningService
from services.collab_model.matters.settling import LEVEL_DEADLINE
from tests.component.collab_model.signed import (
    PAYROLL,
)

A_MATTER: dict[str, Any] = {
    "service": PAYROLL,
    "kind": "incident",
    "priority": "high",
    "title": "Payslips are missing",
    "description": "Twelve employees have no payslip for January.",
}
UNKNOWN_ID = "01950000-0000-7000-8000-000000000000"


async def raise_one(client: httpx.AsyncClient, **changes: object) -> dict[str, Any]:
    answer = await client.post("/v1/matters", json={**A_MATTER, **changes})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def enter(
    client: httpx.AsyncClient, matter_id: str, event: str, door: str = "/ops/v1"
) -> httpx.Response:
    return await client.post(f"{door}/matters/{matter_id}/events", json={"event": event})


async def set_timers(service: RunningService) -> list[datetime]:
    """When the deadline timers that are set are due."""
    async with service.runtime.database.transaction(write=False) as session:
        rows = await session.execute(
            timers.select()
            .where(timers.c.name == LEVEL_DEADLINE, timers.c.status == "set")
            .order_by(timers.c.due_at)
        )
        return [row.due_at.replace(microsecond=0) for row in rows]


def told(instant: datetime) -> str:
    return instant.isoformat()


async def enter_as(
    who: httpx.AsyncClient, matter_id: str, event: str, **details: object
) -> httpx.Response:
    """What staff enter, with what belongs to it."""
    return await who.post(f"/ops/v1/matters/{matter_id}/events", json={"event": event, **details})


async def entered(
    who: httpx.AsyncClient, matter_id: str, event: str, **details: object
) -> dict[str, Any]:
    answer = await enter_as(who, matter_id, event, **details)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def mended(
    who: httpx.AsyncClient, matter_id: str, line: int, how: str, **body: object
) -> httpx.Response:
    return await who.post(
        f"/ops/v1/matters/{matter_id}/log/{line}/{how}", json={"reason": "by the mail", **body}
    )


async def explained(
    who: httpx.AsyncClient, matter_id: str, clock: str, door: str = "/v1", **as_of: datetime
) -> dict[str, Any]:
    answer = await who.get(
        f"{door}/matters/{matter_id}/clocks/{clock}",
        params={name: told(instant) for name, instant in as_of.items()},
    )
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def clock_of(matter: dict[str, Any], kind: str) -> dict[str, Any]:
    clock: dict[str, Any] = next(each for each in matter["clocks"] if each["kind"] == kind)
    return clock


def refused(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code)
