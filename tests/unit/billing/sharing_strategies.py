"""Made-up arrangements for sharing costs, and facts to feed them with."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from services.billing.cost_sharing.facts import CostItem, Party, Reading, SharingInput
from services.billing.cost_sharing.key_language import (
    Among,
    ByDriver,
    ByGroup,
    Equal,
    FormerBudget,
    Key,
    Mix,
    OnlyThoseWhoOrdered,
    Part,
    PortionOf,
    Portions,
    Stage,
    SumOf,
    WithinGroup,
    WithoutReading,
)
from services.billing.cost_sharing.language import Actual, Driver, DriverKind, Group, Line, Version

FIRST, LAST = date(2024, 1, 1), date(2024, 12, 31)
STAYING = ("a", "b", "c")
"""They take part all the time; others come and go, so that no key is ever without anybody."""

COMING = ("d", "e")
GROUPS = ("north", "south")
_IN = {"a": "north", "b": "south", "c": "south", "d": "north", "e": "south"}

days = st.dates(FIRST, LAST)
equal = Equal(kind="equal")
by_stock = ByDriver(kind="by_driver", driver="staff", without_reading=WithoutReading.NOUGHT)
by_flow = ByDriver(kind="by_driver", driver="cases", without_reading=WithoutReading.NOUGHT)


def _halves(one: str, other: str, numerator: int) -> tuple[PortionOf, PortionOf]:
    return (
        PortionOf(of=one, portion=f"{numerator}/7"),
        PortionOf(of=other, portion=f"{7 - numerator}/7"),
    )


portions = st.integers(0, 7).map(
    lambda sevenths: Portions(kind="portions", portions=_halves("a", "b", sevenths))
)
between = st.one_of(
    st.just(equal),
    st.just(by_stock),
    st.integers(0, 7).map(
        lambda sevenths: Portions(kind="portions", portions=_halves("north", "south", sevenths))
    ),
)


def _composed(inner: st.SearchStrategy[Key]) -> st.SearchStrategy[Key]:
    return st.one_of(
        st.builds(
            Mix,
            kind=st.just("mix"),
            parts=st.builds(
                lambda part, one, other: (
                    Part(portion=f"{part}%", by=one),
                    Part(portion=f"{100 - part}%", by=other),
                ),
                st.integers(0, 100),
                inner,
                inner,
            ),
        ),
        st.builds(
            FormerBudget,
            kind=st.just("former_budget"),
            budgets=st.integers(0, 900).map(
                lambda ore: (SumOf(of="a", amount_ore=ore), SumOf(of="c", amount_ore=1000 - ore))
            ),
            stages=st.lists(
                st.builds(Stage, from_day=days, portion=st.sampled_from(("1/3", "50%", "1/1"))),
                max_size=2,
                unique_by=lambda stage: stage.from_day,
            ).map(tuple),
            then=inner,
        ),
    )


def keys(*leaves: Key, ordered: bool = True) -> st.SearchStrategy[Key]:
    """Keys that give each a share in proportion to the cost, composed of some leaves."""
    narrow = st.sampled_from((("a", "b"), ("south",), ("north", "c")))
    plain = st.one_of(st.sampled_from(leaves), portions)
    members = st.sampled_from(leaves)
    some = [
        plain,
        st.builds(Among, kind=st.just("among"), members=narrow, by=members),
        st.builds(
            ByGroup,
            kind=st.just("by_group"),
            groups=st.just(GROUPS),
            between=between,
            within=members,
            exceptions=st.lists(
                st.builds(WithinGroup, group=st.just("north"), by=members), max_size=1
            ).map(tuple),
        ),
    ]
    if ordered:
        some.append(
            st.builds(OnlyThoseWhoOrdered, kind=st.just("only_those_who_ordered"), by=members)
        )
    return st.one_of(*some, _composed(st.one_of(some)))


@st.composite
def parties(draw: st.DrawFn) -> tuple[Party, ...]:
    """Three who stay, and up to two who come and go."""
    found = [
        Party(key=key, name=key, groups=(_IN[key],), joins_on=date(2020, 1, 1)) for key in STAYING
    ]
    for key in draw(st.sets(st.sampled_from(COMING))):
        joins = draw(days)
        stays = draw(st.none() | st.integers(0, 200))
        leaves = None if stays is None else joins + timedelta(days=stays)
        found.append(Party(key=key, name=key, groups=(_IN[key],), joins_on=joins, leaves_on=leaves))
    return tuple(found)


@st.composite
def items(draw: st.DrawFn) -> tuple[CostItem, ...]:
    """Cost items, some of which begin before the year or end after it."""
    found: list[CostItem] = []
    for number in range(draw(st.integers(1, 6))):
        first = FIRST + timedelta(days=draw(st.integers(-60, 330)))
        found.append(
            CostItem(
                id=f"item-{number}",
                line="line",
                name=f"Item {number}",
                first_day=first,
                last_day=first + timedelta(days=draw(st.integers(0, 400))),
                amount_ore=draw(st.integers(-5_000, 1_000_000)),
                ordered_by=draw(st.sampled_from((("a",), ("a", "b"), ("b", "c"), ("a", "b", "c")))),
            )
        )
    return tuple(found)


@st.composite
def readings(draw: st.DrawFn) -> tuple[Reading, ...]:
    """Readings of a stock and a flow; those who stay have something of both from the start."""
    found = [
        Reading(id=f"staff-{key}", driver="staff", party=key, first_day=FIRST, quantity="1")
        for key in STAYING
    ]
    found += [
        Reading(
            id=f"cases-{key}",
            driver="cases",
            party=key,
            first_day=FIRST,
            last_day=LAST,
            quantity=str(draw(st.integers(1, 500))),
        )
        for key in STAYING
    ]
    for number in range(draw(st.integers(0, 4))):
        found.append(
            Reading(
                id=f"staff-{number}",
                driver="staff",
                party=draw(st.sampled_from((*STAYING, *COMING))),
                first_day=draw(days),
                quantity=draw(st.sampled_from(("2", "3.5", "17"))),
            )
        )
    return tuple(found)


def version(key: Key, effective_from: date = date(2020, 1, 1)) -> Version:
    """A version with one line that is shared by a key."""
    charge = Actual.model_validate({"kind": "actual", "by": key.model_dump()})
    return Version(
        effective_from=effective_from,
        groups=tuple(Group(key=each, name=each, name_sv=each) for each in GROUPS),
        drivers=(
            Driver(
                key="staff",
                name="Staff",
                name_sv="Personal",
                unit="employee",
                kind=DriverKind.STOCK,
            ),
            Driver(key="cases", name="Cases", name_sv="Ärenden", unit="case"),
        ),
        lines=(Line(key="line", name="Line", name_sv="Rad", charge=charge),),
    )


@st.composite
def inputs(draw: st.DrawFn, *leaves: Key) -> SharingInput:
    """A year of an arrangement with one or two versions."""
    found = [version(draw(keys(*(leaves or (equal, by_stock, by_flow)))))]
    if draw(st.booleans()):
        found.append(version(draw(keys(equal, by_stock)), draw(days)))
    return SharingInput(
        arrangement="made-up",
        name="Made up",
        name_sv="Påhittad",
        first_day=FIRST,
        last_day=LAST,
        actual_through=LAST,
        versions=tuple(found),
        parties=draw(parties()),
        items=draw(items()),
        readings=draw(readings()),
        index_values=(),
    )
