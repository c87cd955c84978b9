"""Tariffs, and what a customer's expected use costs by one of them (DOMAIN.md section 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from services.billing.units import EMPLOYEE_MONTH, FIXED
from services.billing.wording import quantity
from services.chassis.money import format_sek
from services.contracts.values import OwnPrice

MONTHS_IN_YEAR = 12

LARGEST_FEE_ORE = 10**15
"""What a year's fee can be at most; more is a slip of the pen, and no column holds it."""


@dataclass(frozen=True)
class TariffItem:
    """One priced item of a tariff, or one of the centre's own.

    ``prices_ore`` holds the price of one ``unit`` in the customer's first, second, third
    year and so on; the last one holds from then on. An item with an ``option`` is paid
    only by the customers that chose that option. ``own_price`` tells of an own item which
    version of it this is.
    """

    key: str
    service_area: str
    services: tuple[str, ...]
    name: str
    unit: str
    prices_ore: tuple[int, ...]
    option: str | None = None
    name_sv: str | None = None
    own_price: OwnPrice | None = None

    def price_ore(self, customer_year: int) -> int:
        """The price of one unit in the customer's year, counted from 1."""
        if customer_year < 1:
            raise ValueError("a customer's years are counted from 1")
        return self.prices_ore[min(customer_year, len(self.prices_ore)) - 1]


