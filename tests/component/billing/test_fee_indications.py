from __future__ import annotations

import pytest

from services.chassis.testing import RunningService
from services.contracts.billing import FeeIndicated, FeeIndicationRefused
from services.contracts.onboarding import ServiceVolumes
from tests.component.billing.events import fee_indication_requested


async def test_a_request_is_answered_with_every_step(billing: RunningService) -> None:
    await billing.deliver(fee_indication_requested())
    [indicated] = await billing.published(FeeIndicated)
    assert indicated.tariff == "ssc-2020"
    assert indicated.yearly_total_ore == sum(line.amount_ore for line in indicated.lines)
    assert indicated.yearly_total_ore == (12 * 13_500 + 12_000 * 62) * 100
    assert "12,000 payslips x 22.00 SEK" in indicated.lines[1].explanation


async def test_a_repeated_request_is_answered_once(billing: RunningService) -> None:
    await billing.deliver(fee_indication_requested())
    await billing.deliver(fee_indication_requested())
    await billing.deliver(fee_indication_requested(headcount=5))
    assert len(await billing.published(FeeIndicated)) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"tariff": "ssc-1999"}, "unknown-tariff"),
        ({"services": ()}, "no-services"),
        (
            {"services": (ServiceVolumes(service="travel-and-expenses", yearly_volumes={}),)},
            "service-not-priced",
        ),
        (
            {"services": (ServiceVolumes(service="payroll", yearly_volumes={}),)},
            "missing-volume",
        ),
    ],
)
async def test_what_cannot_be_computed_is_refused_once(
    billing: RunningService, changes: dict[str, object], code: str
) -> None:
    await billing.deliver(fee_indication_requested(**changes))
    await billing.deliver(fee_indication_requested(**changes))
    [refused] = await billing.published(FeeIndicationRefused)
    assert refused.code == code
    assert refused.reason.endswith(".")
    assert await billing.published(FeeIndicated) == []
