"""Who the customer was, in both times."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.contracts.succession import LifeEvent, Register, RegisteredName, Scope
from services.contracts.values import LifeEventKind

# What happened on 1 January 2026, as the agencies' own numbers tell it.
ESV, STATSKONTORET = "202100-5026", "202100-0852"
OLD_NAME, NEW_NAME = "Ekonomistyrningsverket", "Statskontoret"
NEW_YEAR = date(2026, 1, 1)


def known(day: int) -> datetime:
    """An instant in December 2025."""
    return datetime(2025, 12, day, 9, tzinfo=UTC)


def event(id: str, kind: LifeEventKind, org_number: str, **changes: object) -> LifeEvent:
    fields: dict[str, object] = {
        "id": id,
        "kind": kind,
        "org_number": org_number,
        "effective_on": NEW_YEAR,
        "name": None,
        "successors": (),
        "city": None,
        "corrects": None,
        "withdrawn": False,
        "known_at": known(10),
    }
    return LifeEvent(**(fields | changes))  # type: ignore[arg-type]  # fields by name


REGISTERED = (
    RegisteredName(ESV, OLD_NAME, known(1)),
    RegisteredName(STATSKONTORET, "Statskontoret", known(1)),
)
MERGER = event("merger", LifeEventKind.MERGED, STATSKONTORET, successors=(ESV,))
RENAME = event("rename", LifeEventKind.RENAMED, ESV, name=NEW_NAME)


def test_the_merger_of_new_year_2026() -> None:
    register = Register(REGISTERED, (MERGER, RENAME))
    december = date(2025, 12, 31)
    assert register.name_on(ESV, december) == OLD_NAME
    assert register.name_on(ESV, NEW_YEAR) == NEW_NAME
    assert register.name_on(STATSKONTORET, december) == "Statskontoret"
    assert register.holder_on(STATSKONTORET, december) == STATSKONTORET
    assert register.holder_on(STATSKONTORET, NEW_YEAR) == ESV
    assert register.taken_over_by(ESV, NEW_YEAR) == {STATSKONTORET}
    assert register.last_day_of(STATSKONTORET) is None
    before = register.scope_of(STATSKONTORET, december)
    after = register.scope_of(STATSKONTORET, NEW_YEAR)
    assert before == Scope(STATSKONTORET)
    assert before.signed_by == {STATSKONTORET}
    assert not after.signed_by
    assert after.issued_to == {STATSKONTORET}
    assert register.scope_of(ESV, NEW_YEAR).signed_by == {ESV, STATSKONTORET}


def test_a_correction_is_known_from_its_own_instant_on() -> None:
    wrong = event("wrong", LifeEventKind.RENAMED, ESV, name="Statens ekonomiverk")
    right = event(
        "right", LifeEventKind.RENAMED, ESV, name=NEW_NAME, corrects="wrong", known_at=known(20)
    )
    register = Register(REGISTERED, (wrong, right))
    assert register.as_known_at(known(15)).name_on(ESV, NEW_YEAR) == "Statens ekonomiverk"
    assert register.name_on(ESV, NEW_YEAR) == NEW_NAME
    gone = event(
        "gone", LifeEventKind.RENAMED, ESV, corrects="right", withdrawn=True, known_at=known(22)
    )
    assert Register(REGISTERED, (wrong, right, gone)).name_on(ESV, NEW_YEAR) == OLD_NAME


def test_the_line_of_heirs_goes_on_and_ends_with_a_closure() -> None:
    heir = event(
        "again",
        LifeEventKind.MERGED,
        ESV,
        successors=("202100-6255",),
        effective_on=date(2027, 1, 1),
    )
    closed = event("closed", LifeEventKind.CLOSED, "202100-6255", effective_on=date(2028, 7, 1))
    register = Register((), (MERGER, heir, closed))
    assert register.holder_on(STATSKONTORET, date(2026, 12, 31)) == ESV
    assert register.holder_on(STATSKONTORET, date(2027, 1, 1)) == "202100-6255"
    assert register.taken_over_by("202100-6255", date(2027, 1, 1)) == {STATSKONTORET, ESV}
    assert register.last_day_of(STATSKONTORET) == date(2028, 6, 30)


def test_a_split_passes_nothing_by_itself() -> None:
    split = event("split", LifeEventKind.SPLIT, ESV, successors=(STATSKONTORET, "202100-6255"))
    register = Register(REGISTERED, (split,))
    assert register.holder_on(ESV, NEW_YEAR) == ESV
    assert register.last_day_of(ESV) is None


def test_registering_the_same_name_again_does_not_undo_a_rename() -> None:
    again = RegisteredName(ESV, OLD_NAME, datetime(2026, 2, 1, tzinfo=UTC))
    register = Register((*REGISTERED, again), (RENAME,))
    assert register.name_on(ESV, date(2026, 3, 1)) == NEW_NAME


NUMBERS = (ESV, STATSKONTORET, "202100-6255")
DAYS = [NEW_YEAR + timedelta(days=30 * index) for index in range(8)]


@st.composite
def life_events(draw: st.DrawFn) -> list[LifeEvent]:
    """Records as they could come, corrections of earlier ones among them."""
    found: list[LifeEvent] = []
    for index in range(draw(st.integers(0, 6))):
        org_number = draw(st.sampled_from(NUMBERS))
        kind = draw(st.sampled_from(list(LifeEventKind)))
        heirs = [each for each in NUMBERS if each != org_number]
        found.append(
            event(
                f"event-{index}",
                kind,
                org_number,
                effective_on=draw(st.sampled_from(DAYS)),
                name=draw(st.none() | st.sampled_from(["A", "B", "C"])),
                successors=tuple(draw(st.lists(st.sampled_from(heirs), max_size=2, unique=True))),
                corrects=draw(st.none() | st.sampled_from([each.id for each in found]))
                if found
                else None,
                withdrawn=draw(st.booleans()) if found else False,
                known_at=known(1) + timedelta(days=index + 1),
            )
        )
    return found


@given(life_events(), st.data())
def test_what_was_known_does_not_change_with_what_comes_later(
    events: list[LifeEvent], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(events))
    whole = Register(REGISTERED, tuple(shuffled))
    for index in range(len(events) + 1):
        then = Register(REGISTERED, tuple(events[:index]))
        instant = known(1) + timedelta(days=index)
        for number in NUMBERS:
            for day in DAYS:
                seen = whole.as_known_at(instant)
                assert seen.name_on(number, day) == then.name_on(number, day)
                assert seen.holder_on(number, day) == then.holder_on(number, day)
                assert seen.scope_of(number, day) == then.scope_of(number, day)


@given(life_events())
def test_nobody_is_held_by_two_and_every_line_ends(events: list[LifeEvent]) -> None:
    register = Register(REGISTERED, tuple(events))
    for day in DAYS:
        for number in NUMBERS:
            holder = register.holder_on(number, day)
            owners = [each for each in NUMBERS if number in register.taken_over_by(each, day)]
            assert owners == ([holder] if holder != number else [])