@dataclass(frozen=True)
class Tariff:
    """A published list of fees and the days it is in force; no last day: until further."""

    key: str
    name: str
    valid_from: date
    valid_until: date | None
    items: tuple[TariffItem, ...]

    def in_force_on(self, day: date) -> bool:
        """Whether the tariff applies on a day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def items_of(self, service: str) -> tuple[TariffItem, ...]:
        """The items that belong to a service; none when the tariff does not price it."""
        return tuple(item for item in self.items if service in item.services)


@dataclass(frozen=True)
class ExpectedUse:
    """What a customer expects to use of one service in a year.

    ``volumes`` is by unit; an option, or a single item of the tariff, may be named too.
    ``name_sv`` is what the service is called in Swedish, for refusals; its key where unknown.
    """

    service: str
    volumes: Mapping[str, int]
    name_sv: str | None = None


@dataclass(frozen=True)
class FeeLine:
    """One step of an indication: quantity x price = amount, for a year."""

    service: str
    item: TariffItem
    unit_price_ore: int
    yearly_quantity: int
    explanation: str

    @property
    def amount_ore(self) -> int:
        """What the item costs in a year."""
        return self.yearly_quantity * self.unit_price_ore


class IndicationRefusedError(Exception):
    """No fee can be indicated; ``code`` is stable.

    ``reason`` says who has to do what, ``reason_sv`` the same in Swedish.
    """

    def __init__(self, code: str, reason: str, reason_sv: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.reason_sv = reason_sv


def tariff_for(tariffs: Sequence[Tariff], key: str | None, today: date) -> Tariff:
    """The tariff asked for; without a key the newest one in force.

    Raises:
        IndicationRefusedError: ``unknown-tariff`` or ``no-tariff-in-force``.
    """
    if key is not None:
        for tariff in tariffs:
            if tariff.key == key:
                return tariff
        known = ", ".join(sorted(tariff.key for tariff in tariffs))
        raise IndicationRefusedError(
            "unknown-tariff",
            f"There is no tariff {key}; the tariffs are {known}.",
            f"Det finns ingen avgiftslista {key}. De som finns är {known}.",
        )
    in_force = [tariff for tariff in tariffs if tariff.in_force_on(today)]
    if not in_force:
        raise IndicationRefusedError(
            "no-tariff-in-force",
            f"No tariff is in force on {today}; name one in the request.",
            f"Ingen avgiftslista gäller {today}. Ange en när du begär indikationen.",
        )
    return max(in_force, key=lambda tariff: tariff.valid_from)


Items = Mapping[str, Sequence[TariffItem]]
"""Items by service."""


def indicate(
    tariff: Tariff,
    headcount: int,
    uses: Sequence[ExpectedUse],
    customer_year: int = 1,
    own: Items = MappingProxyType({}),
) -> tuple[FeeLine, ...]:
    """What the services would cost in a year, item by item.

    A service is priced by the tariff; by the centre's own items where the tariff has none
    for it. Per item the quantity is the first of: a volume given for the item itself; 12 for
    an item per month and 1 for one per year; the volume given for its unit; 12 x headcount
    for an item per employee-month; the volume given for its option. Volumes that no item
    asks for do not count.

    Args:
        tariff: the prices.
        headcount: the customer's employees, 0 or more; 0 means unknown.
        uses: one per service, at least one.
        customer_year: 1 in the customer's first year.
        own: the centre's own items of services, as they hold for the customer.

    Raises:
        IndicationRefusedError: ``no-services``, ``service-repeated``, ``service-not-priced``,
            ``missing-volume`` or ``fee-too-large``; the reason names everything that is
            missing.
    """
    items = {use.service: tariff.items_of(use.service) or own.get(use.service, ()) for use in uses}
    _check_services(tariff, uses, items)
    lines: list[FeeLine] = []
    missing: list[tuple[str, str]] = []
    for use in uses:
        for item in _chosen_items(items[use.service], use):
            counted = _yearly_quantity(item, use.volumes, headcount)
            if counted is None:
                missing.append((item.unit, use.service))
                continue
            number, how = counted
            lines.append(_line(use.service, item, number, how, customer_year))
    if missing:
        wanted = dict.fromkeys(missing)
        called = {use.service: use.name_sv or use.service for use in uses}
        raise IndicationRefusedError(
            "missing-volume",
            "The fee needs the yearly volume of: "
            f"{', '.join(f'{unit} of {service}' for unit, service in wanted)}. "
            "Supply it in the baseline and ask again.",
            "För att räkna ut avgiften behövs volymen per år av: "
            f"{', '.join(f'{unit} för {called[service]}' for unit, service in wanted)}. "
            "Lägg till den i utgångsläget och begär en ny indikation.",
        )
    _check_total(lines)
    return tuple(lines)


def _check_total(lines: Sequence[FeeLine]) -> None:
    total = sum(line.amount_ore for line in lines)
    if total > LARGEST_FEE_ORE:
        raise IndicationRefusedError(
            "fee-too-large",
            f"The fee would be {format_sek(total)} a year, which nobody pays. Look for a slip in "
            "the volumes of the baseline or in the price, and ask again.",
            f"Avgiften skulle bli {total // 100} kronor om året, vilket inte kan stämma. "
            "Kontrollera utgångslägets volymer och priset, och begär en ny indikation.",
        )


def _check_services(tariff: Tariff, uses: Sequence[ExpectedUse], items: Items) -> None:
    if not uses:
        raise IndicationRefusedError(
            "no-services",
            "A fee indication needs at least one service.",
            "En avgiftsindikation behöver minst en tjänst.",
        )
    names = [use.service for use in uses]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise IndicationRefusedError(
            "service-repeated",
            f"Give each service once; repeated: {', '.join(repeated)}.",
            f"Ange varje tjänst en gång. Dessa förekommer flera gånger: {', '.join(repeated)}.",
        )
    unpriced = [name for name in names if not items[name]]
    unpriced_sv = [use.name_sv or use.service for use in uses if use.service in unpriced]
    if unpriced:
        raise IndicationRefusedError(
            "service-not-priced",
            f"There is no price for: {', '.join(unpriced)}. Tariff {tariff.key} has no fee, and "
            "no price of the centre's own holds today. The centre's finance has to register a "
            "price at cost (price-items); then ask for a new fee indication.",
            f"Det finns inget pris för: {', '.join(unpriced_sv)}. Avgiftslistan "
            f"{tariff.key} saknar avgift, och inget eget pris gäller i dag. Servicecentrets "
            "ekonomifunktion behöver registrera ett självkostnadspris. Begär sedan en ny "
            "avgiftsindikation.",
        )


def _chosen_items(items: Sequence[TariffItem], use: ExpectedUse) -> list[TariffItem]:
    """The standard set, and the options that the volumes choose.

    An option is chosen by a volume above 0 for its name, for one of its items, or for a
    unit of it that the standard set does not use.
    """
    standard_units = {item.unit for item in items if item.option is None} | FIXED.keys()
    named = {name for name, number in use.volumes.items() if number > 0}
    chosen = {
        item.option
        for item in items
        if item.option is not None
        and ({item.option, item.key} | ({item.unit} - standard_units)) & named
    }
    return [item for item in items if item.option is None or item.option in chosen]


def _yearly_quantity(
    item: TariffItem, volumes: Mapping[str, int], headcount: int
) -> tuple[int, str] | None:
    if item.key in volumes:
        return volumes[item.key], ""
    if item.unit in FIXED:
        return FIXED[item.unit], ""
    if item.unit in volumes:
        return volumes[item.unit], ""
    if item.unit == EMPLOYEE_MONTH and headcount > 0:
        number = MONTHS_IN_YEAR * headcount
        how = f"{quantity(headcount, 'employee')} x 12 months = {quantity(number, item.unit)}; "
        return number, how
    if item.option is not None and item.option in volumes:
        return volumes[item.option], ""
    return None


def _line(service: str, item: TariffItem, number: int, how: str, customer_year: int) -> FeeLine:
    price = item.price_ore(customer_year)
    year = f" (price of customer year {customer_year})" if len(item.prices_ore) > 1 else ""
    own = item.own_price
    source = f" (own price, version {own.version} from {own.valid_from})" if own else ""
    return FeeLine(
        service=service,
        item=item,
        unit_price_ore=price,
        yearly_quantity=number,
        explanation=(
            f"{item.name}{source}: {how}{quantity(number, item.unit)} x {format_sek(price)}{year} "
            f"= {format_sek(number * price)}"
        ),
    )
