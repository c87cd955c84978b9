"""What the clocks of matters come to in a month.

Most matters stay in one service, and most clocks have one round: those are read all at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache

from services.chassis.clock import STOCKHOLM
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.agreements.domain import Agreement
from services.collab_model.calendars.domain import ONE_MINUTE
from services.collab_model.calendars.service import day_of
from services.collab_model.calendars.zones import to_instant, to_us
from services.collab_model.clocks.batch import STATES, columns_of, evaluate, is_plain
from services.collab_model.clocks.domain import ClockState, RoundReading, read_clock
from services.collab_model.clocks.legs import MICROSECOND
from services.collab_model.clocks.rules import Beneath
from services.collab_model.clocks.source import TermsSource
from services.collab_model.clocks.terms import Clock
from services.collab_model.levels import repository as levels
from services.collab_model.levels.domain import Closing, Level, Month
from services.collab_model.matters import repository
from services.collab_model.matters.counting import (
    clocks_at_closings,
    counted_by,
    counting_in,
)
from services.collab_model.matters.log import LogEntry, MatterLog, Place
from services.collab_model.tables import MatterRow
from services.contracts.values import Priority


@dataclass(frozen=True)
class DecidedClock:
    """A round of a matter's clock that was decided in a month: its promise was kept, or broken.

    ``at`` is when. ``elapsed`` is the service time that it had counted at the end of the month,
    ``target`` what was allowed when it was decided, for the ``priority`` that it had then.
    """

    matter: MatterRow
    level: Level
    round: int
    priority: Priority
    met: bool
    at: datetime
    elapsed: timedelta
    target: timedelta


async def decided_in_month(
    uow: UnitOfWork,
    agreement: Agreement,
    service: str,
    month: Month,
    terms_known_at: datetime | None = None,
) -> list[DecidedClock]:
    """The clocks that were decided in a month; closings, statements and reports count them.

    A round of a clock is decided when it ends within target or when its deadline passes, so it
    counts once, in the month in which the promise was kept or broken, for the service that the
    matter was about then, and by the version it came there under. What is decided while the
    service is not in operation does not count. Where a calendar has changed since an earlier
    month was closed, what that month counted does not count again (``counting``).

    Args:
        uow: the unit of work.
        agreement: an agreement that is known to exist.
        service: the service.
        month: the month.
        terms_known_at: calendars and rules count as known then; absent: as known now.
    """
    start, end = month.starts_at(STOCKHOLM), month.ends_at(STOCKHOLM)
    alive = await repository.matters_alive_between(uow.session, agreement.id, service, start, end)
    logs = await repository.logs_of(uow.session, [matter.id for matter in alive])
    source = TermsSource(uow, agreement, terms_known_at)
    earlier = await _Earlier.of(uow, agreement, service, month, alive, source)
    batches: dict[tuple[int, Place], _Batch] = {}
    found: list[_Decided] = []
    for matter in alive:
        log = logs[matter.id]
        entries = log.as_known()
        clocks = [
            each for each in await source.clocks(entries) if each.rule.beneath is Beneath.CUSTOMER
        ]
        if earlier.knew_otherwise(matter):
            found += await earlier.left(source, matter, log, clocks)
            continue
        for clock in clocks:
            place = entries[0].place
            if place is None or not is_plain(clock.rule, entries):
                found += _one_by_one(matter, log, clock, start, end)
            else:
                key = (id(clock.rule), place)
                batches.setdefault(key, _Batch(clock, place)).add(matter, entries)
    for batch in batches.values():
        found += [each for each in batch.read(end) if start <= each.at < end]
    live = _liveness(agreement, service)
    return [
        decided.of_level(source.level(decided.place, decided.level_id))
        for decided in found
        if decided.place.service == service and live(decided.at)
    ]


@dataclass(frozen=True)
class _Earlier:
    """The months that were closed before one of a service, and what has changed since.

    They are those of all services, since matters move between them.
    """

    service: str
    month: Month
    closings: Sequence[Closing]
    changed_until: datetime | None
    """The end of the last of them after whose closing a calendar has changed."""

    @classmethod
    async def of(
        cls,
        uow: UnitOfWork,
        agreement: Agreement,
        service: str,
        month: Month,
        matters: Sequence[MatterRow],
        source: TermsSource,
    ) -> _Earlier:
        """Those in which any of some matters lived."""
        first = min((day_of(each.raised_at) for each in matters), default=month.first_day)
        services = {each for version in agreement.versions for each in version.services}
        closings = [
            closing
            for closing in await levels.closings_of(
                uow.session, agreement.id, services, Month.of(first)
            )
            if closing.month < month
        ]
        changed = [
            closing.month.ends_at(STOCKHOLM)
            for closing in closings
            if await source.changed_since(closing.closed_at)
        ]
        return cls(service, month, closings, max(changed, default=None))

    def knew_otherwise(self, matter: MatterRow) -> bool:
        """Whether a month may have counted a matter by another calendar than counts now."""
        return self.changed_until is not None and matter.raised_at < self.changed_until

    async def left(
        self, source: TermsSource, matter: MatterRow, log: MatterLog, clocks: Sequence[Clock]
    ) -> list[_Decided]:
        """The rounds of a matter's clocks that are left for the month to count."""
        then = await clocks_at_closings(source, log.as_known(), self.closings)
        months = {each.month for each in self.closings if each.service == self.service}
        found = []
        for clock in clocks:
            counted, _ = counted_by(log, self.closings, then[clock.key])
            reading = read_clock(log, clock.rule, clock.terms, self.month.ends_at(STOCKHOLM))
            rounds = counting_in(reading, self.service, self.month, months, counted)
            found += [each for round_ in rounds for each in _decided(matter, round_)]
        return found


