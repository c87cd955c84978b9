"""By what a fee is reckoned, in Swedish: a tariff, and the centre's own prices at cost."""

from __future__ import annotations

from collections.abc import Iterable

from services.chassis import swedish
from services.contracts.values import FeeItem


def followed(tariff: str, items: Iterable[FeeItem]) -> str:
    """What the fees follow, behind the word ``avgiftslistan``."""
    if any(item.own_price is not None for item in items):
        return f"{tariff}, och där den saknar pris servicecentrets egna priser till självkostnad,"
    return tariff


def basis(items: Iterable[FeeItem]) -> list[str]:
    """How each price of the centre's own was calculated, an item a line."""
    return [
        f"{item.name_sv or item.name}: servicecentrets eget pris, version {own.version}, som gäller"
        f" från och med {swedish.day(own.valid_from)}. Självkostnaden är beräknad så här:"
        f" {own.cost_basis}"
        for item in items
        if (own := item.own_price) is not None
    ]
