"""What the months to come bring. Pure.

Months that are over are as posted. Of those to come a figure is what is planned or budgeted,
else the mean of the year's months so far; in January that of the year before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from services.billing.months import Month
from services.billing.results.domain import Amounts, Area, Cell, in_proportion
from services.billing.results.rules import Category, Stream
from services.chassis.money import round_half_up


class Method(StrEnum):
    """What a forecast figure came by."""

    PLANNED_INSTALMENTS = "planned_instalments"
    BUDGET = "budget"
    MEAN = "mean_of_months_so_far"
    MEAN_OF_LAST_YEAR = "mean_of_last_year"


@dataclass(frozen=True)
class Plans:
    """What is known of months to come.

    ``instalments`` and ``budgets`` are öre by month and cell; a cell that instalments tell of
    has them in every month to come, nought where none falls due. ``overhead_budgets`` are öre
    by month and kind, shared over the areas by ``overhead_weights`` as in ``Shares.overheads``.
    """

    instalments: Amounts
    budgets: Amounts
    overhead_budgets: Mapping[tuple[Month, Stream], int]
    overhead_weights: Mapping[tuple[str, Stream], Mapping[Area, int]]


@dataclass(frozen=True)
class Figure:
    """A forecast for a month and cell, and what it came by."""

    month: Month
    cell: Cell
    amount_ore: int
    method: Method


def forecast(
    amounts: Amounts, months: Sequence[Month], plans: Plans, kinds: Mapping[Stream, Category]
) -> tuple[Figure, ...]:
    """The figures of months to come, by month and cell.

    Args:
        amounts: what was posted.
        months: those to come, in order and without gaps; the first is the one that runs.
        plans: what is known of them.
        kinds: the category of each kind of cost.

    Returns:
        At most one figure for each month and cell; the mean is rounded half up.
    """
    if not months:
        return ()
    means, method = _means(amounts, months[0])
    budgeted = _overheads(plans, kinds)
    known = {cell for _, cell in (*plans.instalments, *plans.budgets, *budgeted)}
    cells = sorted({*means, *known}, key=_order)
    found = []
    for month in months:
        for cell in cells:
            told = _told(plans, budgeted, month, cell)
            ore, by = told if told is not None else (means.get(cell, 0), method)
            if ore or told is not None:
                found.append(Figure(month, cell, ore, by))
    return tuple(found)


def _told(plans: Plans, budgeted: Amounts, month: Month, cell: Cell) -> tuple[int, Method] | None:
    if (month, cell) in plans.instalments:
        return plans.instalments[month, cell], Method.PLANNED_INSTALMENTS
    if (month, cell) in plans.budgets:
        return plans.budgets[month, cell], Method.BUDGET
    if cell.overhead and (month, cell.stream) in plans.overhead_budgets:
        # The budget is of the kind as a whole: where none of it goes, there is no mean either.
        return budgeted.get((month, cell), 0), Method.BUDGET
    return None


def _means(amounts: Amounts, running: Month) -> tuple[dict[Cell, int], Method]:
    """The mean of the months over in the running month's year; in January of the year before."""
    if running.month > 1:
        first, months, method = Month(running.year, 1), running.month - 1, Method.MEAN
    else:
        first, months, method = Month(running.year - 1, 1), 12, Method.MEAN_OF_LAST_YEAR
    sums: dict[Cell, int] = {}
    for (month, cell), ore in amounts.items():
        if first <= month < running:
            sums[cell] = sums.get(cell, 0) + ore
    return {cell: round_half_up(Fraction(ore, months)) for cell, ore in sums.items()}, method


def _overheads(plans: Plans, kinds: Mapping[Stream, Category]) -> dict[tuple[Month, Cell], int]:
    """Budgeted overhead by area: as the month's distribution of the budget sends it.

    Without one it goes as the newest distribution of its kind; without any, to no area.
    """
    newest: dict[Stream, Mapping[Area, int]] = {}
    for (_, kind), weights in sorted(plans.overhead_weights.items(), key=lambda each: each[0]):
        newest[kind] = weights
    found: dict[tuple[Month, Cell], int] = {}
    for (month, kind), ore in plans.overhead_budgets.items():
        weights = plans.overhead_weights.get((str(month), kind), newest.get(kind, {}))
        for area, part in in_proportion(ore, weights, otherwise=None):
            found[month, Cell(area, kinds[kind], kind, None, overhead=True)] = part
    return found


def _order(cell: Cell) -> tuple[str, str, str, str, bool]:
    return (cell.area or "", cell.category, cell.stream, cell.subject or "", cell.overhead)


def with_forecast(amounts: Amounts, figures: Iterable[Figure], running: Month) -> Amounts:
    """Posted months that are over, and the forecast of those to come."""
    over = {key: ore for key, ore in amounts.items() if key[0] < running}
    return over | {(each.month, each.cell): each.amount_ore for each in figures}
