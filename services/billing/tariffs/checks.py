"""What is wrong with the items of a tariff: each fault with its code, row and field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Literal, get_args

from services.billing.own_prices.catalogue import PricedService
from services.billing.tariffs.domain import band_key
from services.billing.tariffs.items import ItemDocument, percent_of
from services.billing.units import FIXED
from services.chassis.money import format_sek

LARGEST_PRICE_ORE = 10**11
"""What one unit can cost at most: a milliard kronor. More is a slip of the pen."""

VatRate = Literal["0", "6", "12", "25"]
VAT_RATES = frozenset(map(Decimal, get_args(VatRate)))
"""The rates of mervärdesskattelagen (2023:200), 9 chapter, and nought (DOMAIN.md section 8)."""


class FaultCode(StrEnum):
    """What can be wrong with an item."""

    UNREADABLE = "unreadable"
    ROWS_DISAGREE = "rows_disagree"
    KEY_REPEATED = "key_repeated"
    SERVICE_MISSING = "service_missing"
    SERVICE_UNKNOWN = "service_unknown"
    SERVICE_AREA_UNKNOWN = "service_area_unknown"
    UNIT_UNKNOWN = "unit_unknown"
    UNIT_NOT_OF_SERVICE = "unit_not_of_service"
    PRICE_MISSING = "price_missing"
    PRICE_TWICE = "price_twice"
    AMOUNT_NEGATIVE = "amount_negative"
    AMOUNT_ABSURD = "amount_absurd"
    VAT_RATE_UNKNOWN = "vat_rate_unknown"
    BANDS_OF_FIXED_UNIT = "bands_of_fixed_unit"
    BANDING_MISSING = "banding_missing"
    BANDS_DO_NOT_BEGIN = "bands_do_not_begin"
    BANDS_DO_NOT_MEET = "bands_do_not_meet"
    BANDS_DO_NOT_END = "bands_do_not_end"
    BAND_EMPTY = "band_empty"


@dataclass(frozen=True)
class Fault:
    """Something that is wrong: in which row, counted from 1, and which field."""

    row: int
    field: str
    code: FaultCode
    said: str


def faults(items: Sequence[ItemDocument], services: Mapping[str, PricedService]) -> Iterator[Fault]:
    """Everything that is wrong with the items of a tariff, by row; none: they can be used.

    Args:
        items: as they were sent.
        services: those that can be priced, by key.
    """
    areas = {service.service_area for service in services.values()}
    units = {unit for service in services.values() for unit in service.charged_by}
    keys: dict[str, int] = {}
    for row, item in enumerate(items, start=1):
        for key in _keys(item):
            if key in keys:
                said = f"{key} is the name of row {keys[key]} too; give each item its own"
                yield Fault(row, "key", FaultCode.KEY_REPEATED, said)
            keys.setdefault(key, row)
        if item.service_area not in areas:
            said = f"there is no service area {item.service_area}, only {_listed(areas)}"
            yield Fault(row, "service_area", FaultCode.SERVICE_AREA_UNKNOWN, said)
        yield from _unit_and_services(row, item, services, units)
        yield from _prices(row, item)
        yield from _bands(row, item)
        rate = percent_of(item.vat_percent)
        if rate is not None and rate not in VAT_RATES:
            said = f"{rate} % is no rate of VAT; the rates are {_rates()}"
            yield Fault(row, "vat_percent", FaultCode.VAT_RATE_UNKNOWN, said)


def _keys(item: ItemDocument) -> set[str]:
    return {item.key, *(band_key(item.key, number + 1) for number in range(len(item.bands)))}


def _rates() -> str:
    return ", ".join(f"{rate:f}" for rate in sorted(VAT_RATES))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _unit_and_services(
    row: int, item: ItemDocument, services: Mapping[str, PricedService], units: set[str]
) -> Iterator[Fault]:
    if not item.services:
        said = "say which services it belongs to; nobody would pay it"
        yield Fault(row, "services", FaultCode.SERVICE_MISSING, said)
    if item.unit not in units:
        said = f"nothing is counted in {item.unit}; the units are {_listed(units)}"
        yield Fault(row, "unit", FaultCode.UNIT_UNKNOWN, said)
    for key in item.services:
        service = services.get(key)
        if service is None:
            said = f"there is no service {key}; the services are {_listed(set(services))}"
            yield Fault(row, "services", FaultCode.SERVICE_UNKNOWN, said)
        elif item.unit in units and item.unit not in service.charged_by:
            said = f"{key} reports no volumes in {item.unit}, but {_listed(service.charged_by)}"
            yield Fault(row, "unit", FaultCode.UNIT_NOT_OF_SERVICE, said)


def _prices(row: int, item: ItemDocument) -> Iterator[Fault]:
    if item.prices_ore and item.bands:
        said = "the item has a price, and bands with prices; leave one of them out"
        yield Fault(row, "prices_ore", FaultCode.PRICE_TWICE, said)
    if not item.bands:
        yield from _amounts(row, "prices_ore", item.prices_ore)
    for number, band in enumerate(item.bands):
        yield from _amounts(row, f"bands.{number}.prices_ore", band.prices_ore)


def _amounts(row: int, field: str, amounts: Sequence[int]) -> Iterator[Fault]:
    if not amounts:
        said = "say what a unit costs; 0 where it is free"
        yield Fault(row, field, FaultCode.PRICE_MISSING, said)
    for number, amount in enumerate(amounts):
        if amount < 0:
            said = f"{format_sek(amount)} is below nought; fees are paid to the centre"
            yield Fault(row, f"{field}.{number}", FaultCode.AMOUNT_NEGATIVE, said)
        elif amount > LARGEST_PRICE_ORE:
            said = f"{format_sek(amount)} for one unit cannot be meant; amounts are in öre"
            yield Fault(row, f"{field}.{number}", FaultCode.AMOUNT_ABSURD, said)


def _bands(row: int, item: ItemDocument) -> Iterator[Fault]:
    if not item.bands:
        return
    if item.banding is None:
        said = "say whether each band has its price or the whole volume the price of one"
        yield Fault(row, "banding", FaultCode.BANDING_MISSING, said)
    if item.unit in FIXED:
        said = f"a fixed amount per {item.unit} has no volume that could fall into bands"
        yield Fault(row, "bands", FaultCode.BANDS_OF_FIXED_UNIT, said)
    if item.bands[0].above != 0:
        said = f"the first band begins after {item.bands[0].above}, and not after 0"
        yield Fault(row, "bands.0.above", FaultCode.BANDS_DO_NOT_BEGIN, said)
    last = len(item.bands) - 1
    for number, band in enumerate(item.bands):
        if number and item.bands[number - 1].through != band.above:
            before = item.bands[number - 1].through
            ends = "has no end" if before is None else f"ends with {before}"
            said = f"the band before {ends}, and this one begins after {band.above}"
            yield Fault(row, f"bands.{number}.above", FaultCode.BANDS_DO_NOT_MEET, said)
        if band.through is not None and band.through <= band.above:
            said = f"no unit lies after {band.above} and up to {band.through}"
            yield Fault(row, f"bands.{number}.through", FaultCode.BAND_EMPTY, said)
        if number == last and band.through is not None:
            said = f"the last band ends with {band.through}; what is above would have no price"
            yield Fault(row, f"bands.{number}.through", FaultCode.BANDS_DO_NOT_END, said)
