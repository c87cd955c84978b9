"""Results from the ledger's sums: by service area, category, and what is forecast alike. Pure.

Nothing is added or left out: whatever the shares, the cells of a month sum to what was posted
on the accounts of income and cost in it, to the öre.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from services.billing.ledger.chart import AccountRole
from services.billing.months import Month
from services.billing.results.rules import Category, ResultRules, Stream
from services.chassis.money import allocate

Area = str | None
"""A service area; None is the row of what belongs to none."""

_Where = TypeVar("_Where")


@dataclass(frozen=True)
class Posted:
    """Entries that are alike, summed; debit above nought.

    ``month`` is that of the posting day, ``subject`` the service (of share income: the
    arrangement), ``period`` the month it is about where that is said.
    """

    month: Month
    role: AccountRole
    subject: str | None
    period: str | None
    amount_ore: int


@dataclass(frozen=True)
class Cell:
    """Where income or cost belongs. ``subject`` is the service, or the arrangement.

    ``overhead`` is cost of pools without a service.
    """

    area: Area
    category: Category
    stream: Stream
    subject: str | None = None
    overhead: bool = False


Amounts = Mapping[tuple[Month, Cell], int]
"""Öre by month and cell: income and cost both above nought as a rule."""


@dataclass(frozen=True)
class Shares:
    """What the standing distributions of cost say of where it went.

    ``overheads``: by month and kind of cost, how much of overhead ended in each area.
    ``arrangements``: by arrangement and year, how much each area sent it, by category.
    Weights below nought count as nought.
    """

    overheads: Mapping[tuple[str, Stream], Mapping[Area, int]]
    arrangements: Mapping[tuple[str, int], Mapping[tuple[Area, Category], int]]

    def sent_to(self, arrangement: str, year: int) -> Mapping[tuple[Area, Category], int]:
        """What an arrangement was sent in a year; else in the newest year before that is known."""
        years = [of for key, of in self.arrangements if key == arrangement and of <= year]
        return self.arrangements[arrangement, max(years)] if years else {}


def in_cells(
    posted: Iterable[Posted], areas: Mapping[str, str], shares: Shares, rules: ResultRules
) -> dict[tuple[Month, Cell], int]:
    """What was posted, by month and cell.

    Cost of a service is its area's. Overhead is shared over the areas as the month's
    distribution sent cost of its kind; income of an arrangement's shares as the distributions
    of the year it is for (else of the newest before) sent it cost, by area and category. Öre
    left over go to the largest remainders, ties in the order of the areas' keys (no area last)
    and of the categories.
    What nothing is known of is nobody's: ordinary income and cost without an area.

    Args:
        posted: sums of entries on accounts of income and cost.
        areas: the area of each service that is known.
        shares: from the distributions.
        rules: what the accounts belong to.
    """
    found: dict[tuple[Month, Cell], int] = {}
    for (month, place), ore in _alike(posted, rules).items():
        for cell, part in _parts(place, ore, areas, shares):
            found[month, cell] = found.get((month, cell), 0) + part
    return found


@dataclass(frozen=True)
class _Place:
    stream: Stream
    category: Category | None
    subject: str | None
    period: str


def _alike(posted: Iterable[Posted], rules: ResultRules) -> dict[tuple[Month, _Place], int]:
    """Sums of what is shared in the same way: rounded once, not once for each account."""
    sums: dict[tuple[Month, _Place], int] = {}
    for each in posted:
        rule = rules.roles[each.role]
        is_shared = rule.category is None or (not rule.stream.is_income and each.subject is None)
        period = (each.period or str(each.month)) if is_shared else ""
        key = (each.month, _Place(rule.stream, rule.category, each.subject, period))
        sign = -1 if rule.stream.is_income else 1
        sums[key] = sums.get(key, 0) + sign * each.amount_ore
    return sums


def _parts(
    place: _Place, ore: int, areas: Mapping[str, str], shares: Shares
) -> Iterator[tuple[Cell, int]]:
    if place.category is None:
        known = shares.sent_to(place.subject or "", Month.parse(place.period).year)
        origins = in_proportion(ore, known, otherwise=(None, Category.ORDINARY))
        for (area, category), part in origins:
            yield Cell(area, category, place.stream, place.subject), part
    elif place.subject is None and not place.stream.is_income:
        known_areas = shares.overheads.get((place.period, place.stream), {})
        for area, part in in_proportion(ore, known_areas, otherwise=None):
            yield Cell(area, place.category, place.stream, None, overhead=True), part
    else:
        area = areas.get(place.subject or "")
        yield Cell(area, place.category, place.stream, place.subject), ore


def in_proportion(
    ore: int, weights: Mapping[_Where, int], *, otherwise: _Where
) -> list[tuple[_Where, int]]:
    """An amount by weights, exactly; whole where there is no weight above nought."""
    places = sorted((each for each, weight in weights.items() if weight > 0), key=_order)
    if not places:
        return [(otherwise, ore)]
    return list(zip(places, allocate(ore, [weights[each] for each in places]), strict=True))


def _order(place: object) -> tuple[bool, str, int]:
    area, category = place if isinstance(place, tuple) else (place, None)
    return (area is None, area or "", list(Category).index(category) if category else 0)


@dataclass(frozen=True)
class Result:
    """Income and cost, in öre."""

    income_ore: int = 0
    cost_ore: int = 0

    @property
    def result_ore(self) -> int:
        """What is left: a surplus above nought, a deficit below."""
        return self.income_ore - self.cost_ore

    def plus(self, stream: Stream, ore: int) -> Result:
        """With an amount more of a stream."""
        if stream.is_income:
            return Result(self.income_ore + ore, self.cost_ore)
        return Result(self.income_ore, self.cost_ore + ore)

    def __add__(self, other: Result) -> Result:
        return Result(self.income_ore + other.income_ore, self.cost_ore + other.cost_ore)


def by_category(cells: Iterable[tuple[Cell, int]]) -> dict[Category, Result]:
    """The result of each category; all four are there."""
    found = {category: Result() for category in Category}
    for cell, ore in cells:
        found[cell.category] = found[cell.category].plus(cell.stream, ore)
    return found


def whole(results: Mapping[Category, Result]) -> Result:
    """What the categories come to together."""
    return sum(results.values(), Result())
