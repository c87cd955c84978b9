"""Finance at work in a component test: what it does goes well, or the test fails."""

from __future__ import annotations

from typing import Any

import httpx

from services.chassis.identity import Role
from services.chassis.testing import RunningService


class Desk:
    """Asks as finance; paths begin behind the staff's door."""

    def __init__(self, service: RunningService) -> None:
        self._service = service

    async def send(self, path: str, body: Any) -> httpx.Response:
        """Post, whatever the answer."""
        async with self._service.client(Role.FINANCE) as client:
            return await client.post(f"/ops/v1{path}", json=body)

    async def ok(self, path: str, body: Any) -> Any:
        """Post, and read the answer."""
        answer = await self.send(path, body)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()

    async def ask(self, path: str, **query: str) -> httpx.Response:
        """Get, whatever the answer."""
        async with self._service.client(Role.FINANCE) as client:
            return await client.get(f"/ops/v1{path}", params=query)

    async def get(self, path: str, **query: str) -> Any:
        """Get, and read the answer."""
        answer = await self.ask(path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()
