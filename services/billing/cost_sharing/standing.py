"""How things stand in a stretch of a period in which nothing changes.

Who takes part, who is in which group, how much each has of a driver, and where an index is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from services.billing.cost_sharing.facts import Basis, Party, Reading, SharingInput
from services.billing.cost_sharing.key_language import Indexed
from services.billing.cost_sharing.language import DriverKind, Group, Version
from services.billing.cost_sharing.numerals import months
from services.billing.cost_sharing.problems import INDEX_VALUE_MISSING
from services.chassis.problems import Problem

MONTHS_A_YEAR = 12
_OF_EACH_MEMBER = 2
"""The edition of the rules since when a group's volume is that of those who share, each of them."""


class Readings:
    """The readings that count, by driver and party."""

    def __init__(self, given: SharingInput) -> None:
        self.edition = given.edition
        replaced = {reading.corrects for reading in given.readings} - {None}
        self._stretches = {basis: given.stretch(basis) for basis in Basis}
        self._by: dict[tuple[str, str], list[Reading]] = defaultdict(list)
        for reading in sorted(given.readings, key=lambda each: (each.first_day, each.id)):
            if reading.id not in replaced:
                self._by[reading.driver, reading.party].append(reading)

    def flow(self, driver: str, party: str, first: date, last: date) -> Fraction | None:
        """How much was counted between two days; a reading is even over its own days.

        None when no reading touches the days.
        """
        found: Fraction | None = None
        for reading in self._by.get((driver, party), ()):
            begins, ends = reading.first_day, reading.last_day or reading.first_day
            counts_from, counts_to = self._stretches[reading.basis]
            overlap_first = max(begins, counts_from, first)
            overlap_last = min(ends, counts_to, last)
            if overlap_first > overlap_last:
                continue
            part = Fraction(reading.quantity)
            if (overlap_first, overlap_last) != (begins, ends):
                part *= months(overlap_first, overlap_last) / months(begins, ends)
            found = part if found is None else found + part
        return found

    def stock(self, driver: str, party: str, day: date) -> Fraction | None:
        """How much there is on a day: the last reading before it, of the kind that counts.

        A budget that says nothing of a stock leaves the last actual reading standing.
        """
        actual_until = self._stretches[Basis.ACTUAL][1]
        order = (
            [Basis.ACTUAL, Basis.BUDGET] if day <= actual_until else [Basis.BUDGET, Basis.ACTUAL]
        )
        for basis in order:
            for reading in reversed(self._by.get((driver, party), ())):
                if reading.basis is basis and reading.first_day <= day:
                    return Fraction(reading.quantity)
        return None

    def days_of_change(self, drivers: Iterable[str]) -> set[date]:
        """Days on which a stock may be another than the day before."""
        wanted = set(drivers)
        days = {
            reading.first_day
            for (driver, _), found in self._by.items()
            if driver in wanted
            for reading in found
        }
        first_budget_day = self._stretches[Basis.BUDGET][0]
        return days | {first_budget_day} if wanted else days


class Indices:
    """Where indices were, by year."""

    def __init__(self, given: SharingInput) -> None:
        self._values = {
            (each.index, each.year): Fraction(each.value) for each in given.index_values
        }

    def ratio(self, indexed: Indexed | None, year: int) -> Fraction:
        """What an amount of the base year is multiplied by in a year; 1 without an index.

        Raises:
            Problem: ``index_value_missing``.
        """
        if indexed is None:
            return Fraction(1)
        values = [self._values.get((indexed.index, wanted)) for wanted in (year, indexed.base_year)]
        if not values[0] or not values[1]:
            missing = year if not values[0] else indexed.base_year
            raise Problem(
                INDEX_VALUE_MISSING,
                f"The index {indexed.index} has no value above nought for {missing}; register it"
                " and run the sharing again.",
                index=indexed.index,
                year=missing,
            )
        return values[0] / values[1]


@dataclass(frozen=True)
class Standing:
    """A stretch of days in which the version, the parties and the stages are the same."""

    version: Version
    first: date
    last: date
    parties: tuple[Party, ...]
    readings: Readings
    indices: Indices
    ordered_by: frozenset[str] | None = None
    _members: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of those who take part, in their order."""
        return tuple(party.key for party in self.parties)

    @property
    def years(self) -> Fraction:
        """How much of a year it is."""
        return months(self.first, self.last) / MONTHS_A_YEAR

    def of(self, names: Collection[str]) -> Standing:
        """The same with some of the parties only, so that groups have no other members."""
        if self.readings.edition < _OF_EACH_MEMBER or len(names) == len(self.parties):
            return self
        there = tuple(party for party in self.parties if party.key in names)
        return replace(self, parties=there, _members={})

    def members(self, name: str) -> tuple[str, ...]:
        """Who takes part of a group and of the groups in it, in their order."""
        if name not in self._members:
            inside = groups_within(self.version.groups, name)
            self._members[name] = tuple(
                party.key for party in self.parties if not inside.isdisjoint(party.groups)
            )
        return self._members[name]

    def is_group(self, name: str) -> bool:
        """Whether a name is that of a group."""
        return any(group.key == name for group in self.version.groups)

    def parties_of(self, name: str) -> tuple[str, ...]:
        """Whom a name stands for: a group's members, or the party itself if it takes part."""
        if self.is_group(name):
            return self.members(name)
        return (name,) if name in self.keys else ()

    def quantity(self, driver: str, unit: str) -> Fraction | None:
        """What a party has of a driver, or a group's members have together."""
        if not self.is_group(unit):
            return self._reading(driver, unit)
        readings = [self._reading(driver, party) for party in self.members(unit)]
        known = [reading for reading in readings if reading is not None]
        return sum(known, Fraction(0)) if known else None

    def without_reading(self, driver: str, unit: str) -> tuple[str, ...]:
        """The party, or those of a group's members, that have no reading of a driver."""
        asked = self.members(unit) if self.is_group(unit) else (unit,)
        missing = tuple(party for party in asked if self._reading(driver, party) is None)
        if self.readings.edition >= _OF_EACH_MEMBER or len(missing) == len(asked):
            return missing
        return ()

    def _reading(self, driver: str, party: str) -> Fraction | None:
        if self.version.driver(driver).kind is DriverKind.STOCK:
            return self.readings.stock(driver, party, self.first)
        return self.readings.flow(driver, party, self.first, self.last)

    def ratio(self, indexed: Indexed | None) -> Fraction:
        """What an indexed amount is multiplied by in this stretch."""
        return self.indices.ratio(indexed, self.first.year)


def groups_within(groups: Sequence[Group], name: str) -> frozenset[str]:
    """A group and all that it contains, directly or not."""
    inside: set[str] = set()
    waiting = [name]
    contains = {group.key: group.contains for group in groups}
    while waiting:
        group = waiting.pop()
        if group not in inside:
            inside.add(group)
            waiting.extend(contains.get(group, ()))
    return frozenset(inside)
