"""Clocks of service levels: a million at once, one by one, and beside other libraries.

Every clock has six events over a year. All four reckon the same: how much service time each of
the two stretches took in which a clock ran, and when its target is used up. The other libraries
know no half days, so that the calendar is office hours with Sweden's public holidays; none of
them knows pauses, so that they are given the stretches. On a sample their answers are compared
with ours. Each is measured in a process of its own, on one core.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from datetime import time as wall_time
from multiprocessing import get_context
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import numpy as np

from services.collab_model.calendars.domain import ServiceTime
from services.collab_model.calendars.holiday_facts import signed_rules
from services.collab_model.calendars.zones import to_instant, to_us
from services.collab_model.clocks.batch import EVENTS, PRIORITIES, EventColumns, evaluate
from services.collab_model.clocks.documents import standard_rules
from services.collab_model.clocks.domain import ClockReading, read_clock
from services.collab_model.clocks.rules import ClockRule, Measure, Terms
from services.collab_model.matters.log import LogEntry, MatterEvent, MatterLog, Party, Place
from services.contracts.values import Priority, ServiceHours

CLOCKS = 1_000_000
ONE_BY_ONE = 5_000
OTHERS = 500
TARGET_HOURS = {Priority.CRITICAL: 8, Priority.HIGH: 16, Priority.NORMAL: 40}

STOCKHOLM = ZoneInfo("Europe/Stockholm")
BEGINS, ENDS = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
STORY = (
    MatterEvent.RAISED,
    MatterEvent.RESPONDED,
    MatterEvent.WAITING_FOR_CUSTOMER,
    MatterEvent.RESUMED,
    MatterEvent.UPDATED,
    MatterEvent.RESOLVED,
)
MINUTE_US = 60_000_000


@dataclass(frozen=True)
class ClockFigures:
    """Clocks a second, and what a million of them take in memory."""

    batch: float
    batch_mib: float
    one_by_one: float
    businesstimedelta: float
    pandas: float

    @property
    def times_faster(self) -> float:
        """The batch against the faster of the two libraries."""
        return self.batch / max(self.businesstimedelta, self.pandas)


def measure() -> ClockFigures:
    """Measure each in its own process."""
    batch, memory = _alone(_in_batch)
    return ClockFigures(
        batch=batch,
        batch_mib=memory,
        one_by_one=_alone(_one_by_one)[0],
        businesstimedelta=_alone(_with_businesstimedelta)[0],
        pandas=_alone(_with_pandas)[0],
    )


def _alone(work: Callable[[], float]) -> tuple[float, float]:
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_with_memory, work).result()


def _with_memory(work: Callable[[], float]) -> tuple[float, float]:
    rate = work()
    return rate, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _calendar() -> ServiceTime:
    rules = signed_rules(ServiceHours())
    return ServiceTime.of(
        replace(rules, special_days=lambda year: (rules.special_days(year)[0], {}))
    )


def _rule() -> ClockRule:
    standard = standard_rules().customer.resolution
    assert standard is not None
    return ClockRule(
        id="resolution",
        key="resolution",
        measure=Measure.RESOLUTION,
        conditions=standard.conditions(),
        targets={priority: 60 * hours for priority, hours in TARGET_HOURS.items()},
    )


def _events(clocks: int) -> EventColumns:
    """Matters raised over a year, each resolved within three weeks; whole minutes."""
    random = np.random.default_rng(20250101)
    year = (ENDS - BEGINS - 21 * DAY) // timedelta(minutes=1)
    raised = random.integers(0, year, clocks, dtype=np.int64)
    gaps = random.integers(1, 4 * 24 * 60, (clocks, len(STORY) - 1), dtype=np.int64)
    at = np.concatenate((raised[:, None], raised[:, None] + np.cumsum(gaps, axis=1)), axis=1)
    priority = np.full((clocks, len(STORY)), -1, np.int8)
    priority[:, 0] = random.integers(0, len(PRIORITIES), clocks)
    return EventColumns(
        first=np.arange(clocks + 1, dtype=np.int64) * len(STORY),
        at=(at * MINUTE_US + to_us(BEGINS)).ravel(),
        event=np.tile(np.array([EVENTS.index(each) for each in STORY], np.int8), clocks),
        priority=priority.ravel(),
    )


def _in_batch() -> float:
    events, rule = _events(CLOCKS), _rule()
    table = _calendar().table(BEGINS, ENDS + 60 * DAY)
    begun = time.perf_counter()
    evaluate(events, rule, table, to_us(ENDS))
    return CLOCKS / (time.perf_counter() - begun)


def _logs(clocks: int) -> list[MatterLog]:
    events = _events(clocks)
    logs: list[MatterLog] = []
    for begin in events.first[:-1].tolist():
        lines = []
        for number, event in enumerate(STORY):
            at = to_instant(int(events.at[begin + number]))
            first = number == 0
            lines.append(
                LogEntry(
                    sequence=number + 1,
                    event=event,
                    at=at,
                    party=Party.CENTRE,
                    recorded_at=at,
                    place=Place("payroll", 1) if first else None,
                    priority=PRIORITIES[events.priority[begin]] if first else None,
                )
            )
        logs.append(MatterLog.of(lines))
    return logs


def _one_by_one() -> float:
    logs, rule, terms = _logs(ONE_BY_ONE), _rule(), Terms(_calendar())
    begun = time.perf_counter()
    for log in logs:
        read_clock(log, rule, terms, ENDS)
    return ONE_BY_ONE / (time.perf_counter() - begun)


@dataclass(frozen=True)
class _Given:
    """What the other libraries are given, and the answer that we have."""

    stretches: tuple[tuple[datetime, datetime], ...]
    target_hours: int
    ours: ClockReading


def _given() -> list[_Given]:
    rule, terms = _rule(), Terms(_calendar())
    found = []
    for log in _logs(OTHERS):
        at = [line.at.astimezone(STOCKHOLM) for line in log.entries]
        priority = log.entries[0].priority or Priority.NORMAL
        found.append(
            _Given(
                stretches=((at[0], at[2]), (at[3], at[5])),
                target_hours=TARGET_HOURS[priority],
                ours=read_clock(log, rule, terms, ENDS),
            )
        )
    return found


def _with_businesstimedelta() -> float:
    import businesstimedelta as btd
    import pytz

    zone = pytz.timezone("Europe/Stockholm")
    office = btd.WorkDayRule(wall_time(8), wall_time(16, 30), [0, 1, 2, 3, 4], tz=zone)
    sweden = holidays.country_holidays("SE", years=(2025, 2026), include_sundays=False)
    rules = btd.Rules([office, btd.HolidayRule(sweden, tz=zone)])
    given = _given()

    def reckon(clock: _Given) -> timedelta:
        elapsed = timedelta(0)
        left = timedelta(hours=clock.target_hours)
        for start, end in clock.stretches:
            taken = rules.difference(start, end).timedelta
            if elapsed <= left < elapsed + taken:
                _ = start + btd.BusinessTimeDelta(rules, timedelta=left - elapsed)
            elapsed += taken
        return elapsed

    begun = time.perf_counter()
    theirs = [reckon(clock) for clock in given]
    taken = time.perf_counter() - begun
    assert theirs == [clock.ours.elapsed for clock in given], "businesstimedelta differs"
    return OTHERS / taken


def _with_pandas() -> float:
    import pandas as pd

    sweden = holidays.country_holidays("SE", years=(2025, 2026), include_sundays=False)
    hour = pd.offsets.CustomBusinessHour(start="08:00", end="16:30", holidays=list(sweden))
    minute = timedelta(minutes=1)
    given = _given()

    def hours_between(start: Any, end: Any) -> int:
        """Whole hours: pandas counts no minutes of business time."""
        return len(pd.date_range(hour.rollforward(start), end, freq=hour)) - 1

    def reckon(clock: _Given) -> timedelta:
        elapsed, left = 0, clock.target_hours
        for start, end in clock.stretches:
            begins, ends = (pd.Timestamp(each.replace(tzinfo=None)) for each in (start, end))
            taken = max(0, hours_between(begins, ends))
            if elapsed <= left < elapsed + taken:
                _ = begins + (left - elapsed) * hour
            elapsed += taken
        return timedelta(hours=elapsed)

    begun = time.perf_counter()
    theirs = [reckon(clock) for clock in given]
    taken = time.perf_counter() - begun
    wrong = [
        clock
        for clock, elapsed in zip(given, theirs, strict=True)
        if abs(clock.ours.elapsed - elapsed) > 120 * minute
    ]
    assert not wrong, "pandas differs by more than the hours that it cuts"
    return OTHERS / taken
