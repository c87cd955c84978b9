"""When the centre is at rest, and how far its clocks may go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.gateway.simulation.domain import Standing, Unrest, next_instant, unrest

START = datetime(2025, 1, 1, tzinfo=UTC)
TYPES = ("a.v1", "b.v1")
SERVICES = ("one", "two", "three")


def at(hours: int) -> datetime:
    return START + timedelta(hours=hours)


def test_a_centre_in_which_nothing_ever_happened_is_quiet() -> None:
    assert unrest({name: Standing(START, pending=0, subscribes=TYPES) for name in SERVICES}) == ()


def test_each_subscriber_must_have_settled_what_all_together_sent() -> None:
    standings = {
        "one": Standing(START, sent={"a.v1": 2}),
        "two": Standing(
            START, pending=0, sent={"a.v1": 1}, handled={"a.v1": 3}, subscribes=("a.v1",)
        ),
        "three": Standing(
            START, pending=0, handled={"a.v1": 1}, parked={"a.v1": 1}, subscribes=("a.v1",)
        ),
    }
    assert unrest(standings) == (Unrest("three", "a.v1: 2 of 3 settled"),)


def test_what_nobody_subscribes_to_holds_nothing_up() -> None:
    assert unrest({"one": Standing(START, pending=0, sent={"a.v1": 5})}) == ()


def test_an_outbox_that_is_not_empty_is_unrest() -> None:
    assert unrest({"one": Standing(START, pending=2)}) == (Unrest("one", "2 unpublished"),)


@dataclass(frozen=True)
class Step:
    """One transaction of a service: it handles an event, sends one, or both."""

    service: str
    handles: str | None
    sends: str | None


@st.composite
def histories(draw: st.DrawFn) -> list[Step]:
    """What one outside command sets off, in some order; every service hears every type."""
    steps = [Step(draw(st.sampled_from(SERVICES)), None, TYPES[0])]
    waiting = [(name, TYPES[0]) for name in SERVICES]
    for _ in range(draw(st.integers(0, 9))):
        if not waiting:
            break
        name, handled = waiting.pop(draw(st.integers(0, len(waiting) - 1)))
        sends = draw(st.sampled_from((None, None, *TYPES)))
        steps.append(Step(name, handled, sends))
        waiting += [(peer, sends) for peer in SERVICES if sends is not None]
    return steps


def standing_after(steps: Sequence[Step], name: str) -> Standing:
    own = [step for step in steps if step.service == name]
    return Standing(
        START,
        pending=0,
        sent=Counter(step.sends for step in own if step.sends),
        handled=Counter(step.handles for step in own if step.handles),
        subscribes=TYPES,
    )


@settings(deadline=None)
@given(histories(), st.data())
def test_services_read_one_after_the_other_never_look_quiet_too_early(
    steps: list[Step], data: st.DataObject
) -> None:
    """Each service is read at its own moment after the command; quiet must mean that
    nothing was on its way at the last of them."""
    moment = st.integers(1, len(steps))
    read_at = {name: data.draw(moment) for name in SERVICES}
    standings = {name: standing_after(steps[:end], name) for name, end in read_at.items()}
    done = steps[: max(read_at.values())]
    sent = sum(step.sends is not None for step in done)
    handled = sum(step.handles is not None for step in done)
    if not unrest(standings):
        assert handled == sent * len(SERVICES)


def clocks(*pairs: tuple[int, int | None]) -> dict[str, Standing]:
    return {
        name: Standing(at(now), None if due is None else at(due))
        for name, (now, due) in zip(SERVICES, pairs, strict=False)
    }


def test_the_next_stop_is_the_earliest_timer() -> None:
    assert next_instant(clocks((0, 5), (0, 3), (0, None)), at(9)) == at(3)


def test_without_a_timer_on_the_way_the_goal_is_the_next_stop() -> None:
    assert next_instant(clocks((0, 12), (0, None)), at(9)) == at(9)


def test_a_timer_at_the_goal_fires() -> None:
    assert next_instant(clocks((9, 9), (9, None)), at(9)) == at(9)


def test_at_the_goal_with_nothing_due_there_is_no_next_stop() -> None:
    assert next_instant(clocks((9, 10), (9, None)), at(9)) is None


def test_a_timer_in_the_past_is_due_now() -> None:
    assert next_instant(clocks((4, 2), (4, None)), at(9)) == at(4)


def test_clocks_that_stand_apart_come_together() -> None:
    assert next_instant(clocks((9, None), (4, None)), at(9)) == at(9)
