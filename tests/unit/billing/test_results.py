"""Results against sums that anybody can follow: nothing is lost, and proposals reach their aim."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from services.billing.costs.language import PoolKind
from services.billing.ledger.chart import AccountKind, AccountRole, chart
from services.billing.ledger.recording import _POOLS
from services.billing.months import Month
from services.billing.own_prices.catalogue import priced_services
from services.billing.results.domain import Area, Cell, Posted, Shares, in_cells
from services.billing.results.forecasting import (
    Figure,
    Method,
    Plans,
    forecast,
    with_forecast,
)
from services.billing.results.proposing import LOWEST_TENTHS, Ground, propose
from services.billing.results.reporting import percent_of_turnover
from services.billing.results.rules import Category, ResultRules, Stream, result_rules
from services.billing.results.surplus import (
    Brought,
    Standing,
    areas_with_something,
    of_area,
    year_end,
)

RULES = result_rules()
AREAS = {"payroll": "payroll", "supplier-ledger": "finance", "e-commerce": "e-commerce"}
ORE = st.integers(-(10**12), 10**12)
MONTH = st.builds(Month, st.integers(2024, 2026), st.integers(1, 12))
SUBJECT = st.sampled_from([None, *AREAS, "joint", "nobody-knows"])
AREA: st.SearchStrategy[Area] = st.sampled_from([None, "finance", "payroll", "time"])
COSTS = [stream for stream in Stream if not stream.is_income]
POSTED = st.lists(
    st.builds(
        Posted,
        MONTH,
        st.sampled_from(sorted(RULES.roles)),
        SUBJECT,
        st.one_of(st.none(), MONTH.map(str)),
        ORE,
    ),
    max_size=25,
)
SHARES = st.builds(
    Shares,
    st.dictionaries(
        st.tuples(MONTH.map(str), st.sampled_from(COSTS)),
        st.dictionaries(AREA, st.integers(-5, 10**9), max_size=4),
        max_size=12,
    ),
    st.dictionaries(
        st.tuples(st.just("joint"), st.integers(2024, 2026)),
        st.dictionaries(
            st.tuples(AREA, st.sampled_from(Category)), st.integers(-5, 10**9), max_size=5
        ),
        max_size=3,
    ),
)


@given(
    POSTED,
    SHARES,
    st.lists(
        st.builds(
            Brought, st.just("time"), st.sampled_from(Category), st.integers(2024, 2027), ORE
        ),
        max_size=3,
    ),
)
@settings(max_examples=60)
def test_areas_and_categories_sum_to_what_was_posted(
    posted: list[Posted], shares: Shares, brought: list[Brought]
) -> None:
    cells = in_cells(posted, AREAS, shares, RULES)
    roles = {each.role: each.kind for each in chart().accounts}
    slow: Counter[tuple[Month, AccountKind]] = Counter()
    for each in posted:
        slow[each.month, roles[each.role]] += each.amount_ore
    found: Counter[tuple[Month, AccountKind]] = Counter()
    for (month, cell), ore in cells.items():
        kind = AccountKind.INCOME if cell.stream.is_income else AccountKind.COST
        found[month, kind] += -ore if cell.stream.is_income else ore
    assert {key: ore for key, ore in slow.items() if ore} == {
        key: ore for key, ore in found.items() if ore
    }
    # By area and category, a year's end and all before it come to the same.
    total = year_end(cells, brought, 2026)
    ends = [
        year_end(*of_area(cells, brought, area), 2026)
        for area in areas_with_something(cells, brought)
    ]
    for category in Category:
        assert sum(end.accumulated(category) for end in ends) == total.accumulated(category)
        assert sum(end.results[category].income_ore for end in ends) == (
            total.results[category].income_ore
        )
    assert total.standing.accumulated_ore == -sum(each.amount_ore for each in posted) + sum(
        each.amount_ore for each in brought if each.year <= 2026
    )


def test_each_account_has_its_place_and_overhead_goes_as_its_kind_was_distributed() -> None:
    march = Month(2025, 3)

    def posted(role: AccountRole, subject: str | None, ore: int, period: str | None) -> Posted:
        return Posted(march, role, subject, period, ore)

    shares = Shares(
        overheads={
            ("2025-02", Stream.SYSTEM): {"finance": 1, "payroll": 1, "time": 1},
            ("2025-03", Stream.PREMISES): {"finance": 3, None: 1},
        },
        arrangements={
            ("joint", 2025): {
                ("finance", Category.PASSED_ON): 3,
                ("finance", Category.ORDINARY): 1,
            }
        },
    )
    found = in_cells(
        [
            posted(AccountRole.FEES, "payroll", -1000, "2025-03"),
            posted(AccountRole.CREDITS, "payroll", 10, "2025-03"),
            posted(AccountRole.SHARES, "joint", -101, "2025-02"),
            # Of a year that sent nothing the newest before counts; of none nothing is known.
            posted(AccountRole.SHARES, "joint", -4, "2026-01"),
            posted(AccountRole.SHARES, "joint", -9, "2024-12"),
            posted(AccountRole.SHARES, "another", -7, "2025-02"),
            posted(AccountRole.START_UP_TIME, "payroll", 20, "2025-03"),
            posted(AccountRole.COST_INHERITED, "supplier-ledger", 30, "2025-03"),
            posted(AccountRole.COST_SYSTEM, None, 100, "2025-02"),
            posted(AccountRole.COST_PREMISES, None, 8, None),
            posted(AccountRole.COST_PREMISES, None, 5, "2025-01"),
        ],
        AREAS,
        shares,
        RULES,
    )
    ordinary = Category.ORDINARY

    def overhead(area: Area, stream: Stream) -> Cell:
        return Cell(area, ordinary, stream, None, overhead=True)

    assert {cell: ore for (_, cell), ore in found.items()} == {
        Cell("payroll", ordinary, Stream.FEES, "payroll"): 990,
        Cell("finance", ordinary, Stream.SHARES, "joint"): 25 + 1,
        Cell("finance", Category.PASSED_ON, Stream.SHARES, "joint"): 76 + 3,
        Cell(None, ordinary, Stream.SHARES, "joint"): 9,
        Cell(None, ordinary, Stream.SHARES, "another"): 7,
        Cell("payroll", Category.START_UP, Stream.START_UP, "payroll"): 20,
        Cell("finance", Category.INHERITED, Stream.INHERITED, "supplier-ledger"): 30,
        # The öre left over is the first area's; each kind goes its own way.
        overhead("finance", Stream.SYSTEM): 34,
        overhead("payroll", Stream.SYSTEM): 33,
        overhead("time", Stream.SYSTEM): 33,
        overhead("finance", Stream.PREMISES): 6,
        # A month that is not distributed leaves its cost without an area.
        overhead(None, Stream.PREMISES): 2 + 5,
    }


def test_the_places_of_accounts_are_whole() -> None:
    for kind, role in _POOLS.items():
        assert RULES.roles[role].stream == kind
        assert RULES.kinds[Stream(kind)] is RULES.roles[role].category
    assert {str(each) for each in COSTS} == set(_POOLS) == set(PoolKind)
    assert {each.service_area for each in priced_services().values()} == set(RULES.areas)
    document = RULES.model_dump(mode="json")
    roles = dict(document["roles"])
    for changed in (
        {key: rule for key, rule in roles.items() if key != "fees"},
        roles | {"receivable": roles["fees"]},
        roles | {"fees": roles["cost_system"]},
        roles | {"fees": roles["fees"] | {"category": None}},
        roles | {"start_up_time": roles["start_up_time"] | {"category": "ordinary"}},
    ):
        with pytest.raises(ValidationError):
            ResultRules.model_validate(document | {"roles": changed})


FEES = Cell("payroll", Category.ORDINARY, Stream.FEES, "payroll")
STAFF = Cell("payroll", Category.ORDINARY, Stream.OWN_STAFF, "payroll")
HOUSE = Cell("payroll", Category.ORDINARY, Stream.PREMISES, None, overhead=True)


def test_a_forecast_is_planned_or_budgeted_else_the_mean() -> None:
    amounts = {
        (Month(2025, 1), FEES): 100,
        (Month(2025, 1), STAFF): 31,
        (Month(2025, 2), STAFF): 30,
        (Month(2025, 2), HOUSE): 11,
        (Month(2025, 3), STAFF): 999_999,  # the month that runs
        (Month(2025, 3), replace(STAFF, stream=Stream.EXTERNAL)): 7,
        (Month(2024, 12), STAFF): 999_999,  # another year
    }
    months = [Month(2025, 3), Month(2025, 4)]
    plans = Plans(
        instalments={(Month(2025, 3), FEES): 90, (Month(2025, 4), FEES): 0},
        budgets={(Month(2025, 4), STAFF): 40},
        overhead_budgets={(Month(2025, 4), Stream.PREMISES): 10},
        overhead_weights={
            ("2025-01", Stream.PREMISES): {"payroll": 1},
            ("2025-02", Stream.PREMISES): {"finance": 1},
        },
    )
    finance = Cell("finance", Category.ORDINARY, Stream.PREMISES, None, overhead=True)
    figures = forecast(amounts, months, plans, RULES.kinds)
    assert set(figures) == {
        Figure(months[0], FEES, 90, Method.PLANNED_INSTALMENTS),
        Figure(months[1], FEES, 0, Method.PLANNED_INSTALMENTS),
        Figure(months[0], STAFF, 31, Method.MEAN),  # 30.5, a half up
        Figure(months[1], STAFF, 40, Method.BUDGET),
        Figure(months[0], HOUSE, 6, Method.MEAN),
        # The kind is budgeted as a whole, and goes as it did when last distributed.
        Figure(months[1], HOUSE, 0, Method.BUDGET),
        Figure(months[1], finance, 10, Method.BUDGET),
    }
    expected = with_forecast(amounts, figures, months[0])
    assert (expected[Month(2025, 1), STAFF], expected[Month(2025, 3), STAFF]) == (31, 31)
    assert not any(cell.stream is Stream.EXTERNAL for _, cell in expected)
    nothing = Plans({}, {}, {}, {})
    january = [Month(2026, 1), Month(2026, 2)]
    [first, _, staff, *_] = forecast(
        {(Month(2025, 6), FEES): 120, (Month(2025, 7), STAFF): 24}, january, nothing, RULES.kinds
    )
    assert first == Figure(january[0], FEES, 10, Method.MEAN_OF_LAST_YEAR)
    assert (staff.month, staff.amount_ore) == (january[1], 10)
    assert forecast(amounts, [], plans, RULES.kinds) == ()


GROUND = st.builds(
    Ground,
    accumulated_ore=ORE,
    running_ore=st.integers(-(10**10), 10**10),
    fees_ore=st.integers(1, 10**12),
    aim_ore=ORE,
    years=st.integers(1, 10),
)


@given(GROUND)
@settings(max_examples=60)
def test_with_the_proposal_the_aim_is_reached_within_the_rounding(ground: Ground) -> None:
    proposal = propose(ground)
    assert proposal is not None
    # Year by year, as fees would come in.
    stands = Fraction(ground.accumulated_ore)
    for _ in range(ground.years):
        stands += ground.running_ore + Fraction(ground.fees_ore) * proposal.tenths / 1000
    assert proposal.after_ore <= stands < proposal.after_ore + 1
    tenth = Fraction(ground.years * ground.fees_ore, 1000)
    if proposal.reaches_aim:
        assert ground.aim_ore <= stands < ground.aim_ore + tenth
    else:
        assert proposal.tenths == LOWEST_TENTHS
        assert stands > ground.aim_ore


@given(st.integers(1, 10**12), st.integers(1, 10**12), st.integers(1, 10))
@settings(max_examples=20)
def test_a_deficit_gives_a_raise_and_a_surplus_none(
    accumulated: int, fees: int, years: int
) -> None:
    raised = propose(Ground(-accumulated, 0, fees, 0, years))
    lowered = propose(Ground(accumulated, 0, fees, 0, years))
    assert raised is not None
    assert lowered is not None
    assert lowered.tenths <= 0 < raised.tenths
    assert propose(Ground(accumulated, 0, 0, 0, years)) is None


def test_the_limit_is_above_ten_percent_of_the_turnover() -> None:
    limit = Decimal(10)
    assert [Standing(ore, 1000).is_over(limit) for ore in (-500, 0, 100, 101)] == [
        False,
        False,
        False,
        True,
    ]
    assert (Standing(1, 0).is_over(limit), Standing(0, 0).is_over(limit)) == (True, False)
    assert Standing(1, 0).percent is None
    # A percentage is never told on the wrong side of the limit.
    assert percent_of_turnover(Fraction(1234, 100), limit) == Decimal("12.3")
    assert percent_of_turnover(Fraction(10004, 1000), limit) == Decimal("10.004")
    assert percent_of_turnover(Fraction(10), limit) == Decimal("10.0")


def test_what_is_brought_in_counts_from_its_day_on() -> None:
    brought = [Brought("payroll", Category.INHERITED, 2025, -500)]
    amounts = {(Month(2024, 5), FEES): 70, (Month(2025, 5), FEES): 30}
    assert year_end(amounts, brought, 2024).standing == Standing(70, 70)
    end = year_end(amounts, brought, 2025)
    assert (end.standing, end.accumulated(Category.INHERITED)) == (Standing(-400, 30), -500)
