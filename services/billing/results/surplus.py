"""What has accumulated, and whether it is more than the law lets an agency keep. Pure.

Avgiftsförordningen (1992:191), section 25 a: an accumulated surplus above 10 percent of the
year's turnover calls for a proposal to the Government (DOMAIN.md section 7).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from services.billing.results.domain import Amounts, Area, Result, by_category, whole
from services.billing.results.rules import Category


@dataclass(frozen=True)
class Brought:
    """What an area brought in on the first day of a year; a deficit is below nought."""

    area: str
    category: Category
    year: int
    amount_ore: int


@dataclass(frozen=True)
class Standing:
    """What has accumulated at a year's end, beside the year's turnover, in öre."""

    accumulated_ore: int
    turnover_ore: int

    def limit_ore(self, percent: Decimal) -> Fraction:
        """The largest surplus that calls for nothing; nought without turnover."""
        return max(self.turnover_ore, 0) * Fraction(percent) / 100

    def is_over(self, percent: Decimal) -> bool:
        """Whether there is a surplus, and it is above the limit."""
        return self.accumulated_ore > self.limit_ore(percent)

    @property
    def percent(self) -> Fraction | None:
        """What has accumulated in percent of the turnover; None without turnover."""
        if self.turnover_ore <= 0:
            return None
        return Fraction(100 * self.accumulated_ore, self.turnover_ore)


@dataclass(frozen=True)
class YearEnd:
    """A year of an area (or of all together), and what has accumulated by its end.

    ``brought_in`` is what came in from outside through the year, by category, earlier years
    included; ``before`` the results of earlier years, ``results`` the year's own.
    """

    year: int
    brought_in: dict[Category, int]
    before: dict[Category, int]
    results: dict[Category, Result]

    @property
    def result(self) -> Result:
        """The year's income and cost of all categories."""
        return whole(self.results)

    def accumulated(self, category: Category) -> int:
        """What a category has come to by the year's end."""
        before = self.brought_in[category] + self.before[category]
        return before + self.results[category].result_ore

    @property
    def standing(self) -> Standing:
        """All categories together; the turnover is the year's income."""
        accumulated = sum(self.accumulated(category) for category in Category)
        return Standing(accumulated, self.result.income_ore)


def year_end(amounts: Amounts, brought: Iterable[Brought], year: int) -> YearEnd:
    """What a year came to, and what came before it.

    Args:
        amounts: of the area, or of all; months after the year do not count.
        brought: likewise; what is brought in after the year does not count.
        year: the year.
    """
    brought_in = dict.fromkeys(Category, 0)
    for each in brought:
        if each.year <= year:
            brought_in[each.category] += each.amount_ore
    earlier = by_category(
        (cell, ore) for (month, cell), ore in amounts.items() if month.year < year
    )
    own = by_category((cell, ore) for (month, cell), ore in amounts.items() if month.year == year)
    before = {category: result.result_ore for category, result in earlier.items()}
    return YearEnd(year, brought_in, before, own)


def of_area(
    amounts: Amounts, brought: Iterable[Brought], area: Area
) -> tuple[Amounts, tuple[Brought, ...]]:
    """What is one area's of all."""
    own = {key: ore for key, ore in amounts.items() if key[1].area == area}
    return own, tuple(each for each in brought if each.area == area)


def areas_with_something(amounts: Amounts, brought: Iterable[Brought]) -> list[Area]:
    """The areas that anything is known of, by key; what belongs to none comes last."""
    found: set[Area] = {cell.area for _, cell in amounts} | {each.area for each in brought}
    return sorted(found, key=lambda area: (area is None, area or ""))
