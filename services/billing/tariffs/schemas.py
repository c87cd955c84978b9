"""What the API says about tariffs."""

from __future__ import annotations

from datetime import date

from services.billing.tariffs.domain import Tariff
from services.chassis.schemas import ResponseModel


class TariffItemOut(ResponseModel):
    """A priced item; ``prices_ore`` by the customer's year, the last holds from then on."""

    key: str
    service_area: str
    services: tuple[str, ...]
    name: str
    unit: str
    prices_ore: tuple[int, ...]
    optional: bool
    option: str | None


class TariffSummaryOut(ResponseModel):
    """A published tariff and when it is in force."""

    key: str
    name: str
    valid_from: date
    valid_until: date | None


class TariffOut(TariffSummaryOut):
    """A published tariff with its items."""

    items: tuple[TariffItemOut, ...]


def tariff_out(tariff: Tariff) -> TariffOut:
    """A tariff as the API shows it."""
    return TariffOut(
        key=tariff.key,
        name=tariff.name,
        valid_from=tariff.valid_from,
        valid_until=tariff.valid_until,
        items=tuple(
            TariffItemOut(
                key=item.key,
                service_area=item.service_area,
                services=item.services,
                name=item.name,
                unit=item.unit,
                prices_ore=item.prices_ore,
                optional=item.option is not None,
                option=item.option,
            )
            for item in tariff.items
        ),
    )
