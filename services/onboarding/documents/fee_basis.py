"""By what a fee is reckoned, in Swedish: a tariff, and the centre's own prices at cost."""

from __future__ import annotations

from collections.abc import Iterable

from services.chassis import swedish
from services.contracts.values import FeeItem


def followed(tariff: str, items: Iterable[FeeItem]) -> str:
    """What the fees follow, behind the word ``avgiftslistan``."""
    own = [item.own_price for item in items if item.own_price is not None]
    if not own:
        return tariff
    agreed = " eller annat är överenskommet" if any(each.instead_of for each in own) else ""
    return (
        f"{tariff}, och där den saknar pris{agreed} servicecentrets egna priser till självkostnad,"
    )


def basis(items: Iterable[FeeItem]) -> list[str]:
    """How prices came about that are not just the tariff's of today, an item a line.

    Those of the centre's own with how they were calculated, and those that follow the years.
    """
    given = list(items)
    return [*_own(given), *_by_year(given)]


def _own(items: Iterable[FeeItem]) -> list[str]:
    return [
        f"{item.name_sv or item.name}: servicecentrets eget pris, version {own.version}, som gäller"
        f" från och med {swedish.day(own.valid_from)}. Självkostnaden är beräknad så här:"
        f" {own.cost_basis}"
        f"{f' Det gäller i stället för posten {own.instead_of}.' if own.instead_of else ''}"
        for item in items
        if (own := item.own_price) is not None
    ]


def _by_year(items: Iterable[FeeItem]) -> list[str]:
    return [
        f"{item.name_sv or item.name}: priset är"
        f" {swedish.listed([_of_year(year, ore) for year, ore in enumerate(prices, start=1)])}."
        " Åren räknas från den dag då tjänsten börjar levereras, och det sista priset gäller"
        " därefter."
        for item in items
        if (prices := item.prices_by_year_ore)
    ]


def _of_year(year: int, ore: int) -> str:
    return f"{swedish.amount(ore)} år\N{NO-BREAK SPACE}{year}"
