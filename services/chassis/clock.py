"""Where the time comes from: the system's clock, or a simulated one in replays."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")
"""The zone in which the centre reckons days and shows times."""


class Clock(Protocol):
    """The one source of time of a service."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)


class ClockCannotGoBack(ValueError):
    """A simulated clock was asked to return to an earlier instant."""


class SimulatedClock:
    """A clock that stands still until it is moved forward; replays run on it."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The simulated instant, aware, in UTC."""
        return self._now

    def advance_to(self, instant: datetime) -> None:
        """Move the clock forward to an instant.

        Raises:
            ClockCannotGoBack: the instant lies before the clock's present.
        """
        if instant < self._now:
            raise ClockCannotGoBack(f"the clock shows {self._now.isoformat()}")
        self._now = instant.astimezone(UTC)
