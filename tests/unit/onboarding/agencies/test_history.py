"""Histories in both times, held against an oracle that replays the records day by day."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.contracts.values import LifeEventKind
from services.onboarding.agencies.domain import AgencyStatus
from services.onboarding.agencies.history import (
    KnownPeriod,
    LifeEvent,
    Registration,
    Standing,
    as_of,
    periods,
    revise,
)

ORG, HEIR = "202100-0852", "202100-5026"
FIRST = date(2025, 1, 1)
BEGUN = datetime(2025, 1, 7, 9, tzinfo=UTC)
REGISTRATION = Registration(ORG, FIRST, "Statskontoret", "Stockholm")
HORIZON = 40


@dataclass
class Register:
    """What the use cases do with rows, without storage."""

    events: list[LifeEvent] = field(default_factory=list)
    rows: list[KnownPeriod] = field(
        default_factory=lambda: [
            KnownPeriod(
                periods(REGISTRATION, ())[0],
                BEGUN,
            )
        ]
    )

    def record(self, event: LifeEvent) -> None:
        self.events.append(event)
        ended, fresh = revise(self.rows, periods(REGISTRATION, self.events), event.recorded_at)
        self.rows = [
            KnownPeriod(row.period, row.known_from, event.recorded_at) if row in ended else row
            for row in self.rows
        ]
        self.rows.extend(fresh)


def oracle(events: Sequence[LifeEvent], day: date, known_at: datetime) -> Standing:
    """Replays what was known, record by record, up to the day."""
    known = [event for event in events if event.recorded_at <= known_at]
    wrong = {event.corrects for event in known}
    standing = Standing("Statskontoret", "Stockholm")
    for offset in range((day - FIRST).days + 1):
        today = FIRST + timedelta(days=offset)
        todays = [
            event
            for event in known
            if event.effective_on == today and event.id not in wrong and not event.withdrawn
        ]
        for event in [e for e in todays if not e.ends_agency] + [
            e for e in todays if e.ends_agency
        ]:
            match event.kind:
                case LifeEventKind.RENAMED:
                    standing = Standing(
                        event.name or "", standing.city, standing.status, standing.successors
                    )
                case LifeEventKind.MOVED:
                    standing = Standing(
                        standing.name, event.city, standing.status, standing.successors
                    )
                case LifeEventKind.MERGED:
                    standing = Standing(
                        standing.name, standing.city, AgencyStatus.MERGED, event.successors
                    )
                case _:
                    standing = Standing(standing.name, standing.city, AgencyStatus.CLOSED, ())
    return standing


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                LifeEventKind.RENAMED,
                LifeEventKind.RENAMED,
                LifeEventKind.MOVED,
                LifeEventKind.MERGED,
                LifeEventKind.CLOSED,
            ]
        ),
        st.integers(0, HORIZON),
        st.sampled_from(["A", "B", "C"]),
        st.sampled_from(["record", "record", "correct", "withdraw"]),
        st.integers(0, 5),
        st.integers(0, 2),
    ),
    max_size=8,
)


def _played(steps: Sequence[tuple[LifeEventKind, int, str, str, int, int]]) -> Register:
    """A register in which each step is recorded, corrects or withdraws what still counts."""
    register, now = Register(), BEGUN
    for number, (kind, offset, word, act, target, later) in enumerate(steps):
        now += timedelta(days=later)
        counting = [
            event
            for event in register.events
            if not event.withdrawn and event.id not in {e.corrects for e in register.events}
        ]
        corrects = None
        if act != "record":
            if not counting:
                continue
            corrects = counting[target % len(counting)].id
        others = [event for event in counting if event.id != corrects]
        day = FIRST + timedelta(days=offset)
        event = LifeEvent(
            f"event-{number}",
            ORG,
            kind,
            day,
            now,
            name=word if kind is LifeEventKind.RENAMED else None,
            city=word if kind is LifeEventKind.MOVED else None,
            successors=(HEIR,) if kind is LifeEventKind.MERGED else (),
            corrects=corrects,
            withdrawn=act == "withdraw",
        )
        ends = [other for other in others if other.ends_agency]
        if not event.withdrawn and (
            (event.ends_agency and (ends or any(o.effective_on > day for o in others)))
            or any(end.effective_on <= day for end in ends)
        ):
            continue
        register.record(event)
    return register


_DAYS = [FIRST + timedelta(days=offset) for offset in range(0, HORIZON + 2, 3)]


@settings(max_examples=120, deadline=None)
@given(steps=_STEPS)
def test_answers_are_those_of_the_oracle_and_stay_so(
    steps: list[tuple[LifeEventKind, int, str, str, int, int]],
) -> None:
    register = _played(steps)
    instants = sorted({BEGUN, *(event.recorded_at for event in register.events)})
    for instant in instants:
        said = [row for row in register.rows if row.known_at(instant)]
        ordered = sorted(said, key=lambda row: row.period.valid_from)
        assert ordered[0].period.valid_from == FIRST
        assert ordered[-1].period.valid_until is None
        for earlier, later in itertools.pairwise(ordered):
            assert earlier.period.valid_until == later.period.valid_from
        for day in _DAYS:
            found = as_of(register.rows, day, instant)
            assert found is not None
            assert found.period.standing == oracle(register.events, day, instant)


@settings(max_examples=60, deadline=None)
@given(steps=_STEPS, more=_STEPS)
def test_what_was_known_is_not_changed_by_what_is_recorded_later(
    steps: list[tuple[LifeEventKind, int, str, str, int, int]],
    more: list[tuple[LifeEventKind, int, str, str, int, int]],
) -> None:
    before = _played(steps)
    known_at = before.events[-1].recorded_at if before.events else BEGUN
    answers = [as_of(before.rows, day, known_at) for day in _DAYS]
    # A second apart, so that all of it is recorded after the instant asked about.
    later = [(*step[:5], step[5] + 1) for step in more]
    after = _played([*steps, *later])
    for day, said in zip(_DAYS, answers, strict=True):
        now_said = as_of(after.rows, day, known_at)
        assert said is not None
        assert now_said is not None
        assert now_said.period == said.period


def test_nothing_is_known_before_the_first_day_or_the_registration() -> None:
    rows = Register().rows
    assert as_of(rows, FIRST - timedelta(days=1), BEGUN) is None
    assert as_of(rows, FIRST, BEGUN - timedelta(seconds=1)) is None


def test_a_wrongly_registered_name_is_put_right_on_the_first_day() -> None:
    register = Register()
    at = BEGUN + timedelta(days=1)
    register.record(LifeEvent("e", ORG, LifeEventKind.RENAMED, FIRST, at, name="Rätt namn"))
    found = as_of(register.rows, FIRST, at)
    assert found is not None
    assert found.period.standing.name == "Rätt namn"
    said = as_of(register.rows, FIRST, BEGUN)
    assert said is not None
    assert said.period.standing.name == "Statskontoret"
