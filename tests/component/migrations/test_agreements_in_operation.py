"""Databases of the first schema go on with what they hold: subscriptions, levels, forums."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import make_url

from services.billing.app import SPEC as BILLING
from services.chassis.identity import Role
from services.chassis.testing import running
from services.collab_model.app import SPEC as COLLAB_MODEL
from services.contracts.collab_model import LevelBreached

PENSIONS = "202100-6255"
AGREEMENT, ID = "0190aaaa-0000-7000-8000-000000000001", "0190aaaa-0000-7000-8000-000000000002"
AT = "2025-01-07 09:00:00.000000"

BILLING_ROWS: dict[str, dict[str, object]] = {
    "customers": {
        "org_number": PENSIONS,
        "name": "Pensionsmyndigheten",
        "headcount": 1000,
        "updated_at": AT,
    },
    "subscriptions": {
        "id": ID,
        "case_id": "case-1",
        "agreement_id": AGREEMENT,
        "agreement_version": 1,
        "org_number": PENSIONS,
        "signed_name": "Pensionsmyndigheten",
        "tariff": "ssc-2020",
        "signed_on": "2025-01-07",
        "valid_from": "2025-01-07",
        "valid_until": "2028-01-06",
        "percent_per_breach": "5",
        "monthly_cap_percent": "12.5",
        "true_up_days": '["04-30"]',
        "revision": 1,
        "opened_at": AT,
    },
    "subscribed_services": {
        "id": ID,
        "subscription_id": ID,
        "position": 0,
        "service": "payroll",
        "service_area": "payroll",
        "name": "Payroll administration",
        "name_sv": "Löneadministration",
        "fee_items": '[{"key": "fixed", "name": "Fixed", "unit": "month", '
        '"unit_price_ore": 100, "yearly_quantity": 12}]',
        "live_on": "2025-01-01",
    },
    "invoices": {
        "id": ID,
        "number": "2025-000001",
        "subscription_id": ID,
        "org_number": PENSIONS,
        "customer_name": "Pensionsmyndigheten",
        "period": "2025-01",
        "issued_on": "2025-02-01",
        "total_ore": 100,
        "recorded_at": AT,
    },
}

COLLAB_ROWS: dict[str, dict[str, object]] = {
    "agreements": {
        "id": AGREEMENT,
        "case_id": ID,
        "org_number": PENSIONS,
        "customer_name": "Pensionsmyndigheten",
        "version": 1,
        "content_hash": "a" * 64,
        "valid_from": "2025-01-07",
        "valid_until": "2028-01-06",
        "service_hours": '{"opens": "08:00:00", "closes": "16:30:00"}',
        "first_live_on": "2025-01-01",
        "set_up_at": AT,
    },
    "agreement_services": {
        "id": ID,
        "agreement_id": AGREEMENT,
        "org_number": PENSIONS,
        "service": "payroll",
        "service_area": "payroll",
        "name": "Payroll administration",
        "name_sv": "Löneadministration",
        "live_on": "2025-01-01",
    },
    "levels": {
        "id": ID,
        "agreement_id": AGREEMENT,
        "org_number": PENSIONS,
        "service": "payroll",
        "key": "response-time",
        "name": "Response",
        "name_sv": "Svar",
        "kind": "response_time",
        "target_minutes": '{"critical": 60}',
        "required_share_percent": 90,
    },
    "forums": {
        "id": ID,
        "agreement_id": AGREEMENT,
        "org_number": PENSIONS,
        "key": "operative",
        "name": "Operative forum",
        "name_sv": "Operativt forum",
        "level": "operative",
        "meetings_per_year": 12,
        "meetings_per_year_in_stabilisation": 26,
    },
    "matters": {
        "id": ID,
        "org_number": PENSIONS,
        "agreement_id": AGREEMENT,
        "service": "payroll",
        "kind": "incident",
        "priority": "critical",
        "title": "Pay",
        "description": "Late.",
        "raised_at": AT,
        "status": "open",
    },
    "matter_log": {
        "id": ID,
        "matter_id": ID,
        "sequence": 1,
        "event": "raised",
        "at": AT,
        "party": "customer",
        "note": "",
    },
    "breaches": {
        "id": ID,
        "matter_id": ID,
        "level_id": ID,
        "agreement_id": AGREEMENT,
        "priority": "critical",
        "target_minutes": 60,
        "breached_at": "2025-01-07 10:00:00.000000",
        "recorded_at": "2025-01-07 10:00:00.000000",
    },
}


def _first_schema(url: str, scripts: Path, rows: dict[str, dict[str, object]]) -> None:
    """A database as the first release left it, with some rows."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        parsed = parsed.set(drivername="sqlite")
    engine = sa.create_engine(parsed)
    config = Config()
    config.set_main_option("script_location", str(scripts))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, f"{scripts.parent.name}_0001")
        for table, row in rows.items():
            columns = ", ".join(row)
            values = ", ".join(f":{name}" for name in row)
            connection.execute(sa.text(f"INSERT INTO {table} ({columns}) VALUES ({values})"), row)
    engine.dispose()


async def _items(client: httpx.AsyncClient, path: str) -> list[dict[str, Any]]:
    answer = await client.get(f"/v1{path}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_subscriptions_and_invoices_are_carried_over(database_url: str) -> None:
    _first_schema(database_url, BILLING.migrations, BILLING_ROWS)
    start = datetime(2025, 2, 10, tzinfo=UTC)
    async with running(BILLING, database_url, start=start) as service:
        async with service.client(Role.AGENCY, org_number=PENSIONS) as client:
            [subscription] = await _items(client, "/subscriptions")
            [invoice] = await _items(client, "/invoices")
        assert subscription["customer_name"] == "Pensionsmyndigheten"
        assert (subscription["status"], subscription["agreement_version"]) == ("active", 1)
        assert subscription["services"][0]["live_on"] == "2025-01-01"
        assert subscription["yearly_fee_ore"] == 1_200
        assert (invoice["number"], invoice["final"]) == ("2025-000001", False)


async def test_levels_forums_and_matters_are_carried_over(database_url: str) -> None:
    _first_schema(database_url, COLLAB_MODEL.migrations, COLLAB_ROWS)
    start = datetime(2025, 1, 7, 10, 30, tzinfo=UTC)
    async with (
        running(COLLAB_MODEL, database_url, start=start) as service,
        service.client(Role.AGENCY, org_number=PENSIONS) as client,
        service.client(Role.SERVICE_MANAGER) as manager,
    ):
        [level] = await _items(client, "/levels")
        [forum] = await _items(client, "/forums")
        matter = (await client.get(f"/v1/matters/{ID}")).json()
        raised = {
            "service": "payroll",
            "kind": "incident",
            "priority": "critical",
            "title": "Pay",
            "description": "Again.",
        }
        again = await client.post("/v1/matters", json=raised)
        updated = {"event": "updated"}
        await manager.post(f"/ops/v1/matters/{ID}/events", json=updated)
        assert await service.published(LevelBreached) == []  # the breach is known
    assert (level["version"], level["key"]) == (1, "response-time")
    assert (forum["key"], forum["meetings_per_year"]) == ("operative", 12)
    assert [clock["target_minutes"] for clock in matter["clocks"]] == [60]
    [line] = matter["log"]
    assert (line["late"], line["holds"], line["service"]) == (False, True, "payroll")
    assert again.status_code == 201
