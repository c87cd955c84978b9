"""The migrations build exactly the tables that the models describe."""

from __future__ import annotations

import asyncio

from services.chassis import migrations
from services.collab_model.app import SPEC


async def test_migrations_and_models_agree(database_url: str) -> None:
    await asyncio.to_thread(migrations.upgrade, database_url, SPEC.migrations)
    found = await asyncio.to_thread(migrations.differences, database_url, SPEC.base.metadata)
    assert found == []
