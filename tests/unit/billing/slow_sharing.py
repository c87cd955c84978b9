"""An obvious slow way to share costs: day by day, in exact fractions. Drivers are stocks."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

from services.billing.cost_sharing import key_language as written
from services.billing.cost_sharing.facts import CostItem, SharingInput
from services.billing.cost_sharing.language import Prices
from services.billing.cost_sharing.numerals import part_of_sum, portion

Ratios = dict[str, Fraction]


def slow_shares(wanted: SharingInput, item: CostItem) -> Ratios:
    """The exact shares of what of an item falls on the period, added up day by day."""
    found: Ratios = {}
    starts = [version.effective_from for version in wanted.versions]
    for version in wanted.versions:
        later = [start for start in starts if start > version.effective_from]
        until = min(later) - timedelta(days=1) if later else wanted.last_day
        first = max(version.effective_from, item.first_day, wanted.first_day)
        last = min(until, item.last_day, wanted.last_day)
        if first > last:
            continue
        whole = sum((part for _, part in _each_day(first, last)), Fraction(0))
        ore = part_of_sum(item.amount_ore, item.cover, first, last)
        charge = version.lines[0].charge
        assert not isinstance(charge, Prices)
        for day, part in _each_day(first, last):
            on_day = OnDay(wanted, day, item)
            found = _sum((Fraction(1), found), (ore * part / whole, on_day.everybody(charge.by)))
    return found


def _each_day(first: date, last: date) -> Iterator[tuple[date, Fraction]]:
    """Each day and how much of a month it is."""
    day = first
    while day <= last:
        yield day, Fraction(1, monthrange(day.year, day.month)[1])
        day += timedelta(days=1)


def _sum(*parts: tuple[Fraction, Ratios]) -> Ratios:
    found: Ratios = {}
    for factor, ratios in parts:
        for name, ratio in ratios.items():
            found[name] = found.get(name, Fraction(0)) + factor * ratio
    return found


def _weigh(weights: Ratios) -> Ratios:
    return {name: weight / sum(weights.values()) for name, weight in weights.items()}


class OnDay:
    """What each bears of a krona of an item on a day."""

    def __init__(self, wanted: SharingInput, day: date, item: CostItem) -> None:
        self._wanted, self._day, self._item = wanted, day, item
        self._groups = {party.key: set(party.groups) for party in wanted.parties}
        self._there = sorted(p.key for p in wanted.parties if p.takes_part_on(day))

    def everybody(self, key: written.Key) -> Ratios:
        """Of those who take part."""
        return self._ratios(key, self._there)

    def _ratios(self, key: written.Key, who: list[str]) -> Ratios:
        match key:
            case written.Equal():
                return _weigh(dict.fromkeys(who, Fraction(1)))
            case written.ByDriver():
                return _weigh({name: self._stock(name) for name in who})
            case written.Portions():
                return {each.of: portion(each.portion) for each in key.portions}
            case written.Among():
                return self._ratios(key.by, [name for name in who if self._is_of(name, key)])
            case written.OnlyThoseWhoOrdered():
                return self._ratios(key.by, [name for name in who if name in self._item.ordered_by])
        return self._composed(key, who)

    def _composed(self, key: written.Key, who: list[str]) -> Ratios:
        match key:
            case written.ByGroup():
                return self._by_group(key, who)
            case written.FormerBudget():
                begun = [stage for stage in key.stages if stage.from_day <= self._day]
                now = max(begun, key=lambda each: each.from_day).portion if begun else "0/1"
                old = _weigh({each.of: Fraction(each.amount_ore) for each in key.budgets})
                new = self._ratios(key.then, who) if portion(now) else {}
                return _sum((1 - portion(now), old), (portion(now), new))
            case written.Mix():
                parts = [(portion(each.portion), each.by) for each in key.parts]
                return _sum(*((part, self._ratios(by, who)) for part, by in parts))
        raise AssertionError(key)

    def _by_group(self, key: written.ByGroup, who: list[str]) -> Ratios:
        members = {
            group: [name for name in who if group in self._groups[name]] for group in key.groups
        }
        own = {each.group: each.by for each in key.exceptions}
        peopled = [group for group in key.groups if members[group]]
        return _sum(
            *(
                (part, self._ratios(own.get(group, key.within), members[group]))
                for group, part in self._ratios(key.between, peopled).items()
                if part
            )
        )

    def _is_of(self, name: str, key: written.Among) -> bool:
        return name in key.members or not self._groups[name].isdisjoint(key.members)

    def _stock(self, name: str) -> Fraction:
        if name not in self._groups:
            inside = [each for each in self._there if name in self._groups[each]]
            return sum((self._stock(each) for each in inside), Fraction(0))
        known = [
            reading
            for reading in self._wanted.readings
            if (reading.party, reading.driver) == (name, "staff") and reading.first_day <= self._day
        ]
        last = max(known, key=lambda each: (each.first_day, each.id), default=None)
        return Fraction(last.quantity) if last else Fraction(0)
