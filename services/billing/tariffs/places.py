"""Where own prices stand: for the tariff's items, beside them, or in the place of one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from services.billing.tariffs.domain import TariffItem

Items = Mapping[str, Sequence[TariffItem]]
"""Items by service."""


def together(of_tariff: Sequence[TariffItem], own: Sequence[TariffItem]) -> tuple[TariffItem, ...]:
    """The items of a service: the tariff's with what was set for the customer, or our own."""
    if not of_tariff:
        return tuple(own)
    by_key = {item.key: item for item in of_tariff}
    mine = [_in_place(item, by_key.get(instead_of(item) or "")) for item in own if item.beside]
    gone = {instead_of(item) for item in mine}
    return (*(item for item in of_tariff if item.key not in gone), *mine)


def _in_place(item: TariffItem, replaced: TariffItem | None) -> TariffItem:
    """An own item as it stands in another's place: chosen as that one, and taxed as that one
    unless it has a rate of its own.
    """
    if replaced is None:
        return item
    rate = replaced.vat_percent if item.vat_percent is None else item.vat_percent
    return replace(item, option=replaced.option, vat_percent=rate)


def instead_of(item: TariffItem) -> str | None:
    """The tariff's item in whose place an own one stands, if any."""
    return item.own_price.instead_of if item.own_price is not None else None


def without_place(
    of_tariff: Sequence[TariffItem], own: Sequence[TariffItem]
) -> Iterator[TariffItem]:
    """Own items in the place of one that the tariff, which prices the service, does not have."""
    keys = {item.key for item in of_tariff}
    for item in own:
        replaced = instead_of(item)
        if keys and item.beside and replaced is not None and replaced not in keys:
            yield item