def _liveness(agreement: Agreement, service: str) -> Callable[[datetime], bool]:
    @cache
    def on(day: date) -> bool:
        return agreement.is_live(service, day)

    return lambda instant: on(day_of(instant))


@dataclass(frozen=True)
class _Decided:
    """A decided round before its level is looked up."""

    matter: MatterRow
    place: Place
    level_id: str
    round: int
    priority: Priority
    met: bool
    at: datetime
    elapsed: timedelta
    target: timedelta

    def of_level(self, level: Level) -> DecidedClock:
        """The round as it is counted for a level."""
        return DecidedClock(
            matter=self.matter,
            level=level,
            round=self.round,
            priority=self.priority,
            met=self.met,
            at=self.at,
            elapsed=self.elapsed,
            target=self.target,
        )


def _one_by_one(
    matter: MatterRow, log: MatterLog, clock: Clock, start: datetime, end: datetime
) -> Iterator[_Decided]:
    for round_ in read_clock(log, clock.rule, clock.terms, end).rounds:
        if round_.outcome_at is not None and start <= round_.outcome_at < end:
            yield from _decided(matter, round_)


def _decided(matter: MatterRow, round_: RoundReading) -> Iterator[_Decided]:
    """A round that was decided, unless nothing was promised."""
    if round_.outcome_at is not None and round_.target is not None:
        yield _Decided(
            matter=matter,
            place=round_.place,
            level_id=round_.rule.id,
            round=round_.number,
            priority=round_.priority,
            met=round_.state is ClockState.MET,
            at=round_.outcome_at,
            elapsed=round_.elapsed,
            target=round_.target,
        )


@dataclass
class _Batch:
    """The clocks of one rule at one place."""

    clock: Clock
    place: Place
    matters: list[MatterRow] = field(default_factory=list)
    stories: list[Sequence[LogEntry]] = field(default_factory=list)

    def add(self, matter: MatterRow, entries: Sequence[LogEntry]) -> None:
        """Take a matter in."""
        self.matters.append(matter)
        self.stories.append(entries)

    def read(self, at: datetime) -> Iterator[_Decided]:
        """The clocks that were decided up to an instant."""
        rule = self.clock.rule
        begins = min(entries[0].at for entries in self.stories)
        table = self.clock.terms.hours_of(rule).table(begins, at)
        reading = evaluate(columns_of(self.stories, rule), rule, table, to_us(at))
        decided = (reading.met + reading.breached).nonzero()[0].tolist()
        for number in decided:
            priority = self.stories[number][0].priority or Priority.NORMAL
            yield _Decided(
                matter=self.matters[number],
                place=self.place,
                level_id=rule.id,
                round=1,
                priority=priority,
                met=STATES[reading.state[number]] is ClockState.MET,
                at=to_instant(int(reading.outcome_at[number])),
                elapsed=int(reading.elapsed[number]) * MICROSECOND,
                target=rule.targets[priority] * ONE_MINUTE,
            )
