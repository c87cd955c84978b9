"""Which life events can be recorded, and what they do to cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.contracts.values import LifeEventKind
from services.onboarding.agencies.domain import AgencyStatus
from services.onboarding.agencies.history import (
    KnownPeriod,
    LifeEvent,
    Period,
    Registration,
    Standing,
    as_of,
    periods,
)
from services.onboarding.agencies.life_events import Entry, Fault, LifeEventRefusedError, check
from services.onboarding.agencies.succession import (
    CaseHeld,
    Effect,
    Passing,
    consequences,
    customer_on,
)

A, B, C = "202100-0852", "202100-5026", "202100-6255"
FIRST, DAY = date(2025, 1, 1), date(2026, 1, 1)
NOW = datetime(2025, 11, 3, 9, tzinfo=UTC)


def registration(org_number: str) -> Registration:
    """Known from the beginning of 2025."""
    return Registration(org_number, FIRST, f"Name of {org_number}", "Stockholm")


def event(
    kind: LifeEventKind, org_number: str = A, day: date = DAY, *successors: str, **more: object
) -> LifeEvent:
    """A record."""
    made = LifeEvent(
        f"{kind.value}-{org_number}", org_number, kind, day, NOW, successors=successors
    )
    return replace(made, **more)  # type: ignore[arg-type]  # the tests name real fields


RENAMED, MOVED, MERGED, SPLIT, CLOSED = (
    LifeEventKind.RENAMED,
    LifeEventKind.MOVED,
    LifeEventKind.MERGED,
    LifeEventKind.SPLIT,
    LifeEventKind.CLOSED,
)
CEASED_B = event(CLOSED, B, date(2025, 6, 1))
B_INTO_A = event(MERGED, B, date(2026, 6, 1), A)


@pytest.mark.parametrize(
    ("recorded", "known", "of_others", "naming", "fault"),
    [
        (event(CLOSED, A, date(2024, 12, 31)), [], [], [], Fault.BEFORE_REGISTRATION),
        (event(CLOSED), [event(CLOSED, A, date(2025, 5, 1))], [], [], Fault.AGENCY_CEASED),
        (event(CLOSED), [event(CLOSED, A, date(2027, 5, 1))], [], [], Fault.AGENCY_CEASED),
        (
            event(RENAMED, name="Nytt"),
            [event(CLOSED, A, date(2025, 5, 1))],
            [],
            [],
            Fault.AGENCY_CEASED,
        ),
        (
            event(CLOSED),
            [event(RENAMED, A, date(2026, 2, 1), name="Nytt")],
            [],
            [],
            Fault.OUT_OF_ORDER,
        ),
        (
            event(RENAMED, name="Nytt"),
            [event(RENAMED, id="first", name="Annat")],
            [],
            [],
            Fault.CONTRADICTED,
        ),
        (event(RENAMED, name=f"Name of {A}"), [], [], [], Fault.NOTHING_CHANGES),
        (event(MOVED, city="Stockholm"), [], [], [], Fault.NOTHING_CHANGES),
        (event(MERGED, A, DAY, A), [], [], [], Fault.SUCCESSOR_IS_ITSELF),
        (event(MERGED, A, DAY, C), [], [], [], Fault.SUCCESSOR_UNKNOWN),
        (event(MERGED, A, DAY, B), [], [CEASED_B], [], Fault.SUCCESSOR_CEASED),
        (event(MERGED, A, DAY, B), [], [B_INTO_A], [B_INTO_A], Fault.SUCCESSION_CIRCULAR),
        (event(CLOSED), [], [], [B_INTO_A], Fault.AWAITED_AS_SUCCESSOR),
        (event(SPLIT, A, DAY, B, B), [], [], [], Fault.SPLIT_NEEDS_SUCCESSORS),
        (event(SPLIT, A, DAY, B, C), [], [], [], Fault.SUCCESSOR_UNKNOWN),
    ],
)
def test_what_cannot_be_is_refused(
    recorded: LifeEvent,
    known: list[LifeEvent],
    of_others: list[LifeEvent],
    naming: list[LifeEvent],
    fault: Fault,
) -> None:
    own = Entry.of(registration(A), known)
    entries = {A: own, B: Entry.of(registration(B), of_others)}
    with pytest.raises(LifeEventRefusedError) as refused:
        check(recorded, own, entries, naming)
    assert refused.value.fault is fault


def test_what_is_corrected_does_not_stand_in_the_way() -> None:
    closed = event(CLOSED, A, date(2025, 5, 1))
    own = Entry.of(registration(A), [closed], without=closed.id)
    check(event(CLOSED, A, DAY, id="later"), own, {A: own}, [])


def test_a_successor_may_itself_be_absorbed_later() -> None:
    own, heir = Entry.of(registration(A), []), Entry.of(registration(B), [])
    check(event(MERGED, A, DAY, B), own, {A: own, B: heir}, [])
    check(event(MERGED, B, date(2027, 1, 1), C), heir, {C: Entry.of(registration(C), [])}, [])


def test_an_agency_that_is_split_may_live_on() -> None:
    split = event(SPLIT, A, DAY, A, B)
    assert not split.ends_agency
    own = Entry.of(registration(A), [split])
    assert own.periods[-1].standing.status is AgencyStatus.ACTIVE


OPEN = CaseHeld("open", ("payroll",), is_open=True, live=False, agreement_id=None)
RUNNING = CaseHeld(
    "running", ("payroll",), is_open=False, live=True, agreement_id="ag", agreement_until=None
)
SIGNED = replace(OPEN, id="signed", agreement_id="ag2")


@pytest.mark.parametrize(
    ("recorded", "taken", "expected"),
    [
        (event(RENAMED, name="Nytt"), (), [("open", "name_shown"), ("signed", "name_shown")]),
        (event(MOVED, city="Sundsvall"), (), []),
        (
            event(MERGED, A, DAY, B),
            (),
            [
                ("open", "case_passes"),
                ("running", "case_passes"),
                ("running", "agreement_passes"),
                ("signed", "case_passes"),
                ("signed", "agreement_passes"),
            ],
        ),
        (
            event(MERGED, A, DAY, B),
            ("payroll",),
            [
                ("open", "case_withdrawn"),
                ("running", "case_passes"),
                ("running", "agreement_passes"),
                ("signed", "case_withdrawn"),
                ("signed", "agreement_ends"),
            ],
        ),
        (
            event(CLOSED),
            (),
            [
                ("open", "case_withdrawn"),
                ("running", "agreement_ends"),
                ("signed", "case_withdrawn"),
                ("signed", "agreement_ends"),
            ],
        ),
        (
            event(SPLIT, A, DAY, B, C),
            (),
            [(case, "decision_needed") for case in ("open", "running", "signed")],
        ),
    ],
)
def test_what_a_life_event_does_to_cases(
    recorded: LifeEvent, taken: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    found = consequences(recorded, [OPEN, RUNNING, SIGNED], taken)
    assert [(item.case_id, item.effect.value) for item in found] == expected


def test_a_merger_leaves_an_agreement_alone_that_ended_before_it() -> None:
    over = replace(RUNNING, agreement_until=DAY - timedelta(days=1))
    found = consequences(event(MERGED, A, DAY, B), [over])
    assert [item.effect for item in found] == [Effect.CASE_PASSES]


def test_the_customer_is_followed_through_mergers_and_decisions() -> None:
    """A was absorbed by B in 2026; B was split in 2027 and C got the case."""
    records = {
        A: [event(MERGED, A, DAY, B)],
        B: [event(SPLIT, B, date(2027, 1, 1), B, C)],
        C: [],
    }
    rows = {
        org_number: [KnownPeriod(period, NOW) for period in periods(registration(org_number), own)]
        for org_number, own in records.items()
    }
    passing = Passing("p", "case", "split-B", B, C, date(2027, 1, 1), NOW, decided=True)

    def customer(day: date) -> str:
        return customer_on("202100-0852", day, NOW, lambda n: as_of(rows[n], day, NOW), [passing])[
            0
        ]

    assert [customer(date(year, 6, 1)) for year in (2025, 2026, 2027)] == [A, B, C]


def test_following_agencies_that_succeed_each_other_comes_to_an_end() -> None:
    standing = Standing("A", None, AgencyStatus.MERGED, (B,))
    back = Standing("B", None, AgencyStatus.MERGED, (A,))
    rows = {
        A: KnownPeriod(Period(DAY, None, standing), NOW),
        B: KnownPeriod(Period(DAY, None, back), NOW),
    }
    assert customer_on(A, DAY, NOW, rows.get, [])[0] in {A, B}
