"""Which clocks a matter has, and under what terms: its levels put together with their rules.

What is promised is settled when a matter comes to a service: by the version of the agreement
and the rules of that day, for as long as it stays there. Only the calendar goes by the day on
which time passes. When a matter moves, its clocks go with it: the n-th customer level of a
measure follows the n-th of the same measure there, a level beneath the one of the same key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.collab_model.calendars.domain import ServiceTime
from services.collab_model.clocks.documents import (
    CustomerRules,
    LevelBeneath,
    LevelsBeneath,
    RuleDocument,
    standard_levels,
    standard_rules,
)
from services.collab_model.clocks.rules import Beneath, ClockRule, Measure, Terms
from services.collab_model.levels.domain import Level
from services.collab_model.matters.log import LogEntry, Place
from services.contracts.values import MeasureKind

MEASURES = {
    MeasureKind.RESPONSE_TIME: Measure.RESPONSE,
    MeasureKind.UPDATE_TIME: Measure.UPDATE,
    MeasureKind.RESOLUTION_TIME: Measure.RESOLUTION,
}
"""The levels that matters' clocks measure, and what such a clock measures."""

KINDS = {measure: kind for kind, measure in MEASURES.items()}
"""The same the other way round."""

FOR_ALL = ""
"""The scope of rules that hold for every agreement."""


@dataclass(frozen=True)
class SetRules:
    """Rules of the customers' clocks as somebody set them, for an agreement or for all."""

    scope: str
    holds_from: date
    recorded_at: datetime
    rules: CustomerRules


@dataclass(frozen=True)
class SetLevels:
    """Levels beneath those of a service as somebody set them."""

    service: str
    holds_from: date
    recorded_at: datetime
    levels: LevelsBeneath


@dataclass(frozen=True)
class RuleBook:
    """Everything that was set, and the standard where nothing was."""

    rules: tuple[SetRules, ...] = ()
    levels: tuple[SetLevels, ...] = ()

    def rule(self, measure: Measure, agreement_id: str, day: date) -> RuleDocument:
        """The rule of a measure on a day: the agreement's own, that for all, or the standard.

        Of two from the same day the one that was recorded last holds.
        """
        for scope in (agreement_id, FOR_ALL):
            found = [
                each
                for each in self.rules
                if each.scope == scope and each.holds_from <= day and each.rules.of(measure)
            ]
            latest = max(found, key=_order, default=None)
            rule = latest.rules.of(measure) if latest else None
            if rule is not None:
                return rule
        standard = standard_rules().customer.of(measure)
        if standard is None:
            raise LookupError(f"clock_rules.yaml has no rule for {measure.value}")
        return standard

    def beneath(self, service: str, day: date) -> Sequence[LevelBeneath]:
        """The levels beneath those of a service on a day."""
        found = [each for each in self.levels if each.service == service]
        latest = max((each for each in found if each.holds_from <= day), key=_order, default=None)
        if latest is not None:
            return latest.levels.levels
        standard = standard_levels().get(service)
        return standard.levels if standard else ()


def _order(recorded: SetRules | SetLevels) -> tuple[date, datetime]:
    return recorded.holds_from, recorded.recorded_at


def customer_rule(level: Level, rule: RuleDocument) -> ClockRule:
    """A time level of an agreement as a clock follows it."""
    return ClockRule(
        id=level.id,
        key=level.key,
        name=level.name,
        name_sv=level.name_sv,
        measure=MEASURES[level.kind],
        conditions=rule.conditions(),
        targets=level.target_minutes,
        warnings=rule.percents(),
        warn_in_service_hours_only=rule.warn_in_service_hours_only,
    )


@dataclass(frozen=True)
class Clock:
    """A clock of a matter: its name there, what it follows, and under what."""

    key: str
    rule: ClockRule
    terms: Terms


RulesAt = Callable[[Place, date], Sequence[ClockRule]]
"""What is promised a matter that comes to a place on a day, in the order it was signed."""


def clocks_of(
    entries: Sequence[LogEntry],
    rules_at: RulesAt,
    day_of: Callable[[datetime], date],
    service_time: ServiceTime,
    own_hours: Mapping[str, ServiceTime],
) -> list[Clock]:
    """The clocks that a matter has, in the order in which they came to it.

    Args:
        entries: the lines of its log that hold.
        rules_at: what is promised where.
        day_of: the day of an instant.
        service_time: the agreement's.
        own_hours: those of levels that have their own, by rule.
    """
    came: dict[Place, date] = {}
    for entry in entries:
        if entry.place is not None:
            came.setdefault(entry.place, day_of(entry.at))
    at_places = {place: _by_lane(rules_at(place, day)) for place, day in came.items()}
    clocks: dict[str, Clock] = {}
    for lane in dict.fromkeys(lane for rules in at_places.values() for lane in rules):
        rules = {place: rules.get(lane) for place, rules in at_places.items()}
        first = next(rule for rule in rules.values() if rule is not None)
        others = {place: rule for place, rule in rules.items() if rule is not first}
        key = _free_key(first, clocks)
        clocks[key] = Clock(key, first, Terms(service_time, others, own_hours))
    return list(clocks.values())


_Lane = tuple[Beneath, str, int]


def _by_lane(rules: Sequence[ClockRule]) -> dict[_Lane, ClockRule]:
    """The rules of a place by what stays the same when a matter moves."""
    lanes: dict[_Lane, ClockRule] = {}
    for rule in rules:
        name = rule.measure.value if rule.beneath is Beneath.CUSTOMER else rule.key
        number = sum(1 for lane in lanes if lane[:2] == (rule.beneath, name))
        lanes[rule.beneath, name, number] = rule
    return lanes


def _free_key(rule: ClockRule, taken: Mapping[str, Clock]) -> str:
    """What a clock is called: by its level, with a number when another is called so."""
    name = rule.key if rule.beneath is Beneath.CUSTOMER else f"{rule.beneath.value}-{rule.key}"
    key, number = name, 1
    while key in taken:
        number += 1
        key = f"{name}-{number}"
    return key
