"""An agreement with a level of every kind, and what is reported of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import httpx

from services.contracts.onboarding import AgreementSigned
from services.contracts.values import (
    CreditBand,
    CreditTerms,
    Delivery,
    DeliveryDay,
    MeasureKind,
    PlannedStops,
    ServiceLevel,
)
from tests.component.collab_model.signed import (
    CORRECT_PAY,
    PAYROLL,
    PENSIONS,
    RESPONSE,
    agreement,
    signed_service,
)

SELF_SERVICE = ServiceLevel(
    key="self-service",
    name="Self-service is up",
    name_sv="Självservice är tillgänglig",
    kind=MeasureKind.AVAILABILITY,
    required_share_percent=Decimal("99.5"),
    planned_stops=PlannedStops(notice_working_days=5, minutes_a_month=240),
)
PAY_DAYS = ServiceLevel(
    key="pay-days",
    name="Pay on the agreed day",
    name_sv="Lön på avtalad dag",
    kind=MeasureKind.PUNCTUALITY,
    required_share_percent=Decimal(100),
    deliveries=(
        Delivery(
            key="pay", name="Pay", name_sv="Löneutbetalning", due=DeliveryDay(day_of_month=25)
        ),
        Delivery(key="books", name="Books", name_sv="Redovisning", due=DeliveryDay(working_day=-2)),
    ),
)
SATISFACTION = ServiceLevel(
    key="satisfaction",
    name="Satisfied users",
    name_sv="Nöjda användare",
    kind=MeasureKind.SATISFACTION,
    required_share_percent=Decimal(75),
)
TERMS = CreditTerms(
    percent_per_breach=Decimal(2),
    monthly_cap_percent=Decimal(10),
    bands=(
        CreditBand(missed_by_points=Decimal(0), percent=Decimal(1)),
        CreditBand(missed_by_points=Decimal(5), percent=Decimal(3)),
    ),
    exclusions=("customer-late-input",),
)
ALL = (RESPONSE, CORRECT_PAY, SELF_SERVICE, PAY_DAYS, SATISFACTION)


def measured_agreement(*levels: ServiceLevel) -> AgreementSigned:
    """An agreement about payroll with these levels; by default one of each kind."""
    services = (signed_service(PAYROLL, *(levels or ALL)),)
    return agreement(services=services).model_copy(update={"credit_terms": TERMS})


def reading(
    id: str, level: ServiceLevel, period: str = "2025-03", **content: Any
) -> dict[str, Any]:
    """A row of a report about payroll."""
    return {
        "id": id,
        "org_number": PENSIONS,
        "service": PAYROLL,
        "level": level.key,
        "period": period,
        **content,
    }


MARCH = (
    reading("pay-right", CORRECT_PAY, good=997, total=1000),
    reading(
        "login",
        SELF_SERVICE,
        stops=[
            {
                "started_at": "2025-03-10T09:00:00+01:00",
                "ended_at": "2025-03-10T10:00:00+01:00",
                "cause": "supplier-failure",
                "note": "The login service was down",
            },
            {
                "started_at": "2025-03-19T15:00:00+01:00",
                "ended_at": "2025-03-19T20:00:00+01:00",
                "planned": True,
                "announced_at": "2025-03-03T10:00:00+01:00",
            },
        ],
    ),
    reading(
        "deliveries",
        PAY_DAYS,
        deliveries=[
            {"delivery": "pay", "delivered_at": "2025-03-25T07:00:00+01:00"},
            {
                "delivery": "books",
                "delivered_at": "2025-03-31T09:00:00+02:00",
                "cause": "centre-staffing",
            },
        ],
    ),
    reading("survey", SATISFACTION, grades=[0, 0, 0, 1, 1, 2, 3, 5, 4, 2]),
)
"""What was measured in March 2025."""


async def report(client: httpx.AsyncClient, *rows: dict[str, Any]) -> httpx.Response:
    """Report readings as the payroll system."""
    return await client.post("/ops/v1/readings", json={"source": "system", "rows": list(rows)})


async def only(client: httpx.AsyncClient, path: str, **query: str) -> dict[str, Any]:
    """The one item of a list, read in full."""
    [item] = (await client.get(path, params=query)).json()["items"]
    found: dict[str, Any] = (await client.get(f"{path}/{item['id']}")).json()
    return found
