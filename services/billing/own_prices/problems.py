"""The refusals of own prices."""

from __future__ import annotations

from services.chassis.problems import ProblemType

SERVICE_NOT_PRICEABLE = ProblemType(
    "service_not_priceable", 422, "The service is not one that can be given a price"
)
SERVICE_PRICED_BY_TARIFF = ProblemType(
    "service_priced_by_tariff", 422, "The tariff in force prices the service"
)
NOT_IN_TARIFF = ProblemType(
    "not_in_tariff", 422, "The tariff in force does not have what the price stands beside"
)
PRICE_FOR_NOBODY = ProblemType(
    "price_for_nobody", 422, "A price of an agreement, or beside the tariff, needs an agency"
)
PRICE_OVERLAPS = ProblemType(
    "price_overlaps", 409, "Two versions of a price would hold on the same day"
)
PRICE_NOT_NEWEST = ProblemType(
    "price_not_newest", 409, "Only the newest version of a price can be replaced or withdrawn"
)
PRICE_WITHDRAWN = ProblemType("price_withdrawn", 409, "The price is withdrawn already")

PROBLEMS: tuple[ProblemType, ...] = (
    SERVICE_NOT_PRICEABLE,
    SERVICE_PRICED_BY_TARIFF,
    NOT_IN_TARIFF,
    PRICE_FOR_NOBODY,
    PRICE_OVERLAPS,
    PRICE_NOT_NEWEST,
    PRICE_WITHDRAWN,
)
"""Those that belong to this capability alone."""
