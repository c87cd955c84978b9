"""What a customer's expected use costs by a tariff in a year, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from services.billing.tariffs.domain import Band, Tariff, TariffItem, band_key, price_of_year
from services.billing.tariffs.places import Items, instead_of, together, without_place
from services.billing.units import EMPLOYEE_MONTH, FIXED
from services.billing.wording import quantity
from services.chassis import swedish
from services.chassis.money import format_sek
from services.contracts.bands import parts
from services.contracts.values import Banding, FeeItem, IndicatedFeeLine, VolumeBand

MONTHS_IN_YEAR = 12

LARGEST_FEE_ORE = 10**15
"""What a year's fee can be at most; more is a slip of the pen, and no column holds it."""


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
    """One step of an indication: quantity x price = amount, for a year.

    An item with tiers makes a step for each of its bands, ``number`` counted from 1.
    ``prices_ore`` are those of the customer's year and the ones after it.
    """

    service: str
    item: TariffItem
    prices_ore: tuple[int, ...]
    yearly_quantity: int
    explanation: str
    number: int | None = None

    @property
    def unit_price_ore(self) -> int:
        """What one unit costs in the customer's year."""
        return self.prices_ore[0]

    @property
    def amount_ore(self) -> int:
        """What the step comes to in a year."""
        return self.yearly_quantity * self.unit_price_ore

    def amount_in(self, year: int) -> int:
        """What the same use costs so many years on; 1 is the customer's year itself."""
        return self.yearly_quantity * price_of_year(self.prices_ore, year)

    @property
    def key(self) -> str:
        """What its fee item is called in an agreement."""
        return self.item.key if self.number is None else band_key(self.item.key, self.number)

    def as_signed(self) -> IndicatedFeeLine:
        """The step as it is told, and as it can be signed."""
        item, tiers = self.item, self.item.tiers
        name, name_sv, band = item.name, item.name_sv, None
        if tiers is not None and self.number is not None:
            own = tiers.bands[self.number - 1]
            name = f"{name}, {_told(own)} in a year"
            name_sv = f"{name_sv or item.name}, {_told_sv(own)} under ett år"
            band = VolumeBand(
                item=item.key, banding=tiers.banding, above=own.above, through=own.through
            )
        return IndicatedFeeLine(
            service=self.service,
            item=FeeItem(
                key=self.key,
                service_area=item.service_area,
                name=name,
                unit=item.unit,
                unit_price_ore=self.unit_price_ore,
                yearly_quantity=self.yearly_quantity,
                name_sv=name_sv,
                own_price=item.own_price,
                band=band,
                prices_by_year_ore=self.prices_ore if len(set(self.prices_ore)) > 1 else (),
            ),
            amount_ore=self.amount_ore,
            explanation=self.explanation,
        )


