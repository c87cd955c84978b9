"""A matter's log in both times: when things happened, and when they became known.

Nothing in a log is ever changed. What turns out to be wrong is corrected or withdrawn by a
further entry that names it, so the log as it was known at any instant can be read again, and
an entry that comes late takes its place among the others by when it happened.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from services.contracts.values import Priority


class Party(StrEnum):
    """Who acted on a matter."""

    CUSTOMER = "customer"
    CENTRE = "centre"


class MatterEvent(StrEnum):
    """What can stand in a matter's log."""

    RAISED = "raised"
    RESPONDED = "responded"
    UPDATED = "updated"
    WAITING_FOR_CUSTOMER = "waiting_for_customer"
    RESUMED = "resumed"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CANCELLED = "cancelled"
    PRIORITY_CHANGED = "priority_changed"
    MOVED = "moved"
    HANDED_TO_TEAM = "handed_to_team"
    RETURNED_BY_TEAM = "returned_by_team"
    SENT_TO_SUPPLIER = "sent_to_supplier"
    RETURNED_BY_SUPPLIER = "returned_by_supplier"


@dataclass(frozen=True)
class Place:
    """What a matter is about: a service, by a version of its agreement."""

    service: str
    version: int


@dataclass(frozen=True)
class LogEntry:
    """One line of a matter's log.

    ``sequence`` counts the lines from 1 as they were recorded. ``at`` is when it happened and
    ``recorded_at`` when it became known, both in UTC. ``place`` and ``priority`` stand on
    ``raised``, and on what changes them; ``counterpart`` names the team or supplier that has
    the matter. ``corrects`` is the line that this one replaces, or takes back when it is
    ``withdrawn``.
    """

    sequence: int
    event: MatterEvent
    at: datetime
    party: Party
    recorded_at: datetime
    note: str = ""
    place: Place | None = None
    priority: Priority | None = None
    counterpart: str | None = None
    corrects: int | None = None
    withdrawn: bool = False

    @property
    def is_late(self) -> bool:
        """Whether it became known only after it had happened."""
        return self.recorded_at > self.at


@dataclass(frozen=True)
class MatterLog:
    """The lines of a matter's log in the order in which they were recorded."""

    entries: tuple[LogEntry, ...]
    _in_force: dict[datetime | None, tuple[LogEntry, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False, hash=False
    )

    @classmethod
    def of(cls, entries: Iterable[LogEntry]) -> MatterLog:
        """A log of these lines."""
        return cls(tuple(entries))

    def with_entry(self, entry: LogEntry) -> MatterLog:
        """The log with one more line."""
        return MatterLog((*self.entries, entry))

    @property
    def last(self) -> LogEntry:
        """The line that was recorded last."""
        return self.entries[-1]

    def find(self, sequence: int) -> LogEntry | None:
        """A line by its number."""
        return self.entries[sequence - 1] if 0 < sequence <= len(self.entries) else None

    def as_known(self, known_at: datetime | None = None) -> tuple[LogEntry, ...]:
        """The lines that hold as far as was known at an instant, in the order of events.

        Of several at one instant the one that was recorded first comes first; a correction
        keeps the place of what it corrects. Without an instant: as we know it now.
        """
        if known_at not in self._in_force:
            self._in_force[known_at] = self._hold(known_at)
        return self._in_force[known_at]

    def _hold(self, known_at: datetime | None) -> tuple[LogEntry, ...]:
        known = [
            entry for entry in self.entries if known_at is None or entry.recorded_at <= known_at
        ]
        if all(entry.corrects is None for entry in known):
            return tuple(sorted(known, key=lambda each: (each.at, each.sequence)))
        first_line: dict[int, int] = {}
        for entry in known:
            corrected = entry.corrects
            first_line[entry.sequence] = (
                entry.sequence if corrected is None else first_line[corrected]
            )
        replaced = {entry.corrects for entry in known}
        holding = [
            entry for entry in known if entry.sequence not in replaced and not entry.withdrawn
        ]
        return tuple(sorted(holding, key=lambda each: (each.at, first_line[each.sequence])))

    def replaced_by(self, known_at: datetime | None = None) -> dict[int, LogEntry]:
        """What corrected or withdrew each line that no longer holds, as far as was known."""
        return {
            entry.corrects: entry
            for entry in self.entries
            if entry.corrects is not None and (known_at is None or entry.recorded_at <= known_at)
        }
