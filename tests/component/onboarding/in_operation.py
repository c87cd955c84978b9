"""Customers whose services are in operation, put into storage without walking them there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import httpx
from sqlalchemy import update

from services.chassis.identity import Role
from services.chassis.ids import new_id
from services.chassis.testing import RunningService, running
from services.contracts.values import (
    CreditTerms,
    FeeItem,
    Phase,
    ServiceHours,
    SignedService,
)
from services.onboarding.agreements import repository as agreements
from services.onboarding.agreements.document import AgreementContent, Customer
from services.onboarding.agreements.domain import Agreement, AgreementVersion
from services.onboarding.app import SPEC
from services.onboarding.canonical import content_hash
from services.onboarding.tables import CaseRow, CaseServiceRow
from tests.component.onboarding.walk import done

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LIVE_ON = date(2026, 2, 1)
UNITS = {"payroll": "payslip", "e-commerce": "supplier-invoice"}


@dataclass
class InOperation:
    """A customer with services in operation, and clients on both sides."""

    org_number: str
    case_id: str
    agreement_id: str
    agency: httpx.AsyncClient


@dataclass
class Centre:
    """A running service with staff, in which customers can be put into operation."""

    service: RunningService
    staff: httpx.AsyncClient

    async def customer(
        self,
        org_number: str,
        name: str,
        fees: Mapping[str, tuple[int, int]],
        *,
        phase: Phase = Phase.STABLE,
        live_on: date | None = LIVE_ON,
        valid_until: date = date(2029, 12, 31),
        **agency: object,
    ) -> InOperation:
        """A customer with an agreement in force; ``fees`` has price and units by service."""
        entry = {"org_number": org_number, "name": name, "headcount": 100, **agency}
        done(await self.staff.post("/ops/v1/agencies", json=entry), 201)
        opened = {"org_number": org_number, "services": sorted(fees)}
        case_id = done(await self.staff.post("/ops/v1/cases", json=opened), 201)["id"]
        agreement_id = new_id()
        content = _content(agreement_id, case_id, org_number, name, fees, valid_until)
        document = content.model_dump(mode="json")
        async with self.service.runtime.database.transaction(write=True) as session:
            await agreements.add_agreement(
                session, Agreement(agreement_id, case_id, org_number, 1, None)
            )
            await agreements.add(
                session,
                AgreementVersion(
                    id=new_id(),
                    agreement_id=agreement_id,
                    case_id=case_id,
                    version=1,
                    document=document,
                    content_hash=content_hash(document),
                    drafted_at=START,
                    signed_on=date(2026, 1, 10),
                    signatures=(),
                ),
            )
            ended = phase is Phase.STABLE
            await session.execute(
                update(CaseRow)
                .where(CaseRow.id == case_id)
                .values(phase=phase.value, status="completed" if ended else "active")
            )
            await session.execute(
                update(CaseServiceRow)
                .where(CaseServiceRow.case_id == case_id)
                .values(live_on=live_on)
            )
            await session.commit()
        agency_client = self.service.client(Role.AGENCY, org_number=org_number)
        return InOperation(org_number, case_id, agreement_id, agency_client)


def _content(
    agreement_id: str,
    case_id: str,
    org_number: str,
    name: str,
    fees: Mapping[str, tuple[int, int]],
    valid_until: date,
) -> AgreementContent:
    signed = tuple(
        SignedService(
            service=service,
            service_area=service,
            name=service,
            name_sv=service,
            levels=(),
            fee_items=(
                FeeItem(
                    key=f"{service}-unit",
                    service_area=service,
                    name=service,
                    unit=UNITS[service],
                    unit_price_ore=price,
                    yearly_quantity=units,
                ),
            ),
        )
        for service, (price, units) in sorted(fees.items())
    )
    return AgreementContent(
        agreement_id=agreement_id,
        case_id=case_id,
        version=1,
        form="överenskommelse",
        standard_version="2026-2",
        customer=Customer(org_number=org_number, name=name),
        centre_name="Servicecentret",
        valid_from=date(2026, 1, 1),
        valid_until=valid_until,
        review_on=date(2029, 6, 1),
        tariff="ssc-2020",
        yearly_fee_ore=sum(price * units for price, units in fees.values()),
        true_up_days=("04-30", "10-31"),
        services=signed,
        responsibilities=(),
        excluded_activities=(),
        deviations=(),
        service_hours=ServiceHours(),
        credit_terms=CreditTerms(percent_per_breach=Decimal(1), monthly_cap_percent=Decimal(10)),
        collaboration_template="ssc-2016",
        forums=(),
        stabilisation_periods=2,
        parts=(),
    )


@asynccontextmanager
async def centre(database_url: str, start: datetime = START) -> AsyncIterator[Centre]:
    """A fresh service with an account manager."""
    async with (
        running(SPEC, database_url, start=start) as service,
        service.client(Role.ACCOUNT_MANAGER) as staff,
    ):
        yield Centre(service, staff)
