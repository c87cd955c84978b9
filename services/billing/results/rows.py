"""A year's results by area, in all, and what is proposed of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.billing.months import Month
from services.billing.results.domain import Amounts, Area, Cell, Result, by_category
from services.billing.results.forecasting import Figure
from services.billing.results.proposing import Ground, Proposal, propose
from services.billing.results.rules import Category, Stream, result_rules
from services.billing.results.surplus import Brought, YearEnd, year_end


@dataclass(frozen=True)
class Awaited:
    """A service that agreements have and that is not in operation: the forecast lacks it.

    Nobody has told billing from which day on it will be charged. ``yearly_ore`` is what its
    signed items come to in a year.
    """

    area: Area
    service: str
    subscriptions: int
    yearly_ore: int


@dataclass(frozen=True)
class Row:
    """An area's year, or that of all together.

    ``years`` are the ends, by what is posted, of the year asked for and of those before that
    anything is known of; ``expected``
    is the year's end with the forecast, and ``figures`` are those that it came by. Without a
    forecast, ``expected`` is the end as posted.
    """

    area: Area
    years: tuple[YearEnd, ...]
    months: dict[Month, dict[Category, Result]]
    expected: YearEnd
    figures: tuple[Figure, ...]
    fees_ore: int
    awaited: tuple[Awaited, ...] = ()

    @property
    def end(self) -> YearEnd:
        """The year as posted."""
        return self.years[-1]

    @property
    def lacks_cost(self) -> bool:
        """Whether ordinary operations had income and no cost: then costs have not come in yet."""
        ordinary = self.expected.results[Category.ORDINARY]
        return ordinary.income_ore > 0 and not ordinary.cost_ore

    def ground(self, aim_ore: int, years: int) -> Ground:
        """What a proposal for the next years stands on."""
        recurring = sum(
            self.expected.results[category].result_ore
            for category, named in result_rules().named.items()
            if named.recurs
        )
        accumulated = self.expected.standing.accumulated_ore
        return Ground(accumulated, recurring, self.fees_ore, aim_ore, years)


@dataclass(frozen=True)
class Results:
    """A year's results by area and in all; ``running`` is the first month that is not over."""

    year: int
    known_at: datetime
    running: Month
    rows: tuple[Row, ...]
    total: Row

    @property
    def is_forecast(self) -> bool:
        """Whether months of the year are still to come."""
        return self.running <= Month(self.year, 12)


@dataclass(frozen=True)
class Proposed:
    """What is proposed for an area, or for all together (``of`` is their row).

    Nothing is, where there are no fees to change or no costs yet to judge them by.
    """

    of: Row
    ground: Ground
    proposal: Proposal | None


def row_of(
    area: Area,
    year: int,
    known: tuple[Amounts, Sequence[Brought]],
    expected: Amounts,
    figures: tuple[Figure, ...],
    awaited: tuple[Awaited, ...] = (),
) -> Row:
    """An area's year.

    Args:
        area: the area; None also for all together.
        year: the year.
        known: what was posted and brought in, of the area.
        expected: what was posted in months over, and the forecast of the others, of the area.
        figures: the forecast's figures, of the area.
        awaited: what the forecast lacks, of the area.
    """
    amounts, brought = known
    years = {month.year for month, _ in amounts} | {each.year for each in brought}
    months: dict[Month, list[tuple[Cell, int]]] = {}
    for (month, cell), ore in amounts.items():
        if month.year == year:
            months.setdefault(month, []).append((cell, ore))
    return Row(
        area=area,
        years=tuple(
            year_end(amounts, brought, each)
            for each in sorted({year, *(each for each in years if each < year)})
        ),
        months={month: by_category(cells) for month, cells in sorted(months.items())},
        expected=year_end(expected, brought, year),
        figures=figures,
        fees_ore=sum(
            ore
            for (month, cell), ore in expected.items()
            if month.year == year and cell.stream is Stream.FEES
        ),
        awaited=awaited,
    )


def proposed_for(row: Row, aim_ore: int, years: int) -> Proposed:
    """What is proposed for an area, or for all together."""
    ground = row.ground(aim_ore, years)
    return Proposed(row, ground, None if row.lacks_cost else propose(ground))
