"""A period cut where something changes: version, parties, stages, stocks, indexed years."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from services.billing.cost_sharing import key_language as written
from services.billing.cost_sharing.facts import Party, SharingInput
from services.billing.cost_sharing.language import (
    Agreed,
    DriverKind,
    Line,
    Prices,
    Version,
    key_of,
    window,
)
from services.billing.cost_sharing.problems import NO_VERSION_IN_FORCE
from services.billing.cost_sharing.standing import Indices, Readings, Standing
from services.chassis.problems import Problem

Window = tuple[Version, date, date]
ONE_DAY = timedelta(days=1)


def windows(given: SharingInput) -> tuple[Window, ...]:
    """The versions that hold in the period, each with its first and last day of it.

    Raises:
        Problem: ``no_version_in_force``: a day has none.
    """
    found: list[Window] = []
    for version in sorted(given.versions, key=lambda each: each.effective_from):
        begins, ends = window(version, given.versions)
        begins, ends = max(begins, given.first_day), min(ends, given.last_day)
        if begins <= ends:
            found.append((version, begins, ends))
    expected = given.first_day
    for _, begins, ends in found:
        if begins != expected:
            break
        expected = ends + ONE_DAY
    if expected != given.last_day + ONE_DAY:
        raise Problem(
            NO_VERSION_IN_FORCE,
            f"No version of {given.arrangement} holds on {expected}. Register one that does, or"
            " run the sharing for other days.",
            day=expected.isoformat(),
        )
    return tuple(found)


def keys_in(key: written.Key | None) -> Iterator[written.Key]:
    """A key and all keys within it."""
    if key is None:
        return
    yield key
    match key:
        case written.FixedSums():
            yield from keys_in(key.rest)
        case written.ByGroup():
            for inner in (key.between, key.within, *(each.by for each in key.exceptions)):
                yield from keys_in(inner)
        case written.FormerBudget():
            yield from keys_in(key.then)
        case written.Among() | written.OnlyThoseWhoOrdered() | written.Limited():
            yield from keys_in(key.by)
        case written.Mix():
            for part in key.parts:
                yield from keys_in(part.by)


def asks_who_ordered(key: written.Key | None) -> bool:
    """Whether it matters to a key who ordered an item."""
    return any(isinstance(each, written.OnlyThoseWhoOrdered) for each in keys_in(key))


def indexed_in(key: written.Key | None) -> Iterator[written.Indexed]:
    """What in a key follows an index."""
    for each in keys_in(key):
        if isinstance(each, written.FixedSums | written.Limited) and each.indexed is not None:
            yield each.indexed


def indices_in(version: Version) -> Iterator[str]:
    """The indices that a version follows."""
    for line in version.lines:
        if isinstance(line.charge, Agreed) and line.charge.indexed is not None:
            yield line.charge.indexed.index
        if isinstance(line.charge, Prices):
            yield from (each.indexed.index for each in line.charge.prices if each.indexed)
        yield from (each.index for each in indexed_in(key_of(line)))
    for rule in version.late_joining:
        yield from (each.index for each in indexed_in(rule.by))


def cuts_of_key(key: written.Key | None, version: Version, readings: Readings) -> set[date]:
    """The days on which a key itself may begin to share otherwise."""
    days: set[date] = set()
    for each in keys_in(key):
        if isinstance(each, written.FormerBudget):
            days.update(stage.from_day for stage in each.stages)
        if isinstance(each, written.ByDriver):
            days |= cuts_of_drivers([each.driver], version, readings)
    return days


def cuts_of_drivers(drivers: Iterable[str], version: Version, readings: Readings) -> set[date]:
    """The days on which the stocks among some drivers may change."""
    stocks = [name for name in drivers if version.driver(name).kind is DriverKind.STOCK]
    return readings.days_of_change(stocks) if stocks else set()


def cuts_of_parties(parties: Iterable[Party]) -> set[date]:
    """The days on which somebody comes, or is gone."""
    days: set[date] = set()
    for party in parties:
        days.add(party.joins_on)
        if party.leaves_on is not None and party.leaves_on < date.max:
            days.add(party.leaves_on + ONE_DAY)
    return days


def years_between(first: date, last: date) -> set[date]:
    """The first days of calendar years behind the first day."""
    return {date(year, 1, 1) for year in range(first.year + 1, last.year + 1)}


def cut(first: date, last: date, days: Iterable[date]) -> Iterator[tuple[date, date]]:
    """A stretch cut before each of the days that lie within it."""
    begins = first
    for day in sorted({day for day in days if first < day <= last}):
        yield begins, day - ONE_DAY
        begins = day
    yield begins, last


def standings(
    line: Line, of: Window, given: SharingInput, readings: Readings, indices: Indices
) -> tuple[Standing, ...]:
    """The stretches of a version's days in which a line's key shares in one way."""
    version, begins, ends = of
    key = key_of(line)
    days = cuts_of_parties(given.parties) | cuts_of_key(key, version, readings)
    if any(indexed_in(key)):
        days |= years_between(begins, ends)
    ordered = sorted(given.parties, key=lambda party: party.key)
    return tuple(
        Standing(
            version=version,
            first=first,
            last=last,
            parties=tuple(party for party in ordered if party.takes_part_on(first)),
            readings=readings,
            indices=indices,
        )
        for first, last in cut(begins, ends, days)
    )
