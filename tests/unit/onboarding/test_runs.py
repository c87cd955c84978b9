"""Tolerance of reconciliations and parallel runs, runs in a row, training, files."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.onboarding.implementation.domain import Approval
from services.onboarding.implementation.parallel_runs.csv_file import (
    COLUMNS,
    FileRefusedError,
    read_lines,
)
from services.onboarding.implementation.parallel_runs.domain import (
    Cause,
    Explanation,
    ParallelRun,
    PayLine,
    PayTolerance,
    ReportedLine,
    approved_in_a_row,
    repeated_kinds,
)
from services.onboarding.implementation.reconciliation.domain import Tolerance, latest_runs
from services.onboarding.implementation.rules import implementation_rules
from services.onboarding.implementation.standing import (
    ImplementationStanding,
    parallel_run_lacks,
    training_lacks,
)
from services.onboarding.implementation.training.domain import Course, TrainingRole, standings
from services.onboarding.parties import Owner, Party
from tests.unit.onboarding.cases import AT, batch

APPROVED = Approval(approved=True, note=None, by="kund", at=AT)
HEADING = ";".join(COLUMNS)


@given(
    st.integers(-(10**12), 10**12),
    st.integers(-(10**6), 10**6),
    st.integers(0, 1_000),
    st.integers(0, 20),
    st.integers(0, 20),
    st.integers(0, 3),
)
def test_a_batch_is_judged_exactly(
    source: int, off: int, per_million: int, source_count: int, target_count: int, allowed: int
) -> None:
    result = batch(
        source_sum_ore=source,
        target_sum_ore=source + off,
        source_count=source_count,
        target_count=target_count,
        tolerance=Tolerance(allowed, per_million),
    )
    records = max(source_count, target_count) - min(source_count, target_count)
    expected = abs(off) * 1_000_000 <= abs(source) * per_million and records <= allowed
    assert result.within_tolerance is expected
    assert result.holds is expected


def test_an_explanation_holds_when_the_customer_approves_it() -> None:
    explained = batch(target_count=9, explanation="En dubblett.")
    assert (batch(target_count=9).needs_approval, explained.needs_approval) == (False, True)
    assert not explained.holds
    assert batch(target_count=9, explanation="En dubblett.", approval=APPROVED).holds
    rejected = Approval(approved=False, note="Nej.", by="kund", at=AT)
    assert not batch(target_count=9, explanation="En dubblett.", approval=rejected).holds


def test_the_latest_run_of_a_batch_counts_and_only_since_a_roll_back() -> None:
    first, second = batch(run=1, target_count=9), batch(run=2)
    other = batch(batch="leave", service="e-commerce")
    assert latest_runs([second, first, other], ["payroll"], {}) == (second,)
    assert latest_runs([second, first, other], ["payroll"], {"payroll": AT}) == ()
    assert latest_runs([other], ["payroll", "e-commerce"], {"payroll": AT}) == (other,)


def line(old: int, new: int, tolerance: PayTolerance, counts: tuple[int, int] = (1, 1)) -> PayLine:
    return PayLine(ReportedLine("1010", "Månadslön", *counts, old, new), tolerance)


@given(
    st.integers(-(10**10), 10**10),
    st.integers(-(10**4), 10**4),
    st.integers(0, 10**4),
    st.integers(0, 100),
    st.integers(0, 5),
    st.integers(0, 5),
    st.integers(0, 2),
)
def test_a_kind_of_pay_may_differ_by_an_amount_or_a_share(
    old: int, off: int, sum_ore: int, per_million: int, was: int, now: int, count: int
) -> None:
    found = line(old, old + off, PayTolerance(count, sum_ore, per_million), (was, now))
    by_amount = abs(off) <= sum_ore
    by_share = abs(off) * 1_000_000 <= abs(old) * per_million
    assert found.within_tolerance is ((by_amount or by_share) and abs(was - now) <= count)
    assert found.unexplained is not found.within_tolerance


def test_the_tolerance_of_a_kind_is_that_of_its_first_fitting_prefix() -> None:
    rules = implementation_rules().parallel_runs["payroll"]
    assert rules.tolerance_of("8310") == PayTolerance(0, 5_000, 20)
    assert rules.tolerance_of("1810") == rules.tolerance


def test_what_is_wrong_in_the_new_system_is_mended() -> None:
    off = line(100, 300, PayTolerance(0, 100, 0))
    wrong = PayLine(
        off.reported, off.tolerance, Explanation(Cause.ERROR_IN_NEW, "Fel", Party.CENTRE, AT)
    )
    run = ParallelRun("1", "payroll", "2025-01", 1, (wrong,), AT)
    assert (run.unexplained, run.to_mend({Cause.ERROR_IN_NEW})) == ((), ("1010",))
    assert run.to_mend({Cause.ROUNDING}) == ()


MONTHS = [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 13)]
attempts = st.dictionaries(
    st.sampled_from(MONTHS),
    st.lists(st.sampled_from(["approved", "rejected", "waits"]), min_size=1, max_size=3),
    max_size=8,
)


@given(attempts, st.randoms(use_true_random=False), st.integers(0, 24))
def test_runs_in_a_row_are_read_off_the_calendar(
    outcome: dict[str, list[str]], order: object, back: int
) -> None:
    at = {month: AT + timedelta(days=n) for n, month in enumerate(MONTHS)}
    since = AT + timedelta(days=back - 1)
    runs = [
        ParallelRun(
            f"{month}-{n}",
            "payroll",
            month,
            n,
            (),
            at[month],
            None if what == "waits" else Approval(what == "approved", None, "kund", AT),
        )
        for month, tries in outcome.items()
        for n, what in enumerate(tries, start=1)
    ]
    order.shuffle(runs)  # type: ignore[attr-defined]  # hypothesis' random
    counted = {month: tries[-1] for month, tries in outcome.items() if at[month] > since}
    row = 0
    for month in reversed(MONTHS[: MONTHS.index(max(counted)) + 1] if counted else []):
        if counted.get(month) != "approved":
            break
        row += 1
    assert approved_in_a_row(runs, "payroll", since) == row
    assert approved_in_a_row(runs, "e-commerce") == 0


@given(st.integers(0, 500), st.decimals(1, 100, places=1), st.integers(0, 500))
def test_enough_are_trained(need: int, percent: Decimal, trained: int) -> None:
    role = TrainingRole("approvers", "A", "A", (), percent)
    course = Course("1", "payroll", "approvers", "Kurs", AT.date(), AT.date(), trained)
    (part,) = standings([role], ["payroll"], {("payroll", "approvers"): need}, [course])
    assert part.holds is (trained * 100 >= need * percent)


def test_nobody_said_how_many_is_not_enough() -> None:
    role = TrainingRole("approvers", "A", "A", ("payroll",), Decimal(90))
    (part,) = standings([role], ["payroll", "e-commerce"], {}, [])
    assert (part.service, part.required, part.holds) == ("payroll", None, False)


def test_a_file_is_read_as_payroll_systems_write_it() -> None:
    rows = ("1010;Månadslön;1800;1800;6 300 000,00;6300000,5", "", "8310;Skatt;1;1;-12;\u22120,10")
    text = "\ufeff" + "\r\n".join([HEADING, *rows, ""])
    lines = read_lines(text.encode())
    assert lines == (
        ReportedLine("1010", "Månadslön", 1_800, 1_800, 630_000_000, 630_000_050),
        ReportedLine("8310", "Skatt", 1, 1, -1_200, -10),
    )


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", {(1, "")}),
        ("löneart;fel\n", {(1, name) for name in (*COLUMNS[1:], "fel")}),
        (f"{HEADING}\n", {(1, "")}),
        (f"{HEADING}\n1010;Lön;1;x;1,234;\n", {(2, c) for c in COLUMNS[3:]}),
        (f"{HEADING}\n1010;L;1;1;1;1\n1010;L;1;1;1;1;1\n", {(3, "löneart"), (3, "")}),
        (f"{HEADING}\n ;;1;1;1;1\n", {(2, "löneart"), (2, "benämning")}),
        (f'{HEADING}\n"1010;L', {(1, "")}),
    ],
)
def test_every_fault_of_a_file_is_told_by_row_and_column(
    text: str, faults: set[tuple[int, str]]
) -> None:
    with pytest.raises(FileRefusedError) as refusal:
        read_lines(text.encode())
    assert {(fault.row, fault.column) for fault in refusal.value.faults} == faults


@given(st.binary(max_size=300))
def test_no_file_breaks_the_reading(content: bytes) -> None:
    try:
        read_lines(HEADING.encode() + b"\n" + content)
    except FileRefusedError as refusal:
        assert refusal.faults  # noqa: PT017  # either outcome is right; nothing else may come


def test_a_kind_of_pay_is_named_once() -> None:
    row = ReportedLine("1010", "Lön", 1, 1, 1, 1)
    assert repeated_kinds([row, row, row]) == ("1010",)


def test_a_live_service_is_not_asked_what_it_was_before() -> None:
    case = ImplementationStanding(("payroll",), implementation_rules())
    assert parallel_run_lacks(case)[0].owner is Owner.CENTRE
    assert len(training_lacks(case)) == 2
    live = replace(case, live=frozenset({"payroll"}))
    assert parallel_run_lacks(live) + training_lacks(live) == ()
