"""What the API says about own prices."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from services.billing.own_prices.domain import PriceVersion
from services.billing.own_prices.service import NewPrice, PriceStanding
from services.billing.tariffs.checks import VatRate
from services.chassis.schemas import (
    AS_A_NUMBER,
    Day,
    Flag,
    LongText,
    RequestModel,
    ResponseModel,
    Text,
)
from services.contracts.values import OrgNumber, Slug

PriceOre = Annotated[int, Field(ge=0, le=10**12), AS_A_NUMBER]
CaseId = Annotated[str, Field(pattern=r"^[0-9a-z-]{1,80}$")]
VersionNumber = Annotated[int, Field(ge=1, le=10**6), AS_A_NUMBER]


class RegisterPrice(RequestModel):
    """A price at cost of a service that no tariff prices, or an item of one agency's own.

    An agency's agreement may carry items of its own where the tariff prices the service: in
    addition (`beside_tariff`), or in the place of one of the tariff's (`instead_of`).

    A further version of the same service, unit and agency takes over from its first day; with
    ``replaces`` it takes the place of the newest version instead, as a correction.
    """

    service: Slug
    unit: Slug = Field(
        description="A unit of the service's volumes; `month` or `year` for a fixed amount."
    )
    amount_ore: PriceOre = Field(
        description="Öre without VAT for one of the unit; 0 when it is free."
    )
    cost_basis: LongText = Field(
        description="How the cost price was calculated; the customer reads it."
    )
    valid_from: Day
    org_number: OrgNumber | None = Field(
        default=None,
        description="Only for this agency, which then pays for the service by its own prices"
        " alone. Absent: for all others.",
    )
    replaces: VersionNumber | None = None
    case_id: CaseId | None = Field(
        default=None, description="Only for the agreement of this case of the agency's."
    )
    beside_tariff: Flag = Field(
        default=False,
        description="For one agency: to be paid besides what the tariff has for the service.",
    )
    instead_of: Slug | None = Field(
        default=None,
        description="For one agency: the tariff's item whose place it takes.",
    )
    vat_percent: VatRate | None = Field(
        default=None,
        description="The VAT rate that comes on top; absent where it is not stated. In the place"
        " of a tariff's item that item's, unless it is said.",
    )
    name: Text | None = Field(
        default=None, description="What the item is called; absent: by service and unit."
    )
    name_sv: Text | None = None

    def new(self) -> NewPrice:
        """The price as the domain has it."""
        return NewPrice(**dict(self))


class WithdrawPrice(RequestModel):
    """From which day a price is no longer offered, and why."""

    valid_from: Day
    reason: LongText


class PriceOut(ResponseModel):
    """A version of an own price; ``key`` is what its fee item is called in an agreement."""

    id: str
    key: str
    service: str
    service_area: str
    unit: str
    org_number: str | None
    case_id: str | None
    beside_tariff: bool
    instead_of: str | None
    version: int
    name: str
    name_sv: str
    amount_ore: int | None
    vat_percent: str | None
    cost_basis: str
    valid_from: date

    @classmethod
    def of(cls, version: PriceVersion) -> PriceOut:
        """The response for a version."""
        return cls(**_shown(version))


class RegisteredPriceOut(PriceOut):
    """A version as it was registered, and how it stands among those of its price.

    A withdrawal has no ``amount_ore``, and its reason as ``cost_basis``. ``valid_until`` is
    the day before the next version takes over; a version with ``replaced_by`` holds on no day.
    """

    withdrawn: bool
    valid_until: date | None
    replaces: int | None
    replaced_by: int | None
    registered_by: str | None
    recorded_at: datetime


class PricesInForceOut(ResponseModel):
    """The own prices that an agency pays by on a day."""

    on: date
    org_number: str | None
    items: tuple[PriceOut, ...]


def registered_price_out(standing: PriceStanding, *, by: bool) -> RegisteredPriceOut:
    """A version as the API shows it; ``by`` tells who registered it, which is for staff."""
    registered, version = standing.registered, standing.registered.version
    return RegisteredPriceOut(
        **_shown(version),
        withdrawn=version.amount_ore is None,
        valid_until=standing.last_day if standing.replaced_by is None else None,
        replaces=version.replaces,
        replaced_by=standing.replaced_by,
        registered_by=registered.registered_by if by else None,
        recorded_at=registered.recorded_at,
    )


def _shown(version: PriceVersion) -> dict[str, Any]:
    return {
        "version": version.number,
        **{field: getattr(version, field) for field in PriceOut.model_fields if field != "version"},
    }
