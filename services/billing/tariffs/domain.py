"""Tariffs and their items: what a unit costs (DOMAIN.md section 7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.billing.tariffs import bands
from services.contracts.values import Banding, OwnPrice


@dataclass(frozen=True)
class Band:
    """The units of a year after ``above`` up to and with ``through``, and what one costs.

    ``prices_ore`` is by the customer's year, as an item's. None in ``through``: without end.
    """

    above: int
    through: int | None
    prices_ore: tuple[int, ...]


@dataclass(frozen=True)
class Tiers:
    """The bands of an item, lowest first; they meet, and the last one is without end."""

    banding: Banding
    bands: tuple[Band, ...]

    @property
    def limits(self) -> tuple[int, ...]:
        """The last unit of each band but the last one."""
        return tuple(band.through for band in self.bands if band.through is not None)


@dataclass(frozen=True)
class TariffItem:
    """One priced item of a tariff, or one of the centre's own.

    ``prices_ore`` holds the price of one ``unit`` in the customer's first, second, third
    year and so on; the last one holds from then on. An item with ``tiers`` has its prices
    there instead. An item with an ``option`` is paid only by the customers that chose that
    option. ``vat_percent`` is the rate that comes on top of the amounts; None where the
    published list does not say it.

    Of an own item, ``own_price`` tells which version of it this is; ``beside`` that it was set
    for this customer and is paid beside the tariff's items too, or in the place of one of them
    (``own_price.instead_of``).
    """

    key: str
    service_area: str
    services: tuple[str, ...]
    name: str
    unit: str
    prices_ore: tuple[int, ...]
    option: str | None = None
    name_sv: str | None = None
    covers: str | None = None
    covers_sv: str | None = None
    vat_percent: Decimal | None = None
    tiers: Tiers | None = None
    own_price: OwnPrice | None = None
    beside: bool = False

    def price_ore(self, customer_year: int) -> int:
        """The price of one unit in the customer's year, counted from 1."""
        return price_of_year(self.prices_ore, customer_year)

    def cost_ore(self, quantity: int, customer_year: int) -> int:
        """What a year's quantity of it costs in a customer's year, bands and all."""
        if self.tiers is None:
            return quantity * self.price_ore(customer_year)
        prices = [price_of_year(band.prices_ore, customer_year) for band in self.tiers.bands]
        return int(bands.cost(self.tiers.banding, self.tiers.limits, prices, quantity))


@dataclass(frozen=True)
class Tariff:
    """A list of fees and the days it is for; no last day: until further."""

    key: str
    name: str
    valid_from: date
    valid_until: date | None
    items: tuple[TariffItem, ...]
    name_sv: str | None = None

    def items_of(self, service: str) -> tuple[TariffItem, ...]:
        """The items that belong to a service; none when the tariff does not price it."""
        return tuple(item for item in self.items if service in item.services)

    def find(self, key: str) -> TariffItem | None:
        """An item by its key."""
        return next((item for item in self.items if item.key == key), None)


def price_of_year(prices_ore: tuple[int, ...], customer_year: int) -> int:
    """The price in a customer's year of prices by year; the last one holds from then on.

    Raises:
        ValueError: the year is not counted from 1.
    """
    if customer_year < 1:
        raise ValueError("a customer's years are counted from 1")
    return prices_ore[min(customer_year, len(prices_ore)) - 1]


def band_key(item_key: str, number: int) -> str:
    """What the fee item of an item's band is called, counted from 1."""
    return f"{item_key}-band-{number}"
