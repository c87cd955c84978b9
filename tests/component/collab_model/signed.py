"""A signed agreement for tests, and what onboarding says about it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from services.chassis.ids import new_id
from services.contracts.onboarding import (
    AgencyLifeEventRecorded,
    AgreementEnded,
    AgreementSigned,
    CaseStabilised,
    ServiceEnded,
    ServiceRolledBack,
    ServiceWentLive,
)
from services.contracts.values import (
    CreditTerms,
    EndReason,
    Forum,
    ForumLevel,
    LifeEventKind,
    MeasureKind,
    Priority,
    ServiceHours,
    ServiceLevel,
    SignedService,
)

STOCKHOLM = ZoneInfo("Europe/Stockholm")

PENSIONS = "202100-6255"
FORESTS = "202100-5612"

PAYROLL = "payroll-administration"
INVOICES = "supplier-invoices"

RESPONSE = ServiceLevel(
    key="response-time",
    name="Response within target",
    name_sv="Svar inom utlovad tid",
    kind=MeasureKind.RESPONSE_TIME,
    target_minutes={Priority.CRITICAL: 60, Priority.HIGH: 120, Priority.NORMAL: 240},
    required_share_percent=Decimal(90),
)
RESOLUTION = ServiceLevel(
    key="resolution-time",
    name="Resolution within target",
    name_sv="Åtgärd inom utlovad tid",
    kind=MeasureKind.RESOLUTION_TIME,
    target_minutes={Priority.CRITICAL: 480, Priority.HIGH: 960, Priority.NORMAL: 1530},
    required_share_percent=Decimal(90),
)
CORRECT_PAY = ServiceLevel(
    key="correct-pay",
    name="The right pay at the right time",
    name_sv="Rätt lön i rätt tid",
    kind=MeasureKind.QUALITY_SHARE,
    required_share_percent=Decimal("99.5"),
)


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A wall time in Stockholm."""
    return datetime(year, month, day, hour, minute, tzinfo=STOCKHOLM)


def signed_service(service: str, *levels: ServiceLevel) -> SignedService:
    """A service with its levels, without fees: they are billing's."""
    return SignedService(
        service=service,
        service_area=service.split("-", maxsplit=1)[0],
        name=service.capitalize(),
        name_sv=service.capitalize(),
        levels=levels,
        fee_items=(),
    )


def forum(level: ForumLevel, ordinary: int, in_stabilisation: int) -> Forum:
    """A forum named after its level."""
    return Forum(
        key=level.value,
        name=f"{level.value.capitalize()} forum",
        name_sv=f"Forum på nivån {level.value}",
        level=level,
        meetings_per_year=ordinary,
        meetings_per_year_in_stabilisation=in_stabilisation,
    )


FORUMS = (
    forum(ForumLevel.STRATEGIC, 2, 4),
    forum(ForumLevel.TACTICAL, 4, 12),
    forum(ForumLevel.OPERATIVE, 12, 26),
)


def agreement(
    org_number: str = PENSIONS,
    *,
    services: tuple[SignedService, ...] | None = None,
    forums: tuple[Forum, ...] = FORUMS,
    hours: ServiceHours | None = None,
) -> AgreementSigned:
    """A signed agreement; by default payroll with all three kinds of level."""
    return AgreementSigned(
        agreement_id=new_id(),
        case_id=new_id(),
        org_number=org_number,
        customer_name="A customer agency",
        version=1,
        content_hash="a" * 64,
        signed_on=date(2025, 1, 2),
        valid_from=date(2025, 1, 1),
        valid_until=date(2027, 12, 31),
        tariff="ssc-2020",
        services=services or (signed_service(PAYROLL, RESPONSE, RESOLUTION, CORRECT_PAY),),
        responsibilities=(),
        service_hours=hours or ServiceHours(),
        collaboration_template="ssc-2012",
        forums=forums,
        credit_terms=CreditTerms(percent_per_breach=Decimal(5), monthly_cap_percent=Decimal(15)),
        true_up_days=("04-30", "10-31"),
        stabilisation_periods=3,
    )


def went_live(signed: AgreementSigned, live_on: date, service: str = PAYROLL) -> ServiceWentLive:
    """A service of the agreement went live."""
    return ServiceWentLive(
        case_id=signed.case_id,
        agreement_id=signed.agreement_id,
        org_number=signed.org_number,
        service=service,
        live_on=live_on,
    )


def stabilised(signed: AgreementSigned, on: date) -> CaseStabilised:
    """The agreement's case left its fifth phase."""
    return CaseStabilised(
        case_id=signed.case_id,
        agreement_id=signed.agreement_id,
        org_number=signed.org_number,
        services=tuple(service.service for service in signed.services),
        stabilised_on=on,
    )


def amended(
    signed: AgreementSigned, version: int, effective_on: date, **changes: object
) -> AgreementSigned:
    """A later version of an agreement, in force from a day on."""
    fields = {
        "version": version,
        "amends_version": version - 1,
        "effective_on": effective_on,
        "content_hash": f"{version:064x}",
    }
    return signed.model_copy(update=fields | changes)


def ended(signed: AgreementSigned, last_day: date) -> AgreementEnded:
    """It is settled when the agreement ends."""
    return AgreementEnded(
        agreement_id=signed.agreement_id,
        case_id=signed.case_id,
        org_number=signed.org_number,
        last_day=last_day,
        reason=EndReason.TERMINATED,
    )


def service_ended(signed: AgreementSigned, last_day: date, service: str = PAYROLL) -> ServiceEnded:
    """It is settled when a service ends."""
    return ServiceEnded(
        agreement_id=signed.agreement_id,
        case_id=signed.case_id,
        org_number=signed.org_number,
        service=service,
        last_day=last_day,
        reason=EndReason.TERMINATED,
    )


def rolled_back(signed: AgreementSigned, live_on: date, on: date) -> ServiceRolledBack:
    """Payroll's go-live was taken back."""
    return ServiceRolledBack(
        case_id=signed.case_id,
        agreement_id=signed.agreement_id,
        org_number=signed.org_number,
        service=PAYROLL,
        live_on=live_on,
        rolled_back_on=on,
    )


def life_event(
    kind: LifeEventKind, org_number: str, effective_on: date, **changes: object
) -> AgencyLifeEventRecorded:
    """Something happened to an agency."""
    fields: dict[str, object] = {
        "life_event_id": new_id(),
        "kind": kind,
        "org_number": org_number,
        "effective_on": effective_on,
    }
    return AgencyLifeEventRecorded.model_validate(fields | changes)
