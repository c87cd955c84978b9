"""What an arrangement is fed with: parties, cost items, readings of drivers, index values."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from services.billing.cost_sharing.key_language import MOST, Document, Year
from services.billing.cost_sharing.language import Version
from services.billing.cost_sharing.numerals import DecimalText, SignedDecimalText
from services.chassis.schemas import AmountOre, Day, Text
from services.contracts.values import OrgNumber, Slug

EDITION = 2
"""The engine's rules in force; what was booked by earlier ones is reckoned by those for ever.

2: of a group's members those count who share the cost, and a driver that must have readings must
have one of each of them, not of one alone;
what a late party paid counts as borne by it when the next one joins.
"""


class Basis(StrEnum):
    """Whether a fact is what was planned or what came about."""

    BUDGET = "budget"
    ACTUAL = "actual"


class Party(Document):
    """Who takes part, from its first day to its last."""

    key: Slug
    name: Text
    org_number: OrgNumber | None = None
    groups: Annotated[tuple[Slug, ...], Field(max_length=20)] = ()
    joins_on: Day
    leaves_on: Day | None = None

    def takes_part_on(self, day: date) -> bool:
        """Whether it is a party that day."""
        return self.joins_on <= day and (self.leaves_on is None or day <= self.leaves_on)


class CostItem(Document):
    """A cost of one line for a stretch of days. A correction is an item of its own.

    ``ordered_by`` are the parties that ordered it, where only they bear it.
    """

    id: Slug
    line: Slug
    name: Text
    name_sv: Text | None = None
    first_day: Day
    last_day: Day
    amount_ore: AmountOre
    basis: Basis = Basis.ACTUAL
    ordered_by: Annotated[tuple[Slug, ...], Field(max_length=MOST)] = ()

    @property
    def cover(self) -> tuple[date, date]:
        """Its first and last day."""
        return self.first_day, self.last_day


class Reading(Document):
    """How much a party has of a driver.

    Of a flow: during the days given (the first alone where no last is). Of a stock: from the
    first day until a later reading. ``unit`` may be left out; given, it is the driver's. One
    that ``corrects`` another takes its place.
    """

    id: Slug
    driver: Slug
    party: Slug
    first_day: Day
    last_day: Day | None = None
    quantity: SignedDecimalText
    unit: Slug | None = None
    basis: Basis = Basis.ACTUAL
    corrects: Slug | None = None


class IndexValue(Document):
    """What an index was in a year."""

    index: Slug
    year: Year
    value: DecimalText


class SharingInput(Document):
    """All that one sharing is reckoned from; the same input always gives the same sharing.

    Facts through ``actual_through`` are actual, those after it budget; None: all budget.
    ``brought_forward`` is what earlier periods left, by line: a surplus is positive. ``edition``
    says by which rules it is reckoned.
    """

    arrangement: Slug
    name: Text
    name_sv: Text
    first_day: date
    last_day: date
    actual_through: date | None
    versions: tuple[Version, ...]
    parties: tuple[Party, ...]
    items: tuple[CostItem, ...]
    readings: tuple[Reading, ...]
    index_values: tuple[IndexValue, ...]
    brought_forward: dict[str, int] = Field(default_factory=dict)
    edition: int = EDITION

    @property
    def is_final(self) -> bool:
        """Whether every day of the period is reckoned from what came about."""
        return self.actual_through is not None and self.actual_through >= self.last_day

    def stretch(self, basis: Basis) -> tuple[date, date]:
        """The days on which facts of a kind count; turned round where there are none."""
        through = self.actual_through or date.min
        if basis is Basis.ACTUAL:
            return date.min, through
        return date.fromordinal(through.toordinal() + 1), date.max
