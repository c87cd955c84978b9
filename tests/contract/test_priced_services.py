"""What billing can set prices for is what onboarding's catalogue offers."""

from __future__ import annotations

from services.billing.own_prices.catalogue import charged_units, priced_services
from services.onboarding.catalogue.service import catalogues

OPTIONS = frozenset({"scheduling-system", "recruitment-system", "finance-system"})
"""Counted by the catalogue, but as choices within a tariff and not as units."""


def test_services_and_their_units_are_those_of_the_catalogue() -> None:
    offered: dict[str, set[str]] = {}
    for catalogue in catalogues().versions:
        for service in catalogue.services:
            units = {*service.volume_units.required, *service.volume_units.optional} - OPTIONS
            offered.setdefault(service.key, set()).update(units)
            priced = priced_services()[service.key]
            named = (priced.service_area, priced.name, priced.name_sv)
            assert named == (service.service_area, service.name, service.name_sv)
    assert {key: set(service.units) for key, service in priced_services().items()} == offered
    charged = {unit for service in priced_services().values() for unit in service.charged_by}
    assert charged == charged_units().keys()
