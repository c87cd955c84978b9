from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.billing.app import SPEC
from services.chassis.identity import Role
from services.chassis.testing import RunningService, running
from tests.component.billing.events import PENSIONS


@pytest.fixture
async def billing(database_url: str) -> AsyncIterator[RunningService]:
    """Billing on a fresh database, its time standing at 7 January 2025."""
    async with running(SPEC, database_url) as service:
        yield service


class Reader:
    """Reads billing's lists as finance sees them."""

    def __init__(self, service: RunningService) -> None:
        self._service = service

    async def items(self, path: str, **query: str) -> list[dict[str, Any]]:
        """A whole list, which must fit one page."""
        async with self._service.client(Role.FINANCE) as client:
            answer = await client.get(f"/ops/v1{path}", params={"limit": "200", **query})
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert body["next"] is None
        found: list[dict[str, Any]] = body["items"]
        return found

    async def everything(self) -> dict[str, list[dict[str, Any]]]:
        """All that billing shows, for telling that nothing changed."""
        paths = ("/subscriptions", "/volumes", "/invoices", "/true-ups", "/credits")
        return {path: await self.items(path) for path in paths}


@pytest.fixture
def reader(billing: RunningService) -> Reader:
    return Reader(billing)


def volume_row(row_id: str, period: str, quantity: object, **changes: object) -> dict[str, object]:
    """A row of a volume report."""
    return {
        "id": row_id,
        "org_number": PENSIONS,
        "service": "payroll",
        "unit": "payslip",
        "period": period,
        "quantity": quantity,
    } | changes


async def report(
    service: RunningService, *rows: dict[str, object], source: str = "payroll-system"
) -> dict[str, Any]:
    """Report volumes as finance and return the answer."""
    async with service.client(Role.FINANCE) as client:
        answer = await client.post("/ops/v1/volumes", json={"source": source, "rows": rows})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body
