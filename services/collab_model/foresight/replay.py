"""What the clocks of real matters come to under given terms, many at once.

Pure: the logs and the clocks go in, every round that began comes out. Clocks of one round under
one target are evaluated as arrays; the others, which are few, are read one by one. Either way
a round is what ``read_clock`` shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from services.collab_model.calendars.domain import ONE_MINUTE
from services.collab_model.calendars.table import OpenTable
from services.collab_model.calendars.zones import MICROSECOND, to_instant, to_us
from services.collab_model.clocks.batch import NEVER, STATES, columns_of, evaluate, is_plain
from services.collab_model.clocks.domain import ClockState, RoundReading, read_clock
from services.collab_model.clocks.rules import Action, ClockRule
from services.collab_model.clocks.terms import Clock
from services.collab_model.matters.log import LogEntry, MatterEvent, MatterLog, Place
from services.contracts.values import Priority

UNREACHED_MINUTES = 10_000_000
"""Nineteen years: under such a target a clock is met just when it was stopped."""


@dataclass(frozen=True)
class Story:
    """A matter to replay: its log as known at an instant (default: all of it), its clocks."""

    matter_id: str
    log: MatterLog
    clocks: tuple[Clock, ...]
    known_at: datetime | None = None

    @property
    def entries(self) -> tuple[LogEntry, ...]:
        """The lines that hold, in the order of events."""
        return self.log.as_known(self.known_at)

    def is_alive(self, start: datetime, end: datetime) -> bool:
        """Whether a clock of it could be decided in a stretch, up to its end."""
        entries = self.entries
        over = entries[-1].event in {MatterEvent.RESOLVED, MatterEvent.CANCELLED}
        return entries[0].at <= end and not (over and entries[-1].at < start)


@dataclass(frozen=True)
class ReplayedRound:
    """A round of a matter's clock, as it stood at the instant of the replay.

    ``allowed`` is all the service time that it had, ``elapsed`` what it counted; ``ended``
    tells whether it was stopped, or begun anew. ``decided_at`` is when it was met or breached.
    """

    matter_id: str
    clock: str
    number: int
    rule: ClockRule
    place: Place
    priority: Priority
    state: ClockState
    elapsed: timedelta
    allowed: timedelta
    ended: bool
    decided_at: datetime | None

    @property
    def breached(self) -> bool:
        """Whether its promise was broken."""
        return self.state is ClockState.BREACHED


def replayed(stories: Iterable[Story], at: datetime) -> list[ReplayedRound]:
    """The rounds of all clocks of matters that began, and were promised anything.

    Args:
        stories: matters raised at ``at`` or before.
        at: as of this instant; what happened later is left out.
    """
    found: list[ReplayedRound] = []
    batches: dict[tuple[int, Place, int], _Batch] = {}
    for story in stories:
        entries = story.entries
        place = entries[0].place
        for clock in story.clocks:
            if place is not None and is_plain(clock.rule, entries):
                hours = clock.terms.hours_of(clock.rule)
                key = (id(clock.rule), place, id(hours))
                batches.setdefault(key, _Batch(clock, place)).add(story.matter_id, entries)
            else:
                found += _one_by_one(story, clock, at)
    tables = _Tables(at)
    for batch in batches.values():
        found += batch.read(tables)
    return found


def _one_by_one(story: Story, clock: Clock, at: datetime) -> Iterator[ReplayedRound]:
    reading = read_clock(story.log, clock.rule, clock.terms, at, story.known_at)
    for round_ in reading.rounds:
        left = round_.left
        if left is None:
            continue
        yield ReplayedRound(
            matter_id=story.matter_id,
            clock=clock.key,
            number=round_.number,
            rule=round_.rule,
            place=round_.place,
            priority=round_.priority,
            state=round_.state,
            elapsed=round_.elapsed,
            allowed=round_.elapsed + left,
            ended=_has_ended(round_),
            decided_at=round_.outcome_at,
        )


def _has_ended(round_: RoundReading) -> bool:
    """Whether something other than a cancellation ended a round."""
    if round_.ended_by is None:
        return False
    effect = round_.legs[-1].stretch.rule.effect(round_.ended_by)
    return effect is None or effect[0] is not Action.CANCELS


class _Tables:
    """The service time of calendars as arrays, each made once and again only when it must."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._made: dict[int, OpenTable] = {}

    def of(self, clock: Clock, begins: datetime) -> OpenTable:
        hours = clock.terms.hours_of(clock.rule)
        known = self._made.get(id(hours))
        if known is None or known.start > to_us(begins):
            known = self._made[id(hours)] = hours.table(begins, self.at)
        return known


@dataclass
class _Batch:
    """The clocks of one rule at one place, on one calendar."""

    clock: Clock
    place: Place
    matters: list[str] = field(default_factory=list)
    stories: list[Sequence[LogEntry]] = field(default_factory=list)

    def add(self, matter_id: str, entries: Sequence[LogEntry]) -> None:
        self.matters.append(matter_id)
        self.stories.append(entries)

    def read(self, tables: _Tables) -> Iterator[ReplayedRound]:
        rule, at = self.clock.rule, to_us(tables.at)
        table = tables.of(self.clock, min(entries[0].at for entries in self.stories))
        columns = columns_of(self.stories, rule)
        reading = evaluate(columns, rule, table, at)
        unreached = replace(rule, targets=dict.fromkeys(rule.targets, UNREACHED_MINUTES))
        stopped = evaluate(columns, unreached, table, at)
        for number, matter_id in enumerate(self.matters):
            state = STATES[reading.state[number]]
            if state in {ClockState.NOT_STARTED, ClockState.NOT_PROMISED}:
                continue
            decided = int(reading.outcome_at[number])
            priority = self.stories[number][0].priority or Priority.NORMAL
            yield ReplayedRound(
                matter_id=matter_id,
                clock=self.clock.key,
                number=1,
                rule=rule,
                place=self.place,
                priority=priority,
                state=state,
                elapsed=int(reading.elapsed[number]) * MICROSECOND,
                allowed=rule.targets[priority] * ONE_MINUTE,
                ended=STATES[stopped.state[number]] is ClockState.MET,
                decided_at=None if decided == NEVER else to_instant(decided),
            )
