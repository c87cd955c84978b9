"""A register under test: staff, and agencies that are entered as the facts have them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx

from services.chassis.identity import Role
from services.chassis.testing import RunningService, running
from services.onboarding.app import SPEC
from services.onboarding.data_files import DATA
from tests.component.onboarding.walk import done

ESV, STATSKONTORET, PENSION = "202100-5026", "202100-0852", "202100-6255"
NAMES = {
    ESV: "Ekonomistyrningsverket",
    STATSKONTORET: "Statskontoret",
    PENSION: "Pensionsmyndigheten",
}
START = datetime(2025, 10, 6, 9, 0, tzinfo=UTC)
NEW_YEAR = "2026-01-01"
STATE_AGENCIES = DATA / "agencies" / "state-agencies-2025.csv"


class Register:
    """The register's clients and what they do."""

    def __init__(self, service: RunningService, staff: httpx.AsyncClient) -> None:
        self.service = service
        self.staff = staff

    async def enter(self, *org_numbers: str, **more: object) -> None:
        """Register agencies, known from the beginning of 2025."""
        for org_number in org_numbers:
            body = {
                "org_number": org_number,
                "name": NAMES[org_number],
                "headcount": 150,
                "city": "Stockholm",
                "valid_from": "2025-01-01",
                **more,
            }
            done(await self.staff.post("/ops/v1/agencies", json=body), 201)

    async def read(self, path: str) -> dict[str, Any]:
        """Something staff may read."""
        return done(await self.staff.get(f"/ops/v1/{path}"))

    async def post(self, path: str, body: object, **headers: str) -> httpx.Response:
        """A command of the staff."""
        return await self.staff.post(f"/ops/v1/{path}", json=body, headers=headers)

    async def upload(self, content: bytes, query: str = "") -> httpx.Response:
        """Bring in a file."""
        return await self.staff.post(
            f"/ops/v1/agencies/imports{query}",
            content=content,
            headers={"Content-Type": "text/csv; charset=utf-8"},
        )

    async def event(self, org_number: str, kind: str, day: str = NEW_YEAR, **more: object) -> Any:
        """Record a life event that is accepted."""
        body = {"kind": kind, "effective_on": day, **more}
        return done(await self.post(f"agencies/{org_number}/life-events", body), 201)

    async def merge(self) -> tuple[Any, Any]:
        """Statskontoret goes into Ekonomistyrningsverket, which takes its name."""
        merged = await self.event(STATSKONTORET, "merged", successor=ESV)
        renamed = await self.event(ESV, "renamed", name="Statskontoret")
        return merged, renamed

    async def open(self, org_number: str, *services: str) -> str:
        """Open a case; returns its id."""
        body = {"org_number": org_number, "services": list(services)}
        return str(done(await self.post("cases", body), 201)["id"])

    async def customer(self, case_id: str, day: str, **query: str) -> dict[str, Any]:
        """Who the customer of a case was on a day."""
        answer = await self.staff.get(
            "/ops/v1/agencies/customers", params={"case_id": case_id, "valid_on": day, **query}
        )
        (found,) = done(answer)["items"]
        return dict(found)

    async def told(self, case_id: str) -> str:
        """The sentences of a case's timeline."""
        entries = (await self.read(f"cases/{case_id}/timeline?limit=200"))["items"]
        return " ".join(entry["sentence"] for entry in entries)

    async def standing(self) -> tuple[Any, ...]:
        """Everything that a refusal has to leave as it was."""
        agencies = (await self.read("agencies?limit=200"))["items"]
        histories = [
            await self.read(f"agencies/{agency['org_number']}/history") for agency in agencies[:5]
        ]
        cases = (await self.read("cases?limit=200"))["items"]
        return agencies, histories, cases, await self.service.published_types()


@asynccontextmanager
async def register(database_url: str, start: datetime = START) -> AsyncIterator[Register]:
    """An empty register with an account manager."""
    async with (
        running(SPEC, database_url, start=start) as service,
        service.client(Role.ACCOUNT_MANAGER) as staff,
    ):
        yield Register(service, staff)


@asynccontextmanager
async def nothing_changes(found: Register) -> AsyncIterator[None]:
    """Shows that what happens inside leaves no trace."""
    before = await found.standing()
    yield
    assert await found.standing() == before
