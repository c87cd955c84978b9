"""What a matter's log may say, in time, late and corrected."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.collab_model.matters.domain import (
    EventBeforeMatter,
    EventContradictsState,
    EventInFuture,
    MatterStatus,
    NothingToCorrect,
    NotThePartysEvent,
    extended,
    line_to_correct,
    may_enter,
    next_line,
    state_of,
)
from services.collab_model.matters.log import LogEntry, MatterEvent, MatterLog, Party, Place
from services.contracts.values import Priority
from tests.unit.collab_model.clock_stories import (
    CANCELLED,
    HANDED,
    HOME,
    PRIORITY,
    RAISED,
    REOPENED,
    RESOLVED,
    RESPONDED,
    RESUMED,
    RETURNED,
    UPDATED,
    WAITING,
    a_story,
    entry,
    log_of,
)

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MOVED = MatterEvent.MOVED
HOUR = timedelta(hours=1)


def at(hour: int, minute: int = 0) -> datetime:
    """A wall time on Monday 20 October 2025."""
    return datetime(2025, 10, 20, hour, minute, tzinfo=STOCKHOLM)


def raised(*events: MatterEvent) -> MatterLog:
    """A matter raised at nine, with an event each hour after that."""
    return log_of((RAISED, at(9)), *((event, at(10 + n)) for n, event in enumerate(events)))


def status(log: MatterLog) -> MatterStatus:
    return state_of(log.as_known()).status


# ------------------------------------------------------------------ the state machine


@pytest.mark.parametrize(
    ("before", "event"),
    [
        ([], RAISED),
        ([], RESUMED),
        ([], REOPENED),
        ([RESPONDED], RESPONDED),
        ([WAITING], WAITING),
        ([WAITING, RESUMED], RESUMED),
        *(([RESOLVED], each) for each in MatterEvent if each is not REOPENED),
        *(([CANCELLED], each) for each in MatterEvent),
    ],
)
def test_what_does_not_follow_is_refused(before: list[MatterEvent], event: MatterEvent) -> None:
    log = raised(*before)
    with pytest.raises(EventContradictsState):
        extended(log, entry(len(log.entries) + 1, event, at(20), priority=Priority.HIGH))


@pytest.mark.parametrize(
    ("before", "event", "leads_to"),
    [
        ([], RESPONDED, MatterStatus.OPEN),
        ([], UPDATED, MatterStatus.OPEN),
        ([UPDATED], UPDATED, MatterStatus.OPEN),
        ([], WAITING, MatterStatus.WAITING_FOR_CUSTOMER),
        ([WAITING], RESPONDED, MatterStatus.WAITING_FOR_CUSTOMER),
        ([WAITING], RESUMED, MatterStatus.OPEN),
        ([WAITING, RESUMED], WAITING, MatterStatus.WAITING_FOR_CUSTOMER),
        ([WAITING], RESOLVED, MatterStatus.RESOLVED),
        ([RESOLVED], REOPENED, MatterStatus.OPEN),
        ([WAITING, RESOLVED], REOPENED, MatterStatus.OPEN),
        ([], CANCELLED, MatterStatus.CANCELLED),
    ],
)
def test_what_follows_leads_to_its_state(
    before: list[MatterEvent], event: MatterEvent, leads_to: MatterStatus
) -> None:
    log = raised(*before)
    longer = extended(log, entry(len(log.entries) + 1, event, at(20)))
    assert status(longer) is leads_to


def test_changes_of_priority_and_service_must_change_something() -> None:
    log = raised()
    for event, same, other in (
        (PRIORITY, {"priority": Priority.NORMAL}, {"priority": Priority.HIGH}),
        (MOVED, {"place": replace(HOME, version=2)}, {"place": Place("travel", 1)}),
    ):
        with pytest.raises(EventContradictsState, match="already"):
            extended(log, entry(2, event, at(10), **same))
        extended(log, entry(2, event, at(10), **other))


def test_a_team_must_have_a_matter_to_give_it_back() -> None:
    log = raised()
    with pytest.raises(EventContradictsState, match="does not have"):
        extended(log, entry(2, RETURNED, at(10), counterpart="specialists"))
    with_team = extended(log, entry(2, HANDED, at(10), counterpart="specialists"))
    with pytest.raises(EventContradictsState, match="take it back first"):
        extended(with_team, entry(3, HANDED, at(11), counterpart="others"))
    supplier = entry(3, MatterEvent.SENT_TO_SUPPLIER, at(11), counterpart="others")
    assert state_of(extended(with_team, supplier).as_known()).supplier == "others"
    again = extended(with_team, entry(3, RETURNED, at(11), counterpart="specialists"))
    assert state_of(again.as_known()).team is None


@pytest.mark.parametrize("event", [e for e in MatterEvent if e not in {RESUMED, REOPENED}])
def test_customers_enter_only_what_is_theirs(event: MatterEvent) -> None:
    by_customer = MatterLog.of([replace(raised().entries[0], party=Party.CUSTOMER)])
    if event in {RAISED, CANCELLED}:
        may_enter(by_customer, event, Party.CUSTOMER, backdated=False)
        return
    with pytest.raises(NotThePartysEvent):
        may_enter(by_customer, event, Party.CUSTOMER, backdated=False)


def test_only_the_centre_enters_what_happened_earlier() -> None:
    may_enter(raised(), RESUMED, Party.CUSTOMER, backdated=False)
    may_enter(raised(), RESUMED, Party.CENTRE, backdated=True)
    with pytest.raises(NotThePartysEvent):
        may_enter(raised(), RESUMED, Party.CUSTOMER, backdated=True)


def test_the_centre_does_not_cancel_what_a_customer_raised() -> None:
    may_enter(raised(), CANCELLED, Party.CENTRE, backdated=False)
    by_customer = MatterLog.of([replace(raised().entries[0], party=Party.CUSTOMER)])
    with pytest.raises(NotThePartysEvent):
        may_enter(by_customer, CANCELLED, Party.CENTRE, backdated=False)


# ------------------------------------------------------------------- late and corrected


def test_a_late_event_takes_its_place_among_the_others() -> None:
    log = raised(WAITING, RESUMED)
    late = entry(4, RESPONDED, at(9, 30), recorded_at=at(15))
    story = extended(log, late).as_known()
    assert [line.event for line in story] == [RAISED, RESPONDED, WAITING, RESUMED]
    assert (late.is_late, log.entries[0].is_late) == (True, False)


def test_a_late_event_that_contradicts_what_came_after_is_refused() -> None:
    log = raised(WAITING, RESUMED)
    with pytest.raises(EventContradictsState, match="not waiting"):
        extended(log, entry(4, RESUMED, at(10, 30), recorded_at=at(15)))
    with pytest.raises(EventContradictsState, match="resolved"):
        extended(log, entry(4, RESOLVED, at(9, 30), recorded_at=at(15)))


def test_nothing_happens_before_the_matter_nor_in_the_future() -> None:
    with pytest.raises(EventBeforeMatter):
        extended(raised(), entry(2, RESPONDED, at(8, 59), recorded_at=at(10)))
    with pytest.raises(EventInFuture):
        extended(raised(), entry(2, RESPONDED, at(12), recorded_at=at(11, 59)))


def test_a_corrected_line_keeps_its_place_among_those_of_its_instant() -> None:
    log = log_of((RAISED, at(9)), (WAITING, at(10)), (RESUMED, at(10)))
    right = replace(log.entries[1], sequence=4, recorded_at=at(15), note="by mail", corrects=2)
    assert [line.sequence for line in extended(log, right).as_known()] == [1, 4, 3]


def test_what_was_known_earlier_can_be_read_again() -> None:
    log = raised(WAITING)
    log = extended(
        log, replace(log.entries[1], sequence=3, at=at(11), recorded_at=at(12), corrects=2)
    )
    log = extended(
        log,
        replace(log.entries[2], sequence=4, recorded_at=at(14), corrects=3, withdrawn=True),
    )
    known = {
        hour: [(line.sequence, line.at) for line in log.as_known(at(hour))]
        for hour in (8, 9, 10, 12, 13, 14)
    }
    assert known == {
        8: [],
        9: [(1, at(9))],
        10: [(1, at(9)), (2, at(10))],
        12: [(1, at(9)), (3, at(11))],
        13: [(1, at(9)), (3, at(11))],
        14: [(1, at(9))],
    }
    assert log.as_known() == log.as_known(at(14))


def test_a_line_is_corrected_once_and_a_withdrawal_not_at_all() -> None:
    log = raised(WAITING)
    log = extended(
        log, replace(log.entries[1], sequence=3, recorded_at=at(12), corrects=2, withdrawn=True)
    )
    for sequence in (0, 2, 3, 4):
        with pytest.raises(NothingToCorrect):
            line_to_correct(log, sequence)
    assert line_to_correct(log, 1) == log.entries[0]


def test_nothing_is_known_before_what_was_recorded_earlier() -> None:
    log = raised(WAITING)
    assert next_line(log, at(9, 59)) == (3, at(10))
    assert next_line(log, at(11)) == (3, at(11))


@given(st.integers(0, 2**64 - 1).map(Random))
@settings(max_examples=200, deadline=None)
def test_withdrawing_everything_that_was_added_leaves_what_was_there(random: Random) -> None:
    """However a log is corrected: what it says is what its lines that hold say."""
    log = a_story(random, at(9), 40)
    longer, now = log, log.last.at
    for line in reversed(log.entries[1:]):
        now += HOUR
        number = len(longer.entries) + 1
        later = replace(line, sequence=number, at=now, recorded_at=now, corrects=line.sequence)
        try:
            longer = extended(longer, later)
        except EventContradictsState:
            continue
        now += HOUR
        back = replace(later, sequence=number + 1, recorded_at=now, corrects=number, at=line.at)
        longer = extended(longer, back)
    assert _said(longer) == _said(log)
    assert longer.as_known(log.last.recorded_at) == log.as_known()


def _said(log: MatterLog) -> list[LogEntry]:
    return [replace(line, sequence=1, corrects=None, recorded_at=at(9)) for line in log.as_known()]
