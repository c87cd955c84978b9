"""Levels beneath the customer's as staff set them, for tests."""

from __future__ import annotations

from typing import Any

import httpx

from tests.component.collab_model.signed import PAYROLL

TOMORROW = "2025-02-04"
TEAM: dict[str, Any] = {
    "key": "specialists",
    "name": "Specialists answer in time",
    "name_sv": "Specialisterna svarar i tid",
    "beneath": "internal",
    "counterpart": "specialists",
    "target_minutes": {"high": 60},
}


async def set_levels(
    who: httpx.AsyncClient, *levels: dict[str, Any], **changes: object
) -> httpx.Response:
    """Set the levels beneath those of payroll, from tomorrow on."""
    body = {"service": PAYROLL, "holds_from": TOMORROW, "levels": levels, **changes}
    return await who.post("/ops/v1/internal-levels", json=body)
