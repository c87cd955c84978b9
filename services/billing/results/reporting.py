"""What the report to the Government stands on, and how it is built up. Pure.

Its sentences are in ``report`` and ``report_of_proposal``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

from services.billing.months import Month
from services.billing.results.rows import Proposed, Results, Row
from services.billing.results.rules import Category, result_rules
from services.billing.results.surplus import YearEnd
from services.chassis.money import round_half_up

MOST_AREAS = 3
"""How many areas are named as the largest."""
EXAMPLE_FEES_SEK = 1_000_000
"""The yearly fees of the customer that a change is told by."""
_MOST_DIGITS = 6


@dataclass(frozen=True)
class Section:
    """A heading and complete sentences below it."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Text:
    """A report in one language."""

    title: str
    summary: str
    sections: tuple[Section, ...]


class Report(NamedTuple):
    """A report in Swedish, as it is handed in, and an English version of it."""

    sv: Text
    en: Text


@dataclass(frozen=True)
class Ground:
    """A year, what is proposed in all, and by area where each area has an aim of its own."""

    results: Results
    proposed: Proposed
    by_area: tuple[Proposed, ...]

    @property
    def year(self) -> int:
        """The year reported."""
        return self.results.year

    @property
    def end(self) -> YearEnd:
        """The year's end in all, with the forecast where months are to come."""
        return self.results.total.expected

    @property
    def limit(self) -> Decimal:
        """The largest surplus that calls for nothing, in percent of the turnover."""
        return result_rules().surplus.limit_percent

    @property
    def is_over(self) -> bool:
        """Whether the surplus in all is above the limit."""
        return self.end.standing.is_over(self.limit)

    @property
    def lacks_cost(self) -> bool:
        """Whether costs have not come in yet."""
        return self.results.total.lacks_cost

    @property
    def proposes(self) -> bool:
        """Whether there is a surplus to make a proposal about, and costs to judge it by."""
        return self.is_over and not self.lacks_cost

    @property
    def limit_ore(self) -> int:
        """The limit in öre, rounded half up."""
        return round_half_up(self.end.standing.limit_ore(self.limit))

    @property
    def last_posted(self) -> Month | None:
        """The year's last month that is over, where others are to come; None: none is over."""
        before = self.results.running.plus(-1)
        return before if before.year == self.year else None

    @property
    def last_year(self) -> int:
        """The last year of the proposal."""
        return self.year + self.proposed.ground.years

    @property
    def earlier_ore(self) -> int:
        """The results of earlier years."""
        return sum(self.end.before.values())

    @property
    def brought_ore(self) -> int:
        """What was brought in."""
        return sum(self.end.brought_in.values())

    @property
    def categories(self) -> list[Category]:
        """The categories that the year had income or cost of."""
        results = self.end.results
        return [each for each in Category if results[each].income_ore or results[each].cost_ore]

    def largest(self, sign: int) -> list[Row]:
        """The service areas with the largest surplus (sign 1) or deficit (-1)."""
        found = [
            row
            for row in self.results.rows
            if row.area is not None and sign * row.expected.standing.accumulated_ore > 0
        ]
        found.sort(key=lambda row: (-sign * row.expected.standing.accumulated_ore, row.area or ""))
        return found[:MOST_AREAS]

    def areas_over(self) -> Sequence[Row]:
        """The service areas that are above the limit taken by themselves."""
        return [
            row
            for row in self.results.rows
            if row.area is not None and row.expected.standing.is_over(self.limit)
        ]

    @property
    def example_sek(self) -> int:
        """What the change is in a year for the customer of the example, without its sign."""
        proposal = self.proposed.proposal
        return abs(EXAMPLE_FEES_SEK * proposal.tenths) // 1000 if proposal else 0


def percent_of_turnover(percent: Fraction, limit: Decimal) -> Decimal:
    """A percentage with one decimal, or as many more as tell it from the limit's other side."""
    is_over = percent > Fraction(limit)
    told = (round_to(percent, digits) for digits in range(1, _MOST_DIGITS))
    return next(
        (each for each in told if (each > limit) == is_over), round_to(percent, _MOST_DIGITS)
    )


def round_to(value: Fraction, digits: int) -> Decimal:
    """A fraction with so many decimals, a half away from nought."""
    scaled = Decimal(round_half_up(value * 10**digits)).scaleb(-digits)
    return scaled.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def whole_kronor(ore: int) -> int:
    """Öre as the report tells them: in whole kronor, a half away from nought."""
    return round_half_up(Fraction(ore, 100))
