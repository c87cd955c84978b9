"""Whatever becomes known when: all that is invoiced sums to what the use cost in the end.

Invoices, true-ups and the final settlement run between changes of what is known: versions,
go-lives, roll-backs, ends, volumes, breaches. The oracle knows only the final state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from services.billing.final_settlement.domain import FinalAccount, actual_cost_of
from services.billing.invoices.domain import Line, LineKind, credit_total
from services.billing.invoices.lines import (
    Breaches,
    credit_lines,
    instalment_lines,
    true_up_lines,
)
from services.billing.months import Month
from services.billing.subscriptions.domain import ServiceTerms, instalment
from services.billing.subscriptions.versions import terms_by_service
from services.billing.true_up.domain import Booked, Settlement, actual_cost, settle
from tests.unit.billing.strategies import UNITS
from tests.unit.billing.test_versions import LAST, MONTHS, NAMES, RULE, operations, versions

RULES = dict.fromkeys(MONTHS, RULE)
SERVICE_NAMES = {name: name.title() for name in NAMES}

knowledge = st.builds(terms_by_service, versions(), operations)
EVERYTHING = [(name, unit, month) for name in NAMES for unit in UNITS[1:] for month in MONTHS]
everything_reported = st.integers(1, 3_000).map(
    lambda seed: {key: seed * (place + 1) % 3_001 for place, key in enumerate(EVERYTHING)}
)
reports = everything_reported | st.dictionaries(
    st.sampled_from(EVERYTHING), st.integers(0, 3_000), max_size=12
)
breach_counts = st.dictionaries(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(MONTHS)), st.integers(1, 4), max_size=4
)


@dataclass
class Books:
    """What was invoiced and booked so far, as the tables would hold it."""

    lines: list[Line] = field(default_factory=list)
    booked: dict[tuple[str, Month], Booked] = field(default_factory=dict)
    waiting: list[Settlement] = field(default_factory=list)

    def sums(self, kind: LineKind) -> dict[tuple[str, Month], int]:
        found: dict[tuple[str, Month], int] = {}
        for line in self.lines:
            if line.kind is kind:
                key = (line.service, line.month)
                found[key] = found.get(key, 0) + line.amount_ore
        return found

    def true_up(
        self,
        terms: tuple[ServiceTerms, ...],
        reported: Mapping[tuple[str, str, Month], int],
        through: Month,
    ) -> None:
        settlement = settle(terms, reported, self.booked, through)
        for row in settlement.months:
            before = self.booked.get((row.service, row.month), Booked(0, 0))
            self.booked[row.service, row.month] = Booked(
                before.charged_ore + row.charged_ore, before.actual_ore + row.actual_ore
            )
        self.waiting.append(settlement)

    def invoice(
        self,
        terms: tuple[ServiceTerms, ...],
        breaches: Mapping[tuple[str, Month], int],
        through: Month,
    ) -> list[Line]:
        found = [
            *instalment_lines(terms, self.sums(LineKind.SUBSCRIPTION), through),
            *true_up_lines(SERVICE_NAMES, self.waiting),
            *credit_lines(
                terms,
                RULES,
                [
                    Breaches(service, month, count, count)
                    for (service, month), count in breaches.items()
                    if month <= through
                ],
                self.sums(LineKind.CREDIT),
            ),
        ]
        self.lines += found
        self.waiting = []
        return found


steps = st.tuples(knowledge, reports, breach_counts, st.sampled_from(MONTHS), st.booleans())


@settings(max_examples=150)
@given(st.lists(steps, max_size=5), knowledge, reports, breach_counts)
def test_all_that_is_invoiced_sums_to_what_the_use_cost(
    earlier: list[
        tuple[
            tuple[ServiceTerms, ...],
            dict[tuple[str, str, Month], int],
            dict[tuple[str, Month], int],
            Month,
            bool,
        ]
    ],
    terms: tuple[ServiceTerms, ...],
    reported: dict[tuple[str, str, Month], int],
    breaches: dict[tuple[str, Month], int],
) -> None:
    books = Books()
    # A service once signed stays signed, and a breach is not taken back: later knowledge has
    # at least what earlier knowledge had.
    all_breaches = dict(breaches)
    services = {each.service for each in terms}
    for known, volumes, broken, through, trues_up in earlier:
        now = tuple(each for each in known if each.service in services)
        for key, count in broken.items():
            all_breaches[key] = max(count, all_breaches.get(key, 0))
        if trues_up:
            books.true_up(now, volumes, through)
        books.invoice(now, broken, through)

    charged = sum(line.amount_ore for line in books.lines if line.kind is not LineKind.CREDIT)
    last = MONTHS[-1]
    books.true_up(terms, reported, last)
    final = books.invoice(terms, all_breaches, last)
    account = FinalAccount(
        charged_ore=charged,
        actual_ore=actual_cost_of(terms, reported, last),
        credits_ore=sum(line.amount_ore for line in final if line.kind is LineKind.CREDIT),
    )
    assert account.difference_ore == sum(line.amount_ore for line in final)

    fees = sum(line.amount_ore for line in books.lines if line.kind is not LineKind.CREDIT)
    credits_given = sum(line.amount_ore for line in books.lines if line.kind is LineKind.CREDIT)
    assert fees == _actual_by_the_final_state(terms, reported)
    assert credits_given == -sum(
        credit_total(RULE, instalment(each, month), count)
        for each in terms
        for (service, month), count in all_breaches.items()
        if service == each.service
    )


def _actual_by_the_final_state(
    terms: tuple[ServiceTerms, ...], reported: Mapping[tuple[str, str, Month], int]
) -> int:
    total = 0
    for each in terms:
        for month in MONTHS:
            if any(_touches(stretch.first, stretch.last, month) for stretch in each.stretches):
                use = {
                    unit: number
                    for (service, unit, at), number in reported.items()
                    if service == each.service and at == month
                }
                total += actual_cost(each, month, use).actual_ore
    return total


def _touches(first: date, last: date, month: Month) -> bool:
    assert last <= LAST
    return first <= month.last_day and last >= month.first_day
