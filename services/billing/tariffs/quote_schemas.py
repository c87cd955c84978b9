"""What the API says about quotes."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from services.billing.own_prices.schemas import CaseId
from services.billing.tariffs.quotes import Quote, Recomputation, Wanted
from services.billing.tariffs.quoting import QuotedUse, ServiceTotal, VatByRate, YearlyTotal
from services.billing.tariffs.versions import TariffStatus
from services.chassis.schemas import AS_A_NUMBER, Count, Day, RequestModel, ResponseModel
from services.contracts.values import IndicatedFeeLine, OrgNumber, Slug

CustomerYear = Annotated[int, Field(ge=1, le=100), AS_A_NUMBER]


class AskForQuote(RequestModel):
    """What is expected of which services in a year; what is left out is found.

    `services` is by service; the volumes of each by unit, item of the tariff or option.
    """

    services: Annotated[
        dict[Slug, Annotated[dict[Slug, Count], Field(max_length=50)]],
        Field(
            max_length=50,
            examples=[{"payroll": {"payslip": 12000}}],
            description="By service: yearly volumes by unit, item of the tariff or option.",
        ),
    ]
    org_number: OrgNumber | None = Field(
        default=None, description="For whom; an agency asks for itself."
    )
    case_id: CaseId | None = Field(
        default=None, description="With the own prices of this case's agreement."
    )
    tariff: Slug | None = Field(default=None, description="Absent: the tariff in force.")
    on: Day | None = Field(default=None, description="The day whose prices count; absent: today.")
    headcount: Count | None = Field(
        default=None, description="Employees; absent: as the agency is registered."
    )
    customer_year: CustomerYear = Field(
        default=1, description="Which year of the customer's the quote is for."
    )

    def wanted(self, payer: str | None) -> Wanted:
        """What is asked for, and for whom."""
        return Wanted(**{**dict(self), "org_number": payer})


class QuoteSummaryOut(ResponseModel):
    """A quote's sum; ``tariff_status`` is how its version of the tariff stands now."""

    id: str
    org_number: str | None
    case_id: str | None
    tariff: str
    tariff_version: int
    tariff_status: TariffStatus
    on: date
    yearly_total_ore: int
    quoted_at: datetime


class QuoteOut(QuoteSummaryOut):
    """A quote with its inputs and every step; öre a year, without VAT unless it says so."""

    quoted_by: str | None
    headcount: int
    customer_year: int
    asked: tuple[QuotedUse, ...]
    own_prices: tuple[str, ...]
    lines: tuple[IndicatedFeeLine, ...]
    services: tuple[ServiceTotal, ...]
    years: tuple[YearlyTotal, ...]
    vat: tuple[VatByRate, ...]
    total_with_vat_ore: int | None


class DifferenceOut(ResponseModel):
    """A place in which the reckoning does not come to what was stored, as JSON."""

    at: str
    stored: str
    reckoned: str


class RecomputationOut(ResponseModel):
    """A quote reckoned again from what it names."""

    quote_id: str
    equal: bool
    tariff: str
    tariff_version: int
    tariff_status: TariffStatus
    stored_total_ore: int
    reckoned_total_ore: int
    differences: tuple[DifferenceOut, ...]
    lines: tuple[IndicatedFeeLine, ...]


def _summary(quote: Quote) -> dict[str, Any]:
    return {
        "id": quote.row.id,
        "org_number": quote.row.org_number,
        "case_id": quote.inputs.case_id,
        "tariff": quote.inputs.tariff,
        "tariff_version": quote.inputs.tariff_version,
        "tariff_status": quote.tariff_status,
        "on": quote.inputs.on,
        "yearly_total_ore": quote.row.yearly_total_ore,
        "quoted_at": quote.row.recorded_at,
    }


def quote_summary_out(quote: Quote) -> QuoteSummaryOut:
    """A quote as lists show it."""
    return QuoteSummaryOut(**_summary(quote))


def quote_out(quote: Quote, *, staff: bool) -> QuoteOut:
    """A quote as it was given; who gave it is for staff."""
    result = quote.result
    return QuoteOut(
        **_summary(quote),
        quoted_by=quote.row.quoted_by if staff else None,
        headcount=quote.inputs.headcount,
        customer_year=quote.inputs.customer_year,
        asked=quote.inputs.services,
        own_prices=quote.inputs.own_prices,
        lines=result.lines,
        services=result.services,
        years=result.years,
        vat=result.vat,
        total_with_vat_ore=result.total_with_vat_ore,
    )


def recomputation_out(again: Recomputation) -> RecomputationOut:
    """A quote reckoned again, as the API shows it."""
    quote = again.quote
    return RecomputationOut(
        quote_id=quote.row.id,
        equal=not again.differences,
        tariff=quote.inputs.tariff,
        tariff_version=quote.inputs.tariff_version,
        tariff_status=quote.tariff_status,
        stored_total_ore=quote.row.yearly_total_ore,
        reckoned_total_ore=again.result.yearly_total_ore,
        differences=tuple(
            DifferenceOut(at=at, stored=json.dumps(stored), reckoned=json.dumps(now))
            for at, stored, now in again.differences
        ),
        lines=again.result.lines,
    )
