"""Events as onboarding and collab_model send them, with the figures of one made-up case."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from services.contracts.collab_model import LevelBreached, LevelBreachWithdrawn
from services.contracts.onboarding import (
    AgencyLifeEventRecorded,
    AgencyRegistered,
    AgreementEnded,
    AgreementSigned,
    EndingService,
    FeeIndicationRequested,
    FinalSettlementRequested,
    ServiceEnded,
    ServiceRolledBack,
    ServiceVolumes,
    ServiceWentLive,
    StartUpCostRegistered,
)
from services.contracts.values import (
    CreditTerms,
    EndReason,
    FeeItem,
    LifeEventKind,
    MeasureKind,
    Priority,
    ServiceHours,
    SignedService,
    StartUpCostKind,
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


def level_breach_withdrawn(number: int, **changes: object) -> LevelBreachWithdrawn:
    breach = level_breached(number)
    fields: dict[str, object] = {
        **breach.model_dump(
            include={"breach_id", "matter_id", "org_number", "agreement_id", "service", "level"}
        ),
        "breached_at": breach.breached_at,
        "withdrawn_at": datetime(2025, 3, 20, 10, tzinfo=UTC),
        "reason": "the answer was entered late",
    }
    return LevelBreachWithdrawn.model_validate(fields | changes)


def other_customer() -> dict[str, str]:
    """What sets another customer's agreement and go-live apart from the first's."""
    return {"org_number": FORESTRY, "case_id": "case-2", "agreement_id": "agreement-2"}


def life_event(kind: LifeEventKind, org_number: str, **changes: object) -> AgencyLifeEventRecorded:
    fields: dict[str, object] = {
        "life_event_id": f"{kind.value}-{org_number}",
        "kind": kind,
        "org_number": org_number,
        "effective_on": date(2026, 1, 1),
    }
    return AgencyLifeEventRecorded.model_validate(fields | changes)


def agreement_ended(last_day: date, reason: EndReason = EndReason.TERMINATED) -> AgreementEnded:
    return AgreementEnded(
        agreement_id="agreement-1",
        case_id="case-1",
        org_number=PENSIONS,
        last_day=last_day,
        reason=reason,
    )


def service_ended(service: str, last_day: date) -> ServiceEnded:
    return ServiceEnded(
        agreement_id="agreement-1",
        case_id="case-1",
        org_number=PENSIONS,
        service=service,
        last_day=last_day,
        reason=EndReason.TERMINATED,
    )


def service_rolled_back(live_on: date, rolled_back_on: date) -> ServiceRolledBack:
    return ServiceRolledBack(
        case_id="case-1",
        agreement_id="agreement-1",
        org_number=PENSIONS,
        service="payroll",
        live_on=live_on,
        rolled_back_on=rolled_back_on,
    )


def start_up_cost(cost_id: str, **changes: object) -> StartUpCostRegistered:
    fields: dict[str, object] = {
        "cost_id": cost_id,
        "case_id": "case-1",
        "org_number": PENSIONS,
        "service": "payroll",
        "service_area": "payroll",
        "kind": StartUpCostKind.TIME,
        "incurred_on": date(2025, 1, 20),
        "minutes": 480,
        "amount_ore": 400_000,
    }
    return StartUpCostRegistered.model_validate(fields | changes)


def final_settlement_requested(
    last_day: date, *services: str, exit_id: str = "exit-1"
) -> FinalSettlementRequested:
    return FinalSettlementRequested(
        exit_id=exit_id,
        agreement_id="agreement-1",
        org_number=PENSIONS,
        services=tuple(EndingService(service=each, last_day=last_day) for each in services),
    )
