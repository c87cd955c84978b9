"""Service time of many clocks at once: a stretch of a calendar as arrays of whole numbers.

Instants are microseconds since 1970-01-01 00:00 UTC, amounts are microseconds. The answers
are those of ``ServiceTime``, to the microsecond.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Microseconds = NDArray[np.int64]

BEYOND: Final = int(np.iinfo(np.int64).max)
"""Stands for a deadline that lies after the end of the table."""


class OutsideTable(ValueError):
    """An instant lies outside the stretch that the table was made for."""


@dataclass(frozen=True, eq=False)
class OpenTable:
    """The open intervals of a calendar between two instants.

    Args:
        start, end: the stretch the table knows, ``end`` included as an instant.
        starts, ends: the open intervals in order; those that touch are one.
        before: how much service time lies before each interval, and last before ``end``.
    """

    start: int
    end: int
    starts: Microseconds
    ends: Microseconds
    before: Microseconds

    @classmethod
    def of(cls, start: int, end: int, intervals: Iterable[tuple[int, int]]) -> OpenTable:
        """A table of open intervals that lie in order between two instants."""
        starts: list[int] = []
        ends: list[int] = []
        for opens, closes in intervals:
            if ends and ends[-1] == opens:
                ends[-1] = closes
            else:
                starts.append(opens)
                ends.append(closes)
        opened, closed = np.array(starts, np.int64), np.array(ends, np.int64)
        before = np.concatenate((np.zeros(1, np.int64), np.cumsum(closed - opened)))
        return cls(start, end, opened, closed, before)

    def elapsed(self, starts: Microseconds, ends: Microseconds) -> Microseconds:
        """The service time between pairs of instants; nought where an end is not after.

        Raises:
            OutsideTable: an instant lies outside the table's stretch.
        """
        passed: Microseconds = np.maximum(self._passed(ends) - self._passed(starts), 0)
        return passed

    def deadline(self, starts: Microseconds, amounts: Microseconds) -> Microseconds:
        """The earliest instants at which so much service time has passed since others.

        ``BEYOND`` where that is not within the table; the start itself where the amount is
        nought. An amount that runs out at closing time ends at closing time.

        Raises:
            OutsideTable: a start lies outside the table's stretch.
            ValueError: an amount is negative.
        """
        if amounts.size and amounts.min() < 0:
            raise ValueError("service time runs forwards only")
        if not self.starts.size:
            return np.where(amounts == 0, starts, np.int64(BEYOND))
        # An amount beyond all that is left is cut, so that no sum overflows.
        total = int(self.before[-1])
        wanted = self._passed(starts) + np.minimum(amounts, total + 1)
        # The first interval whose end has seen that much.
        index = np.searchsorted(self.before[1:], wanted, side="left")
        within = np.minimum(index, self.starts.size - 1)
        found = self.starts[within] + (wanted - self.before[within])
        found = np.where(wanted > total, np.int64(BEYOND), found)
        deadlines: Microseconds = np.where(amounts == 0, starts, found)
        return deadlines

    def _passed(self, instants: Microseconds) -> Microseconds:
        """How much service time lies between the table's start and instants."""
        if instants.size and (instants.min() < self.start or instants.max() > self.end):
            raise OutsideTable("the table does not reach to every instant asked about")
        if not self.starts.size:
            return np.zeros_like(instants)
        index = np.searchsorted(self.starts, instants, side="right") - 1
        begun = np.maximum(index, 0)
        in_interval = np.minimum(instants, self.ends[begun]) - self.starts[begun]
        return np.where(index < 0, 0, self.before[begun] + in_interval)
