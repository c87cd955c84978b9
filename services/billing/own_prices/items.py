"""Own prices as items that a fee is reckoned by."""

from __future__ import annotations

from collections.abc import Iterable

from services.billing.own_prices.domain import PriceVersion
from services.billing.tariffs.domain import TariffItem
from services.billing.tariffs.items import percent_of
from services.contracts.values import OwnPrice


def items_by_service(prices: Iterable[PriceVersion]) -> dict[str, list[TariffItem]]:
    """The prices that hold as items, by service; a withdrawal makes none."""
    found: dict[str, list[TariffItem]] = {}
    for price in prices:
        if price.amount_ore is not None:
            found.setdefault(price.service, []).append(_item(price, price.amount_ore))
    return found


def _item(price: PriceVersion, amount_ore: int) -> TariffItem:
    return TariffItem(
        key=price.key,
        service_area=price.service_area,
        services=(price.service,),
        name=price.name,
        unit=price.unit,
        prices_ore=(amount_ore,),
        name_sv=price.name_sv,
        vat_percent=percent_of(price.vat_percent),
        own_price=OwnPrice(
            price_item_id=price.id,
            version=price.number,
            valid_from=price.valid_from,
            cost_basis=price.cost_basis,
            instead_of=price.instead_of,
        ),
        beside=price.beside_tariff,
    )
