"""Calendars as staff write them, for tests."""

from __future__ import annotations

from typing import Any

import httpx

OFFICE_DAY = [{"opens": "08:00", "closes": "16:30"}]
WITH_LUNCH = [{"opens": "13:00", "closes": "17:00"}, {"opens": "08:00", "closes": "12:00"}]
ALL_DAY = [{"opens": "00:00", "closes": "24:00"}]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
ALL_WEEK = (*WEEKDAYS, "saturday", "sunday")

AROUND_THE_CLOCK = dict.fromkeys(ALL_WEEK, ALL_DAY)


def version(holds_from: str = "2025-01-01", **changes: Any) -> dict[str, Any]:
    """A version of a calendar: office hours in Sweden, with its holidays and eves."""
    return {
        "holds_from": holds_from,
        "zone": "Europe/Stockholm",
        "weekly": dict.fromkeys(WEEKDAYS, OFFICE_DAY),
        "holidays": {"country": "SE"},
        "customary_eves": "swedish-state",
        "reason": "Agreed in the tactical forum",
        **changes,
    }


def calendar(key: str = "office", **changes: Any) -> dict[str, Any]:
    """A calendar with its first version."""
    return {
        "key": key,
        "name": "Office hours",
        "name_sv": "Kontorstid",
        "version": version(**changes),
    }


async def register(manager: httpx.AsyncClient, key: str = "office", **changes: Any) -> Any:
    """Register a calendar; the answer's body."""
    answer = await manager.post("/ops/v1/calendars", json=calendar(key, **changes))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def bind(
    manager: httpx.AsyncClient, agreement_id: str, key: str | None, holds_from: str, **more: Any
) -> Any:
    """Bind an agreement to a calendar; the answer's body."""
    body = {"calendar": key, "holds_from": holds_from, "reason": "Agreed", **more}
    answer = await manager.post(f"/ops/v1/service-hours/{agreement_id}/bindings", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def read(client: httpx.AsyncClient, path: str, **query: str) -> Any:
    """What a path answers to a reader who may see it."""
    answer = await client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()
