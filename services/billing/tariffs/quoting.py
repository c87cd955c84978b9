"""What a quote comes to: its steps, its sums, VAT by rate, and the years that follow.

Pure. A quote is a function of its inputs, the version of the tariff and the versions of own
prices that they name, none of which ever changes. So it can be reckoned again for ever.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from services.billing.tariffs.domain import Tariff
from services.billing.tariffs.indicating import (
    ExpectedUse,
    FeeLine,
    IndicationRefusedError,
    indicate,
)
from services.billing.tariffs.places import Items, together
from services.billing.units import FIXED
from services.chassis.money import round_half_up
from services.chassis.schemas import Day
from services.contracts.values import IndicatedFeeLine, Slug


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True)


class QuotedUse(_Kept):
    """What is expected of one service in a year, by unit, item or option."""

    service: Slug
    yearly_volumes: dict[str, int]


class QuoteInputs(_Kept):
    """All that a quote is reckoned from; prices are named by versions that never change."""

    on: Day
    headcount: int
    customer_year: int
    case_id: str | None
    services: tuple[QuotedUse, ...]
    tariff: Slug
    tariff_version: int
    own_prices: tuple[str, ...]


class VatByRate(_Kept):
    """What VAT comes to at one rate, reckoned on the sum; no rate where none is stated."""

    percent: str | None
    base_ore: int
    vat_ore: int | None


class YearlyTotal(_Kept):
    """What the same use costs in one of the customer's years; the last holds from then on."""

    customer_year: int
    total_ore: int


class ServiceTotal(_Kept):
    """What a service comes to in a year."""

    service: Slug
    total_ore: int


class QuoteResult(_Kept):
    """What a quote comes to in a year: öre without VAT, and with it where each rate is stated."""

    lines: tuple[IndicatedFeeLine, ...]
    services: tuple[ServiceTotal, ...]
    yearly_total_ore: int
    years: tuple[YearlyTotal, ...]
    vat: tuple[VatByRate, ...]
    total_with_vat_ore: Annotated[int | None, Field(description="None: a rate is not stated.")]


def require_known_volumes(
    tariff: Tariff,
    own: Items,
    services: Mapping[str, Mapping[str, int]],
    units: Mapping[str, Collection[str]],
) -> None:
    """Refuse volumes by names that mean nothing for their service, such as a misspelt option.

    Left out in silence, they would make the quote too low. A unit of the service that no item
    is priced by is no slip: it costs nothing by this tariff.

    Args:
        tariff: the prices.
        own: the centre's own items of services, as they hold for the customer.
        services: by service: volumes by unit, item or option.
        units: by service: the units of its volumes.

    Raises:
        IndicationRefusedError: ``unknown-volume``; the reason names all of them, and what could
            stand there.
    """
    unknown, known = [], []
    for service, volumes in services.items():
        items = together(tariff.items_of(service), own.get(service, ()))
        counted = {item.unit for item in items} - FIXED.keys()
        options = {item.option for item in items if item.option is not None}
        names = counted | options | {item.key for item in items} | {*units.get(service, ())}
        strange = sorted(volumes.keys() - names)
        if strange and items:
            unknown += [f"{name} ({service})" for name in strange]
            known += [f"{name} ({service})" for name in sorted(counted | options)]
    if unknown:
        raise IndicationRefusedError(
            "unknown-volume",
            f"Nothing is priced by {', '.join(unknown)}. Volumes are by unit, by option or by"
            f" item of the tariff, such as {', '.join(known)}.",
            f"Ingenting prissätts efter {', '.join(unknown)}. Volymer anges per enhet, tillval"
            f" eller post i avgiftslistan, till exempel {', '.join(known)}.",
        )


def reckon(
    tariff: Tariff, own: Items, inputs: QuoteInputs, names: Sequence[str | None]
) -> QuoteResult:
    """What a quote comes to.

    Args:
        tariff: the version that the inputs name.
        own: the own prices that they name, as items.
        inputs: the rest.
        names: what the services are called in Swedish, for refusals.

    Raises:
        IndicationRefusedError: as ``indicate``.
    """
    uses = [
        ExpectedUse(each.service, each.yearly_volumes, name)
        for each, name in zip(inputs.services, names, strict=True)
    ]
    lines = indicate(tariff, inputs.headcount, uses, inputs.customer_year, own)
    total = sum(line.amount_ore for line in lines)
    vat = tuple(_vat(lines))
    known = [each.vat_ore for each in vat if each.vat_ore is not None]
    return QuoteResult(
        lines=tuple(line.as_signed() for line in lines),
        services=tuple(
            ServiceTotal(
                service=use.service,
                total_ore=sum(line.amount_ore for line in lines if line.service == use.service),
            )
            for use in uses
        ),
        yearly_total_ore=total,
        years=tuple(_years(lines, inputs.customer_year)),
        vat=vat,
        total_with_vat_ore=total + sum(known) if len(known) == len(vat) else None,
    )


def _years(lines: Sequence[FeeLine], first: int) -> Iterator[YearlyTotal]:
    """The customer's years in which the price falls, from the one asked about."""
    count = max(len(line.prices_ore) for line in lines)
    for index in range(1, count + 1):
        total = sum(line.amount_in(index) for line in lines)
        yield YearlyTotal(customer_year=first + index - 1, total_ore=total)


def _vat(lines: Sequence[FeeLine]) -> Iterator[VatByRate]:
    """VAT by rate on the sums, as EN 16931 has it, so that no line rounds for itself."""
    bases: dict[Decimal | None, int] = {}
    for line in lines:
        rate = line.item.vat_percent
        bases[rate] = bases.get(rate, 0) + line.amount_ore
    for rate, base in bases.items():
        yield VatByRate(
            percent=None if rate is None else f"{rate:f}",
            base_ore=base,
            vat_ore=None if rate is None else round_half_up(Fraction(rate) * base / 100),
        )


def differing(stored: Any, reckoned: Any, at: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Where two results differ: the place, what was stored and what was reckoned now.

    Sentences and names are not compared: they may be worded better in a later release.
    """
    if isinstance(stored, dict) and isinstance(reckoned, dict):
        for key in dict.fromkeys([*stored, *reckoned]):
            if key not in {"explanation", "name", "name_sv"}:
                yield from differing(stored.get(key), reckoned.get(key), f"{at}.{key}".lstrip("."))
    elif isinstance(stored, list) and isinstance(reckoned, list) and len(stored) == len(reckoned):
        for index, pair in enumerate(zip(stored, reckoned, strict=True)):
            yield from differing(*pair, f"{at}.{index}")
    elif stored != reckoned:
        yield at, stored, reckoned
