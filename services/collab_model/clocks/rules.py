"""What a clock follows: conditions over a matter's events, targets and warnings, as data.

A rule says on which events its clock starts, pauses, resumes, stops, is taken up again, begins
anew or is cancelled. The customer's levels, the internal ones beneath them (OLA) and those of
suppliers (underpinning contracts) run on the same matter by rules of the same form
(DOMAIN.md section 6).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from enum import StrEnum

from services.collab_model.calendars.domain import ServiceTime
from services.collab_model.matters.log import LogEntry, MatterEvent, Place
from services.contracts.values import Priority


class Measure(StrEnum):
    """What a clock measures."""

    RESPONSE = "response"
    UPDATE = "update"
    RESOLUTION = "resolution"


class Beneath(StrEnum):
    """Whose promise a clock measures: the one to the customer, or one that it rests on."""

    CUSTOMER = "customer"
    INTERNAL = "internal"
    SUPPLIER = "supplier"


class Action(StrEnum):
    """What an event does to a clock."""

    STARTS = "starts"
    PAUSES = "pauses"
    RESUMES = "resumes"
    STOPS = "stops"
    REOPENS = "reopens"
    RESETS = "resets"
    CANCELS = "cancels"


@dataclass(frozen=True)
class Condition:
    """An event that does something to a clock, and why, in words for either party."""

    event: MatterEvent
    why: str = ""
    why_sv: str = ""


@dataclass(frozen=True)
class Conditions:
    """On which events a clock does what; each event stands under one action at most.

    ``starts_on``: it begins to count, and again from nought once it has stopped.
    ``pauses_on``, ``resumes_on``: it stands still in between, whether or not it has begun.
    ``stops_on``: it is decided, and counts no more.
    ``reopens_on``: stopped, it goes on with what it had counted; the time between is a pause.
    ``resets_on``: what it counted is decided, and it counts from nought.
    ``cancels_on``: it is of no account from then on.
    """

    starts_on: tuple[Condition, ...]
    stops_on: tuple[Condition, ...]
    pauses_on: tuple[Condition, ...] = ()
    resumes_on: tuple[Condition, ...] = ()
    reopens_on: tuple[Condition, ...] = ()
    resets_on: tuple[Condition, ...] = ()
    cancels_on: tuple[Condition, ...] = ()
    _actions: dict[MatterEvent, tuple[Action, Condition]] = field(
        default_factory=dict, init=False, repr=False, compare=False, hash=False
    )

    def __post_init__(self) -> None:
        for action, conditions in self.by_action().items():
            for condition in conditions:
                self._actions.setdefault(condition.event, (action, condition))

    def by_action(self) -> dict[Action, tuple[Condition, ...]]:
        """The conditions by what they do."""
        return {
            Action(each.name.removesuffix("_on")): getattr(self, each.name)
            for each in fields(self)
            if each.init
        }

    def of(self, event: MatterEvent) -> tuple[Action, Condition] | None:
        """What an event does, and why; None when it does nothing."""
        return self._actions.get(event)


_CHANGES_TERMS = frozenset({MatterEvent.PRIORITY_CHANGED, MatterEvent.MOVED})


def contradictions(conditions: Conditions) -> list[str]:
    """What in the conditions of a clock contradicts itself; empty when nothing does."""
    by_action = conditions.by_action()
    under: dict[MatterEvent, list[Action]] = {}
    for action, listed in by_action.items():
        for condition in listed:
            under.setdefault(condition.event, []).append(action)
    found = [text for event, actions in under.items() for text in _of_event(event, actions)]
    checks = {
        "nothing starts the clock: starts_on is empty": not conditions.starts_on,
        "nothing stops the clock: stops_on is empty": not conditions.stops_on,
        "the clock pauses for good: pauses_on has events, resumes_on has none": (
            conditions.pauses_on and not conditions.resumes_on
        ),
        "nothing pauses the clock that resumes_on could end": (
            conditions.resumes_on and not conditions.pauses_on
        ),
    }
    return [*found, *(text for text, is_so in checks.items() if is_so)]


def _of_event(event: MatterEvent, actions: list[Action]) -> Iterator[str]:
    if len(actions) > 1:
        listed = " and ".join(f"{action.value}_on" for action in actions)
        yield f"{event.value} stands under {listed}: an event does one thing"
    if event is MatterEvent.RAISED and actions != [Action.STARTS]:
        yield "raised comes first and once, so it can only start a clock"
    if event in _CHANGES_TERMS and Action.RESETS not in actions:
        yield f"{event.value} changes the target; beside that it can only reset"


class ContradictoryConditions(ValueError):
    """The conditions of a clock contradict each other; the text says how."""


@dataclass(frozen=True)
class ClockRule:
    """One promise that a clock measures.

    Args:
        id: what identifies the promise: a level of an agreement's version, or one beneath.
        key: its name in data.
        name, name_sv: what people call it.
        measure: what it measures.
        beneath: whose promise it is.
        conditions: on which events the clock does what.
        targets: the service minutes allowed for each priority, above 0; a priority that is
            left out is promised nothing.
        counterpart: the team or supplier it is about; events that name another do not count.
        warnings: at which percentages of the target somebody is warned; 1 to 99, ascending.
        warn_in_service_hours_only: a warning that falls outside waits until they begin.

    Raises:
        ContradictoryConditions: the conditions contradict each other.
    """

    id: str
    key: str
    measure: Measure
    conditions: Conditions
    targets: Mapping[Priority, int]
    beneath: Beneath = Beneath.CUSTOMER
    name: str = ""
    name_sv: str = ""
    counterpart: str | None = None
    warnings: tuple[int, ...] = ()
    warn_in_service_hours_only: bool = False

    def __post_init__(self) -> None:
        found = contradictions(self.conditions)
        if found:
            raise ContradictoryConditions("; ".join(found))

    def target(self, priority: Priority) -> timedelta | None:
        """The service time allowed for a priority; None when nothing is promised."""
        minutes = self.targets.get(priority)
        return None if minutes is None else timedelta(minutes=minutes)

    def effect(self, entry: LogEntry) -> tuple[Action, Condition] | None:
        """What an event does to this clock; None when it does nothing."""
        if None not in {self.counterpart, entry.counterpart} and (
            self.counterpart != entry.counterpart
        ):
            return None
        return self.conditions.of(entry.event)


@dataclass(frozen=True)
class Terms:
    """Under what a rule is read.

    ``service_time`` is when time runs. ``places`` names the rule of each place where it is
    another one, or None where a matter is promised nothing of the kind; elsewhere the rule
    itself holds. ``own_hours`` has the hours of those rules that have their own, by their id.
    """

    service_time: ServiceTime
    places: Mapping[Place, ClockRule | None] = field(default_factory=dict)
    own_hours: Mapping[str, ServiceTime] = field(default_factory=dict)

    def rule_at(self, place: Place, rule: ClockRule) -> ClockRule | None:
        """The rule that holds at a place."""
        return self.places.get(place, rule)

    def hours_of(self, rule: ClockRule) -> ServiceTime:
        """When time runs for a rule."""
        return self.own_hours.get(rule.id, self.service_time)
