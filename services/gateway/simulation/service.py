"""Use cases about the centre's clock: read it, move it forward, wait for quiet."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Literal

from services.chassis.clock import Clock
from services.chassis.problems import Problem
from services.chassis.service import CLOCK_CANNOT_GO_BACK, CLOCK_NOT_SIMULATED
from services.gateway.problems import CENTRE_NOT_QUIET, CLOCK_STEP_TOO_LONG
from services.gateway.simulation.domain import (
    Standing,
    Unrest,
    due_by,
    next_instant,
    unrest,
)
from services.gateway.simulation.internal import Doors

LONGEST_STEP = timedelta(days=400)

_FIRST_PAUSE_SECONDS = 0.001
_LONGEST_PAUSE_SECONDS = 0.05

Mode = Literal["system", "simulated"]


@dataclass(frozen=True)
class ClockReading:
    """What the centre's clock shows."""

    mode: Mode
    now: datetime


class Conductor:
    """Moves simulated time forward in every service, step by step, one advance at a time.

    It keeps nothing: where the clocks stand is asked of the services each time, so an
    advance that broke off is finished by the next one.

    Args:
        doors: the services' inner doors.
        mode: whether the centre runs on simulated time.
        clock: the machine's own, shown when it does not.
        deadline_seconds: how long nothing may move before an advance gives up.
    """

    def __init__(self, doors: Doors, *, mode: Mode, clock: Clock, deadline_seconds: float) -> None:
        self._doors = doors
        self._mode = mode
        self._clock = clock
        self._deadline_seconds = deadline_seconds
        self._one_at_a_time = asyncio.Lock()

    async def read(self) -> ClockReading:
        """The centre's mode and present; of clocks that stand apart, the slowest."""
        if self._mode == "system":
            return ClockReading("system", self._clock.now())
        standings = await self._doors.standings()
        return ClockReading("simulated", min(standing.now for standing in standings.values()))

    async def wait_until_quiet(self) -> None:
        """Return once nothing is on its way between the services.

        Raises:
            Problem: ``centre_not_quiet``, naming what still moves.
        """
        await self._wait_until_quiet(self._deadline())

    async def advance(self, to: datetime) -> ClockReading:
        """Move every service's clock to an instant, firing each timer at its own time.

        Timers fire in the order of their instants over all services, and what one causes
        has settled before the next fires. A second advance waits for the first.

        Raises:
            Problem: ``clock_not_simulated``, ``clock_cannot_go_back``,
                ``clock_step_too_long``, ``centre_not_quiet`` or ``service_unavailable``.
        """
        if self._mode == "system":
            raise Problem(
                CLOCK_NOT_SIMULATED,
                "Nobody can move real time; start the centre with simulated time to do this.",
            )
        async with self._one_at_a_time:
            await self._advance(to.astimezone(UTC))
        return ClockReading("simulated", to)

    async def _advance(self, to: datetime) -> None:
        deadline = self._deadline()
        before: Mapping[str, Standing] | None = None
        while True:
            standings = await self._wait_until_quiet(deadline)
            if before is None:
                _refuse_going_back(standings, to)
                _refuse_long_steps(standings, to)
            instant = next_instant(standings, to)
            if instant is None:
                return
            if standings != before:
                deadline = self._deadline()
            elif monotonic() > deadline:
                raise _not_quiet(
                    [
                        Unrest(name, f"a timer due at {each.next_timer_at} does not fire")
                        for name, each in standings.items()
                        if name in due_by(standings, instant)
                    ]
                )
            else:
                # A timer failed and waits, in real time, to be tried again.
                await asyncio.sleep(_LONGEST_PAUSE_SECONDS)
            if not await self._step(standings, instant) and instant == to:
                return
            before = standings

    async def _step(self, standings: Mapping[str, Standing], instant: datetime) -> bool:
        """Bring every clock to an instant, then have the timers due by then fire.

        All clocks move before any timer fires: what a timer causes may reach a service
        that has not had its turn yet, and must not find it in the past.

        Returns:
            Whether any timer was due; if none was, nothing can have begun to move.
        """
        await self._doors.set_clocks(
            {name: instant for name, each in standings.items() if each.now < instant}
        )
        due = due_by(standings, instant)
        for service in due:
            await self._doors.fire(service, max(instant, standings[service].now))
        return bool(due)

    async def _wait_until_quiet(self, deadline: float) -> Mapping[str, Standing]:
        """Return how the services stand once nothing is on its way between them."""
        pause = _FIRST_PAUSE_SECONDS
        while moving := unrest(standings := await self._doors.standings()):
            if monotonic() > deadline:
                raise _not_quiet(moving)
            # Polling, not waiting for an event: the services are other processes, and a
            # short pause costs less than a channel back from each of them would.
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
        return standings

    def _deadline(self) -> float:
        return monotonic() + self._deadline_seconds


def _refuse_going_back(standings: Mapping[str, Standing], to: datetime) -> None:
    present = max(each.now for each in standings.values())
    if to < present:
        raise Problem(
            CLOCK_CANNOT_GO_BACK,
            f"The clock shows {present.isoformat()}; ask for a later instant.",
            now=present.isoformat(),
        )


def _refuse_long_steps(standings: Mapping[str, Standing], to: datetime) -> None:
    """A centre with nothing in it may leap to where a flow begins; one with timers would
    have to live through everything on the way.
    """
    present = min(each.now for each in standings.values())
    waiting = any(each.next_timer_at is not None for each in standings.values())
    if waiting and to - present > LONGEST_STEP:
        raise Problem(
            CLOCK_STEP_TOO_LONG,
            f"The clock shows {present.isoformat()} and timers are set; move it by at most"
            f" {LONGEST_STEP.days} days at a time.",
        )


def _not_quiet(moving: Sequence[Unrest]) -> Problem:
    return Problem(
        CENTRE_NOT_QUIET,
        "Something is still on its way between the services: see `moving`. The clock stands"
        " where it came to; ask again to go on.",
        moving=[{"service": item.service, "reason": item.reason} for item in moving],
    )
