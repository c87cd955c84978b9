from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.chassis.identity import Role
from services.chassis.ids import new_id
from services.chassis.testing import RunningService
from services.contracts.billing import TrueUpSettled
from tests.component.billing.conftest import Reader, report, volume_row
from tests.component.billing.events import agreement_signed, service_went_live


@pytest.fixture
async def path(billing: RunningService, reader: Reader) -> str:
    """Where to simulate: payroll live since February, on 30 April 2025 before the true-up."""
    await billing.deliver(agreement_signed())
    await billing.deliver(service_went_live())
    await billing.advance(datetime(2025, 4, 30, 8, tzinfo=UTC))
    await report(billing, volume_row("a", "2025-02", 1_200), volume_row("b", "2025-04", 0))
    [subscription] = await reader.items("/subscriptions")
    return f"/ops/v1/subscriptions/{subscription['id']}/true-ups/simulation"


async def test_a_simulation_equals_the_booking_made_at_the_same_state(
    billing: RunningService, reader: Reader, path: str
) -> None:
    async with billing.client(Role.FINANCE) as client:
        answer = await client.post(path, json={"through": "2025-04"})
    assert answer.status_code == 200
    assert await billing.published(TrueUpSettled) == []
    assert await reader.items("/true-ups") == []
    await billing.advance(datetime(2025, 4, 30, 18, tzinfo=UTC))
    [booked] = await reader.items("/true-ups")
    simulated = answer.json()
    assert simulated["difference_ore"] == (200 - 1_000) * 6_200
    assert {name: booked[name] for name in simulated} == simulated
    [settled] = await billing.published(TrueUpSettled)
    assert [area.model_dump() for area in settled.areas] == simulated["areas"]


async def test_after_the_booking_nothing_is_left_to_settle(
    billing: RunningService, path: str
) -> None:
    await billing.advance(datetime(2025, 4, 30, 18, tzinfo=UTC))
    async with billing.client(Role.FINANCE) as client:
        answer = (await client.post(path, json={"through": "2025-04"})).json()
    assert (answer["difference_ore"], answer["areas"], answer["months"]) == (0, [], [])


@pytest.mark.parametrize("through", ["2025-05", "2031-01"])
async def test_a_month_that_has_not_ended_is_refused(
    billing: RunningService, reader: Reader, path: str, through: str
) -> None:
    before = await reader.everything()
    async with billing.client(Role.FINANCE) as client:
        answer = await client.post(path, json={"through": through})
    assert (answer.status_code, answer.json()["code"]) == (422, "period_not_ended")
    assert await reader.everything() == before


async def test_who_may_simulate_what(billing: RunningService, path: str) -> None:
    body = {"through": "2025-03"}
    async with billing.client(Role.SERVICE_MANAGER) as client:
        refused = await client.post(path, json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    async with billing.client(Role.FINANCE) as client:
        unknown = await client.post(
            f"/ops/v1/subscriptions/{new_id()}/true-ups/simulation", json=body
        )
        malformed = await client.post(path, json={"through": "March"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    assert (malformed.status_code, malformed.json()["code"]) == (422, "validation_failed")
