"""Migrations and models agree; the service describes itself."""

from __future__ import annotations

import asyncio

from services.chassis import migrations
from services.chassis.testing import running
from services.onboarding.app import SPEC


async def test_migrations_and_models_agree(database_url: str) -> None:
    await asyncio.to_thread(migrations.upgrade, database_url, SPEC.migrations)
    found = await asyncio.to_thread(migrations.differences, database_url, SPEC.base.metadata)
    assert found == []


async def test_staff_only_routes_are_not_at_the_agencies_door(database_url: str) -> None:
    async with running(SPEC, database_url) as service:
        paths = service.runtime.app().openapi()["paths"]
    staff_only = {
        path.removeprefix("/ops/v1")
        for path, methods in paths.items()
        for method in methods
        if path.startswith("/ops/v1") and method not in paths.get(path.removeprefix("/ops"), {})
    }
    assert staff_only == {
        "/agencies",
        "/agencies/imports",
        "/agencies/{org_number}/facts",
        "/agencies/{org_number}/life-events",
        "/agencies/{org_number}/life-events/preview",
        "/agencies/{org_number}/life-events/{life_event_id}/cases",
        "/agencies/{org_number}/life-events/{life_event_id}/correction",
        "/agencies/{org_number}/obligations",
        "/agreements/{agreement_id}/amendments",
        "/deviations/counts",
        "/cases",
        "/cases/{case_id}/catalogue-version",
        "/cases/{case_id}/gate-items/{phase}/{item}",
        "/cases/{case_id}/gate-items/{phase}/{item}/evidence/withdrawal",
        "/cases/{case_id}/pause",
        "/cases/{case_id}/resume",
        "/cases/{case_id}/send-back",
        "/cases/{case_id}/phase",
        "/cases/{case_id}/go-live",
        "/cases/{case_id}/time-plan",
        "/cases/{case_id}/agreement",
        "/cases/{case_id}/reconciliations",
        "/cases/{case_id}/parallel-runs",
        "/cases/{case_id}/parallel-runs/file",
        "/cases/{case_id}/services/{service_key}/roll-back",
        "/cases/{case_id}/start-up-costs",
        "/cases/{case_id}/start-up-costs/purchases",
        "/cases/{case_id}/start-up-costs/time",
        "/cases/{case_id}/start-up-costs/totals",
        "/cases/{case_id}/start-up-costs/{cost_id}/correction",
        "/exits/{exit_id}/comments/{comment_id}/answer",
        "/exits/{exit_id}/costs",
        "/exits/{exit_id}/deliveries",
        "/exits/{exit_id}/phase",
        "/exits/{exit_id}/services/{service_key}",
        "/pipeline/capacity",
        "/pipeline/plans",
        "/pipeline/plans/{plan_id}",
    }
