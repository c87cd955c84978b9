"""collab_model running, and clients of those who use it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import httpx
import pytest

from services.chassis.identity import Role
from services.chassis.testing import RunningService, running
from services.collab_model.app import SPEC
from services.contracts.onboarding import AgreementSigned
from tests.component.collab_model.signed import FORESTS, PENSIONS, agreement, at, went_live

MONDAY = at(2025, 2, 3, 9)
"""An ordinary Monday morning, an hour into the service day."""


@pytest.fixture
async def service(database_url: str) -> AsyncIterator[RunningService]:
    """collab_model with nothing in it, on a Monday morning."""
    async with running(SPEC, database_url, start=MONDAY) as running_service:
        yield running_service


@pytest.fixture
async def pensions(service: RunningService) -> AsyncIterator[httpx.AsyncClient]:
    """A customer agency."""
    async with service.client(Role.AGENCY, org_number=PENSIONS) as client:
        yield client


@pytest.fixture
async def forests(service: RunningService) -> AsyncIterator[httpx.AsyncClient]:
    """Another customer agency."""
    async with service.client(Role.AGENCY, org_number=FORESTS) as client:
        yield client


@pytest.fixture
async def manager(service: RunningService) -> AsyncIterator[httpx.AsyncClient]:
    """The centre's service manager."""
    async with service.client(Role.SERVICE_MANAGER) as client:
        yield client


@pytest.fixture
async def finance(service: RunningService) -> AsyncIterator[httpx.AsyncClient]:
    """Staff who have nothing to do with matters and meetings."""
    async with service.client(Role.FINANCE) as client:
        yield client


@pytest.fixture
async def signed(service: RunningService) -> AgreementSigned:
    """Payroll in operation for one customer since the 1st of February."""
    signed = agreement()
    await service.deliver(signed)
    await service.deliver(went_live(signed, date(2025, 2, 1)))
    return signed
