"""Events as onboarding and collab_model send them, with the figures of one made-up case."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from services.contracts.collab_model import LevelBreached
from services.contracts.onboarding import (
    AgencyRegistered,
    AgreementSigned,
    FeeIndicationRequested,
    ServiceVolumes,
    ServiceWentLive,
)
from services.contracts.values import (
    CreditTerms,
    FeeItem,
    MeasureKind,
    Priority,
    ServiceHours,
    SignedService,
)

PENSIONS = "202100-6255"
FORESTRY = "202100-5612"
NOBODY = "202100-0852"

PAYROLL_YEARLY_ORE = 16_200_000 + 12_000 * 6_200
"""Yearly payroll fee of ``agreement_signed``: 12 months and 12,000 payslips."""


def agency_registered(
    org_number: str = PENSIONS, name: str = "Pensionsmyndigheten"
) -> AgencyRegistered:
    return AgencyRegistered(org_number=org_number, name=name, headcount=1000)


def fee_indication_requested(**changes: object) -> FeeIndicationRequested:
    fields: dict[str, object] = {
        "request_id": "request-1",
        "case_id": "case-1",
        "org_number": PENSIONS,
        "headcount": 1000,
        "tariff": None,
        "services": (ServiceVolumes(service="payroll", yearly_volumes={"payslip": 12_000}),),
    }
    return FeeIndicationRequested.model_validate(fields | changes)


def _item(key: str, unit: str, price: int, quantity: int, area: str) -> FeeItem:
    return FeeItem(
        key=key,
        service_area=area,
        name=key,
        unit=unit,
        unit_price_ore=price,
        yearly_quantity=quantity,
    )


PAYROLL = SignedService(
    service="payroll",
    service_area="payroll",
    name="Payroll administration",
    name_sv="Löneadministration",
    levels=(),
    fee_items=(
        _item("payroll-base-fixed", "month", 1_350_000, 12, "payroll"),
        _item("payroll-base-variable", "payslip", 2_200, 12_000, "payroll"),
        _item("payroll-system-variable", "payslip", 4_000, 12_000, "payroll"),
    ),
)

E_COMMERCE = SignedService(
    service="e-commerce",
    service_area="e-commerce",
    name="E-commerce",
    name_sv="E-handel",
    levels=(),
    fee_items=(
        _item("finance-base-fixed", "month", 1_350_000, 12, "finance"),
        _item("supplier-invoice-with-coding", "supplier-invoice", 6_500, 1_200, "e-commerce"),
    ),
)


def agreement_signed(**changes: object) -> AgreementSigned:
    fields: dict[str, object] = {
        "agreement_id": "agreement-1",
        "case_id": "case-1",
        "org_number": PENSIONS,
        "customer_name": "Pensionsmyndigheten",
        "version": 1,
        "content_hash": "0" * 64,
        "signed_on": date(2025, 1, 7),
        "valid_from": date(2025, 1, 7),
        "valid_until": date(2028, 1, 6),
        "tariff": "ssc-2020",
        "services": (PAYROLL,),
        "responsibilities": (),
        "service_hours": ServiceHours(),
        "collaboration_template": "ssc-2016",
        "forums": (),
        "credit_terms": CreditTerms(
            percent_per_breach=Decimal(5), monthly_cap_percent=Decimal("12.5")
        ),
        "true_up_days": ("04-30", "10-31"),
        "stabilisation_periods": 3,
    }
    return AgreementSigned.model_validate(fields | changes)


def service_went_live(**changes: object) -> ServiceWentLive:
    fields: dict[str, object] = {
        "case_id": "case-1",
        "agreement_id": "agreement-1",
        "org_number": PENSIONS,
        "service": "payroll",
        "live_on": date(2025, 2, 1),
    }
    return ServiceWentLive.model_validate(fields | changes)


def level_breached(number: int, **changes: object) -> LevelBreached:
    fields: dict[str, object] = {
        "breach_id": f"breach-{number}",
        "matter_id": f"matter-{number}",
        "org_number": PENSIONS,
        "agreement_id": "agreement-1",
        "service": "payroll",
        "level": "incident-resolution",
        "kind": MeasureKind.RESOLUTION_TIME,
        "priority": Priority.HIGH,
        "target_minutes": 480,
        "breached_at": datetime(2025, 3, 12, 10, tzinfo=UTC),
    }
    return LevelBreached.model_validate(fields | changes)


def other_customer() -> dict[str, str]:
    """What sets another customer's agreement and go-live apart from the first's."""
    return {"org_number": FORESTRY, "case_id": "case-2", "agreement_id": "agreement-2"}
