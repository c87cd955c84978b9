"""Items of a tariff as they are sent."""

from __future__ import annotations

from typing import Any


def item(**changes: Any) -> dict[str, Any]:
    """A plain item, with some of it otherwise."""
    return {
        "key": "payslip-fee",
        "service_area": "payroll",
        "services": ["payroll"],
        "name": "Payslips",
        "unit": "payslip",
        "prices_ore": [2_200],
    } | changes


def banded(*bands: tuple[int, int | None], **changes: Any) -> dict[str, Any]:
    """An item in bands; each its lowest number less one, and its highest."""
    rows = [{"above": low, "through": high, "prices_ore": [100]} for low, high in bands]
    return item(prices_ore=[], banding="graduated", bands=rows) | changes
