from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from services.chassis.identity import Role
from services.chassis.ids import new_id
from services.chassis.testing import RunningService
from services.contracts.billing import TrueUpSettled
from tests.component.billing.conftest import Reader, report, volume_row
from tests.component.billing.events import (
    FORESTRY,
    PENSIONS,
    agreement_signed,
    service_went_live,
)


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


async def test_terms_carry_what_is_small_and_settle_at_actual_prices(
    billing: RunningService, reader: Reader, path: str
) -> None:
    terms = path.replace("true-ups/simulation", "true-up-terms")
    given = {
        "holds_from": "2025-02-01",
        "schedule": "tertial",
        "materiality_ore": 5_000_000,
        "settles_at": "actual_prices",
        "reason": "Årlig överenskommelse",
    }
    price = {
        "service": "payroll",
        "unit": "payslip",
        "period": "2025-02",
        "amount_ore": "6250.5",
        "cost_basis": "Utfall februari",
    }
    async with billing.client(Role.FINANCE) as client:

        async def simulate(through: str) -> dict[str, Any]:
            found: dict[str, Any] = (await client.post(path, json={"through": through})).json()
            return found

        for changes, code in (
            ({"schedule": "weekly"}, "true_up_schedule_unknown"),
            ({"days": ["04-30"]}, "true_up_days_ambiguous"),
            ({"schedule": None, "days": ["13-01"]}, "validation_failed"),
        ):
            assert (await client.post(terms, json=given | changes)).json()["code"] == code
        registered = (await client.post(terms, json=given)).json()
        assert registered["next_day"] == "2025-04-30"
        assert registered["days"] == ["04-30", "08-31", "12-31"]
        for changes, code in (
            ({"unit": "furlong"}, "unit_unknown"),
            ({"service": "gardening"}, "service_unknown"),
            ({"period": "2025-05"}, "period_not_ended"),
        ):
            refused = await client.post("/ops/v1/actual-prices", json={"prices": [price | changes]})
            assert refused.json()["code"] == code
        for _ in range(2):
            kept = await client.post("/ops/v1/actual-prices", json={"prices": [price]})
            assert (kept.status_code, kept.json()["prices"][0]["number"]) == (201, 1)

        # 200 more at 62 kronor, and 50.5 öre more for each of 1,200; 1,000 fewer in April.
        simulated = await simulate("2025-04")
        assert (simulated["months"], simulated["difference_ore"]) == ([], 0)
        [carried] = simulated["carried"]
        difference = 200 * 6_200 + 60_600 - 1_000 * 6_200
        assert carried["difference_ore"] == difference
        assert (carried["too_large"], carried["contact_required"]) == (False, False)
        await billing.advance(datetime(2025, 4, 30, 18, tzinfo=UTC))
        [booked] = await reader.items("/true-ups")
        assert {name: booked[name] for name in simulated} == simulated
        assert await billing.published(TrueUpSettled) == []

        # The year's end settles what was carried twice, however small it is.
        await billing.advance(datetime(2025, 12, 31, 8, tzinfo=UTC))
        simulated = await simulate("2025-12")
        await billing.advance(datetime(2026, 2, 2, tzinfo=UTC))
        shown = await reader.items("/true-ups")
        assert [each["settled_on"] for each in shown] == ["2025-04-30", "2025-08-31", "2025-12-31"]
        assert {name: shown[-1][name] for name in simulated} == simulated
        assert (simulated["carried"], simulated["difference_ore"]) == ([], difference)
        assert simulated["causes"] == {
            "volume_ore": -800 * 6_200,
            "cost_ore": 60_600,
            "tariff_ore": 0,
            "membership_ore": 0,
        }
        december = (await reader.items("/invoices"))[10]
        told = "volume -49,600.00 SEK, cost 606.00 SEK"
        assert any(told in each["text"] for each in december["lines"])
    async with billing.client(Role.AGENCY, org_number=PENSIONS) as agency:
        seen = (await agency.get(terms.replace("/ops/v1", "/v1"))).json()
        assert (seen["settles_at"], seen["year_end"]) == ("actual_prices", "12-31")
    async with billing.client(Role.AGENCY, org_number=FORESTRY) as agency:
        assert (await agency.get(terms.replace("/ops/v1", "/v1"))).status_code == 404
