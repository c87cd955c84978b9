"""What a centre holds, in a form in which two centres can be compared.

Identifiers are made anew in every run, so they and the hashes over them are blotted out;
everything else, instants of simulated time included, must be the same.
"""

from __future__ import annotations

import json
import re
from typing import Any

import httpx

from services.replay.runner import Credentials, GatewayClient

_MADE_ANEW = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{64}\b")

_LISTS = (
    "agencies",
    "cases",
    "levels",
    "periods",
    "forums",
    "meetings",
    "matters",
    "subscriptions",
    "volumes",
    "invoices",
    "true-ups",
    "credits",
)
_SHOWN_ALONE = ("cases", "matters", "meetings", "subscriptions", "invoices")


async def end_state(http: httpx.AsyncClient, staff: Credentials) -> dict[str, list[str]]:
    """Everything staff can list, and what can be shown alone, each as canonical JSON."""
    gateway = GatewayClient(http)
    state: dict[str, list[str]] = {}
    for name in _LISTS:
        items = await _whole_list(gateway, staff, f"/ops/v1/{name}")
        if name in _SHOWN_ALONE:
            items = [
                (await gateway.request(staff, "GET", f"/ops/v1/{name}/{item['id']}")).json()
                for item in items
            ]
        state[name] = sorted(_canonical(item) for item in items)
    return state


async def _whole_list(gateway: GatewayClient, staff: Credentials, path: str) -> list[Any]:
    items: list[Any] = []
    cursor = ""
    while True:
        answer = await gateway.request(staff, "GET", f"{path}?limit=200{cursor}")
        assert answer.status_code == 200, f"{path}: {answer.text}"
        page = answer.json()
        items += page["items"]
        if page["next"] is None:
            return items
        cursor = f"&after={page['next']}"


def _canonical(item: Any) -> str:
    text = json.dumps(item, sort_keys=True, ensure_ascii=False)
    return _MADE_ANEW.sub("(made anew)", text)
