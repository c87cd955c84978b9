"""What is known of an agreement's calendar, and the service time it comes to.

Every fact holds for days and is known from an instant. Where several known facts hold on a
day, the one recorded last counts: a version or a binding recorded later replaces what was
said of its days before, from its first day to its last, and leaves other days as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar

from services.collab_model.calendars.domain import SIGNED_HOURS, Segment, ServiceTime
from services.collab_model.calendars.rules import CalendarRules, Override

_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class SignedHours:
    """The service hours of one signed version of an agreement.

    ``rules_known_at`` gives the rules they make by what was known of customs at an instant;
    None: by all that is known.
    """

    number: int
    holds_from: date | None
    recorded_at: datetime
    rules_known_at: Callable[[datetime | None], CalendarRules]


@dataclass(frozen=True)
class CalendarVersion:
    """What a calendar says from a day on, or to ``holds_until`` and with it."""

    number: int
    holds_from: date
    holds_until: date | None
    recorded_at: datetime
    rules: CalendarRules


@dataclass(frozen=True)
class Binding:
    """Which calendar an agreement goes by for days; None: its signed hours."""

    number: int
    holds_from: date
    holds_until: date | None
    recorded_at: datetime
    calendar: str | None


@dataclass(frozen=True)
class DayOverride:
    """An override of one date for one agreement, or that there is none any longer."""

    number: int
    day: date
    recorded_at: datetime
    override: Override | None


class _Fact(Protocol):
    @property
    def recorded_at(self) -> datetime: ...


class _ForDays(Protocol):
    @property
    def number(self) -> int: ...
    @property
    def holds_from(self) -> date: ...
    @property
    def holds_until(self) -> date | None: ...


_FactT = TypeVar("_FactT", bound=_Fact)
_ForDaysT = TypeVar("_ForDaysT", bound=_ForDays)


@dataclass(frozen=True)
class CalendarFacts:
    """Everything recorded about one agreement's calendar.

    ``signed`` has at least one version; ``versions`` are those of the calendars that it is
    or was bound to, by their keys. ``known`` is the instant that all of it is limited to.
    """

    signed: Sequence[SignedHours]
    bindings: Sequence[Binding] = ()
    versions: Mapping[str, Sequence[CalendarVersion]] = field(default_factory=dict)
    overrides: Sequence[DayOverride] = ()
    known: datetime | None = None

    def known_at(self, instant: datetime) -> CalendarFacts:
        """What of it was known at an instant; the first signed version in any case."""
        first = min(self.signed, key=lambda each: each.recorded_at)
        return CalendarFacts(
            signed=_known(self.signed, instant) or [first],
            bindings=_known(self.bindings, instant),
            versions={key: _known(each, instant) for key, each in self.versions.items()},
            overrides=_known(self.overrides, instant),
            known=instant,
        )

    def changed_since(self, instant: datetime) -> bool:
        """Whether anything about the calendar became known after an instant.

        Signed versions aside: matters keep the hours that they were raised under.
        """
        facts: list[_Fact] = [*self.bindings, *self.overrides]
        for versions in self.versions.values():
            facts.extend(versions)
        return any(each.recorded_at > instant for each in facts)

    def under(self, number: int) -> CalendarFacts:
        """The same with one signed version's hours on all days; it must be among them.

        So it is for a matter that was raised under that version.
        """
        held = next(each for each in self.signed if each.number == number)
        return replace(self, signed=[replace(held, holds_from=None)])

    def service_time(self) -> ServiceTime:
        """When service time runs by all of it."""
        own = self._own_overrides()
        segments: list[Segment] = []
        for first_day in (None, *self._first_days()):
            segment = self._segment(first_day, own)
            if not segments or not _is_same(segments[-1], segment):
                segments.append(segment)
        return ServiceTime(segments)

    def _signed_on(self, day: date) -> SignedHours:
        """The signed version in force on a day, as ``contracts.operation.version_on`` has it."""
        holding = [each for each in self.signed if (each.holds_from or date.min) <= day]
        if holding:
            return max(holding, key=lambda each: each.number)
        return min(self.signed, key=lambda each: each.number)

    def _own_overrides(self) -> dict[date, Override]:
        latest = {each.day: each for each in _in_order(self.overrides)}
        return {day: each.override for day, each in latest.items() if each.override}

    def _first_days(self) -> list[date]:
        """The days on which something may begin to hold, or end."""
        days = {each.holds_from for each in self.signed if each.holds_from}
        facts: list[_ForDays] = list(self.bindings)
        for versions in self.versions.values():
            facts.extend(versions)
        for fact in facts:
            days.add(fact.holds_from)
            if fact.holds_until is not None:
                days.add(fact.holds_until + _A_DAY)
        return sorted(days)

    def _segment(self, first_day: date | None, own: Mapping[date, Override]) -> Segment:
        """What holds from a day on, until the next day on which anything may change."""
        day = first_day or date.min
        binding = last_recorded(self.bindings, day)
        if binding is not None and binding.calendar is not None:
            version = last_recorded(self.versions.get(binding.calendar, ()), day)
            if version is not None:
                rules = _overridden(version.rules, own)
                return Segment(first_day, rules, binding.calendar, version.number)
        signed = self._signed_on(day)
        rules = _overridden(signed.rules_known_at(self.known), own)
        return Segment(first_day, rules, SIGNED_HOURS, signed.number)


def calendar_alone(key: str, versions: Sequence[CalendarVersion]) -> ServiceTime:
    """When service time runs by a calendar that nobody need be bound to.

    On days that no version is about its first one counts; see ``first_day_without``.
    """
    first = versions[0]
    filler = SignedHours(first.number, None, first.recorded_at, lambda _: first.rules)
    bound = Binding(1, date.min, None, first.recorded_at, key)
    return CalendarFacts([filler], [bound], {key: versions}).service_time()


def first_day_without(versions: Sequence[CalendarVersion], first: date, last: date) -> date | None:
    """The first day of a stretch that none of some versions is about; None when there is none."""
    ends = [each.holds_until + _A_DAY for each in versions if each.holds_until is not None]
    for day in sorted({first, *(end for end in ends if first <= end <= last)}):
        if last_recorded(versions, day) is None:
            return day
    return None


def last_recorded(facts: Iterable[_ForDaysT], day: date) -> _ForDaysT | None:
    """Of the facts that hold on a day, the one recorded last; None when none holds."""
    holding = [
        each
        for each in facts
        if each.holds_from <= day and (each.holds_until is None or day <= each.holds_until)
    ]
    return max(holding, key=lambda each: each.number, default=None)


def _known(facts: Sequence[_FactT], instant: datetime) -> list[_FactT]:
    return [each for each in facts if each.recorded_at <= instant]


def _in_order(overrides: Iterable[DayOverride]) -> list[DayOverride]:
    return sorted(overrides, key=lambda each: each.number)


def _overridden(rules: CalendarRules, own: Mapping[date, Override]) -> CalendarRules:
    return replace(rules, overrides={**rules.overrides, **own}) if own else rules


def _is_same(earlier: Segment, later: Segment) -> bool:
    return (earlier.calendar, earlier.version) == (later.calendar, later.version)