class IndicationRefusedError(Exception):
    """No fee can be indicated; ``code`` is stable.

    ``reason`` says who has to do what, ``reason_sv`` the same in Swedish.
    """

    def __init__(self, code: str, reason: str, reason_sv: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.reason_sv = reason_sv


def indicate(
    tariff: Tariff,
    headcount: int,
    uses: Sequence[ExpectedUse],
    customer_year: int = 1,
    own: Items = MappingProxyType({}),
) -> tuple[FeeLine, ...]:
    """What the services would cost in a year, item by item.

    A service is priced by the tariff, and by what was set for the customer beside it; by the
    centre's own items where the tariff has none for it. Per item the quantity is the first of:
    a volume given for the item itself; 12 for an item per month and 1 for one per year; the
    volume given for its unit; 12 x headcount for an item per employee-month; the volume given
    for its option. Volumes that no item asks for do not count. The quantity of an item with
    tiers goes into its bands.

    Args:
        tariff: the prices.
        headcount: the customer's employees, 0 or more; 0 means unknown.
        uses: one per service, at least one.
        customer_year: 1 in the customer's first year.
        own: the centre's own items of services, as they hold for the customer.

    Raises:
        IndicationRefusedError: ``no-services``, ``service-repeated``, ``service-not-priced``,
            ``own-price-without-place``, ``missing-volume`` or ``fee-too-large``; the reason
            names everything that is missing.
    """
    items = {
        use.service: together(tariff.items_of(use.service), own.get(use.service, ()))
        for use in uses
    }
    _check_services(tariff, uses, items)
    _check_places(tariff, uses, own)
    lines: list[FeeLine] = []
    missing: list[tuple[str, str]] = []
    for use in uses:
        for item in chosen_items(items[use.service], use.volumes):
            counted = yearly_quantity(item, use.volumes, headcount)
            if counted is None:
                missing.append((item.unit, use.service))
                continue
            number, how = counted
            lines.extend(_lines(use.service, item, number, how, customer_year))
    if missing:
        _refuse_missing(missing, uses)
    _check_total(lines)
    return tuple(lines)


def _refuse_missing(missing: Sequence[tuple[str, str]], uses: Sequence[ExpectedUse]) -> None:
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


def _check_places(tariff: Tariff, uses: Sequence[ExpectedUse], own: Items) -> None:
    """Refuse an own price in the place of an item that the tariff has not.

    A later tariff may charge by other items. Taken in all the same, the customer would pay
    twice; left out, what was agreed would be gone without a word.
    """
    stray = [
        item
        for use in uses
        for item in without_place(tariff.items_of(use.service), own.get(use.service, ()))
    ]
    if stray:
        named = ", ".join(f"{item.key} ({instead_of(item)})" for item in stray)
        raise IndicationRefusedError(
            "own-price-without-place",
            f"Own prices stand in the place of items that tariff {tariff.key} does not have:"
            f" {named}. The centre's finance has to withdraw them, or register them for items of"
            " this tariff (price-items); then ask again.",
            f"Egna priser står i stället för poster som avgiftslistan {tariff.key} saknar:"
            f" {named}. Servicecentrets ekonomifunktion behöver återkalla dem eller registrera"
            " dem för poster i den här listan. Begär sedan en ny indikation.",
        )


def chosen_items(items: Sequence[TariffItem], volumes: Mapping[str, int]) -> list[TariffItem]:
    """The standard set, and the options that the volumes choose.

    An option is chosen by a volume above 0 for its name, for one of its items, or for a
    unit of it that the standard set does not use.
    """
    standard_units = {item.unit for item in items if item.option is None} | FIXED.keys()
    named = {name for name, number in volumes.items() if number > 0}
    chosen = {
        item.option
        for item in items
        if item.option is not None
        and ({item.option, item.key} | ({item.unit} - standard_units)) & named
    }
    return [item for item in items if item.option is None or item.option in chosen]


def yearly_quantity(
    item: TariffItem, volumes: Mapping[str, int], headcount: int
) -> tuple[int, str] | None:
    """How much of an item a year has, and how that was found; None when nobody knows."""
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


def _lines(
    service: str, item: TariffItem, number: int, how: str, customer_year: int
) -> Iterator[FeeLine]:
    if item.tiers is None:
        said = f"{item.name}{_source(item)}: {how}"
        yield _line(service, item, item.prices_ore, number, said, customer_year)
        return
    tiers = item.tiers
    shared = parts(tiers.banding, tiers.limits, number)
    for index, (band, part) in enumerate(zip(tiers.bands, shared, strict=True), start=1):
        said = (
            f"{item.name}{_source(item)}: {how}band {index} of {len(shared)}"
            f" ({_told(band)}; {_BANDING[tiers.banding]}; {quantity(number, item.unit)} in all): "
        )
        yield _line(service, item, band.prices_ore, int(part), said, customer_year, index)


def _line(
    service: str,
    item: TariffItem,
    prices_ore: tuple[int, ...],
    number: int,
    said: str,
    customer_year: int,
    band: int | None = None,
) -> FeeLine:
    price = price_of_year(prices_ore, customer_year)
    year = f" (price of customer year {customer_year})" if len(prices_ore) > 1 else ""
    return FeeLine(
        service=service,
        item=item,
        prices_ore=prices_ore[min(customer_year, len(prices_ore)) - 1 :],
        yearly_quantity=number,
        explanation=(
            f"{said}{quantity(number, item.unit)} x {format_sek(price)}{year} "
            f"= {format_sek(number * price)}"
        ),
        number=band,
    )


def _source(item: TariffItem) -> str:
    own = item.own_price
    if own is None:
        return ""
    place = f", instead of {own.instead_of}" if own.instead_of else ""
    return f" (own price, version {own.version} from {own.valid_from}{place})"


_BANDING = {
    Banding.GRADUATED: "each band its price",
    Banding.WHOLE_VOLUME: "the whole volume by the band it reaches",
}


def _told(band: Band) -> str:
    if band.through is None:
        return f"{band.above + 1:,} and more"
    return f"{band.above + 1:,} to {band.through:,}"


def _told_sv(band: Band) -> str:
    first = swedish.number(band.above + 1)
    return (
        f"{first} och fler" if band.through is None else f"{first}–{swedish.number(band.through)}"
    )
