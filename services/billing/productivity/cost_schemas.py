"""What the API says about the cost per unit."""

from __future__ import annotations

from collections.abc import Iterable

from services.billing.costs.language import PoolKind
from services.billing.own_prices.catalogue import priced_services
from services.billing.productivity.measures import measures
from services.billing.productivity.schemas import optional
from services.billing.productivity.service import ServiceUnitCost
from services.billing.productivity.unit_costs import (
    APART,
    CostOfMonth,
    MissingCost,
    UnitCost,
    of_costs,
)
from services.chassis.schemas import ResponseModel


class KindOfCostOut(ResponseModel):
    """Cost of one kind of origin; what is not ``ordinary`` is no part of the cost per unit."""

    kind: PoolKind
    ordinary: bool
    amount_ore: int


class UnitCostOut(ResponseModel):
    """What one month or several come to.

    ``per_unit_exact_ore`` is the ordinary cost per unit as a fraction, ``per_unit_ore`` the same
    in whole öre (a half away from nought); both absent where nothing was made.
    """

    kinds: tuple[KindOfCostOut, ...]
    ordinary_ore: int
    units: int
    per_unit_exact_ore: str | None
    per_unit_ore: int | None


class MonthCostOut(ResponseModel):
    """A month; ``cost`` is absent where something is ``missing``.

    ``outdated``: costs of the month have changed since it was distributed.
    ``silent_subscriptions`` were live and have reported no unit.
    """

    period: str
    cost: UnitCostOut | None
    missing: tuple[MissingCost, ...]
    outdated: bool
    silent_subscriptions: int


class ServiceUnitCostOut(ResponseModel):
    """What a unit of a service cost in the year and the year before.

    Each year stands on its months of which cost and units are known; ``counted_months`` and
    ``missing_months`` are of the year, the others of the year before.
    """

    service: str
    name: str
    name_sv: str
    units_of: tuple[str, ...]
    year: UnitCostOut | None
    year_before: UnitCostOut | None
    change_ore: int | None
    change_percent: str | None
    counted_months: tuple[str, ...]
    missing_months: tuple[str, ...]
    counted_months_before: tuple[str, ...]
    missing_months_before: tuple[str, ...]
    months: tuple[MonthCostOut, ...]


class YearUnitCostOut(ResponseModel):
    """The cost per unit of a year, by service; only months that have ended."""

    year: int
    services: tuple[ServiceUnitCostOut, ...]


def year_unit_cost_out(year: int, services: Iterable[ServiceUnitCost]) -> YearUnitCostOut:
    """A year's cost per unit."""
    return YearUnitCostOut(year=year, services=tuple(_service_out(each) for each in services))


def _service_out(found: ServiceUnitCost) -> ServiceUnitCostOut:
    named = priced_services()[found.service]
    new = found.year.rounded_ore if found.year else None
    old = found.before.rounded_ore if found.before else None
    return ServiceUnitCostOut(
        service=found.service,
        name=named.name,
        name_sv=named.name_sv,
        units_of=measures()[found.service].units,
        year=_cost_out(found.year),
        year_before=_cost_out(found.before),
        change_ore=None if new is None or old is None else new - old,
        change_percent=optional(found.change_percent, 2),
        counted_months=_counted(found.months),
        missing_months=_missing(found.months),
        counted_months_before=_counted(found.months_before),
        missing_months_before=_missing(found.months_before),
        months=tuple(_month_out(each) for each in found.months),
    )


def _counted(months: Iterable[CostOfMonth]) -> tuple[str, ...]:
    return tuple(str(each.month) for each in months if each.counts)


def _missing(months: Iterable[CostOfMonth]) -> tuple[str, ...]:
    return tuple(str(each.month) for each in months if each.missing)


def _month_out(month: CostOfMonth) -> MonthCostOut:
    return MonthCostOut(
        period=str(month.month),
        cost=_cost_out(of_costs([month])),
        missing=month.missing,
        outdated=month.is_outdated,
        silent_subscriptions=month.silent,
    )


def _cost_out(found: UnitCost | None) -> UnitCostOut | None:
    if found is None:
        return None
    exact = found.exact_ore
    return UnitCostOut(
        kinds=tuple(
            KindOfCostOut(kind=kind, ordinary=kind not in APART, amount_ore=found.kinds[kind])
            for kind in PoolKind
            if kind in found.kinds
        ),
        ordinary_ore=found.ordinary_ore,
        units=found.units,
        per_unit_exact_ore=None if exact is None else str(exact),
        per_unit_ore=found.rounded_ore,
    )
