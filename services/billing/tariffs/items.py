"""The items of a tariff as data: how they are sent, kept and read again.

One form for all three: what the API and files bring, what a version keeps, and what the data
files of the published tariffs hold. It allows what the rules of ``checks`` then refuse with a
code, a row and a field of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from services.billing.tariffs.domain import Band, TariffItem, Tiers
from services.chassis.schemas import AS_A_NUMBER, AmountOre, LongText, Text
from services.contracts.values import Banding, Slug

MOST_ITEMS, MOST_BANDS, MOST_YEARS, MOST_SERVICES = 500, 20, 20, 50

ItemKey = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=70)]
"""As a slug, with room for the number of a band behind it."""

PricesOre = Annotated[tuple[AmountOre, ...], Field(max_length=MOST_YEARS)]
Units = Annotated[int, Field(ge=-(10**12), le=10**12), AS_A_NUMBER]
VatPercent = Annotated[
    str,
    Field(pattern=r"^[0-9]{1,3}([.,][0-9]{1,2})?$", examples=["25"]),
]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BandDocument(_Document):
    """A band of a year's volume: the units after `above` up to and with `through`."""

    above: Units = Field(description="0 for the first band, else the `through` of the one before.")
    through: Units | None = Field(default=None, description="Absent in the last band only.")
    prices_ore: PricesOre = Field(description="Öre for one unit, by the customer's year.")


class ItemDocument(_Document):
    """An item: `prices_ore`, or `banding` and `bands`."""

    key: ItemKey
    service_area: Slug
    services: Annotated[tuple[Slug, ...], Field(max_length=MOST_SERVICES)] = Field(
        description="The services of the catalogue that it belongs to."
    )
    name: Text
    name_sv: Text | None = None
    covers: LongText | None = Field(default=None, description="What the fee covers.")
    covers_sv: LongText | None = Field(default=None, description="The same in Swedish.")
    unit: Slug
    prices_ore: PricesOre = Field(
        default=(),
        description="Öre without VAT for one unit in the customer's first, second and further"
        " years; the last holds from then on.",
    )
    banding: Banding | None = Field(default=None, description="How the bands give a price.")
    bands: Annotated[tuple[BandDocument, ...], Field(max_length=MOST_BANDS)] = ()
    vat_percent: VatPercent | None = Field(
        default=None, description="The VAT rate that comes on top; absent where it is not stated."
    )
    option: Slug | None = Field(
        default=None,
        description="Absent for the standard set, which every customer of the service pays; else"
        " the name under which a customer chooses the item.",
    )

    def stored(self) -> dict[str, Any]:
        """The item as a version keeps it: without what it does not say."""
        return self.model_dump(mode="json", exclude_defaults=True)


def item_of(document: ItemDocument) -> TariffItem:
    """An item of the domain; the document must have passed the checks."""
    tiers = None
    if document.banding is not None and document.bands:
        tiers = Tiers(
            document.banding,
            tuple(Band(each.above, each.through, each.prices_ore) for each in document.bands),
        )
    return TariffItem(
        key=document.key,
        service_area=document.service_area,
        services=document.services,
        name=document.name,
        unit=document.unit,
        prices_ore=document.prices_ore,
        option=document.option,
        name_sv=document.name_sv,
        covers=document.covers,
        covers_sv=document.covers_sv,
        vat_percent=percent_of(document.vat_percent),
        tiers=tiers,
    )


def items_of(stored: Iterable[dict[str, Any]]) -> tuple[TariffItem, ...]:
    """The items that a version keeps."""
    return tuple(item_of(ItemDocument.model_validate(each)) for each in stored)


def percent_of(text: str | None) -> Decimal | None:
    """A percentage as it is written, with a comma or a point."""
    return None if text is None else Decimal(text.replace(",", "."))
