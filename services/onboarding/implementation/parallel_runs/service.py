"""Use cases: report a parallel run, explain its differences, let the customer decide."""

from __future__ import annotations

from collections.abc import Sequence

from services.chassis.ids import new_id
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import Phase
from services.onboarding.cases.service import Change, acting, get, note, take, today
from services.onboarding.implementation.domain import Approval
from services.onboarding.implementation.parallel_runs import repository
from services.onboarding.implementation.parallel_runs.csv_file import FileRefusedError, read_lines
from services.onboarding.implementation.parallel_runs.domain import (
    Cause,
    Explanation,
    ParallelRun,
    ParallelRunRules,
    PayLine,
    ReportedLine,
    repeated_kinds,
)
from services.onboarding.implementation.problems import (
    DIFFERENCES_UNEXPLAINED,
    KIND_OF_PAY_REPEATED,
    KIND_OF_PAY_UNKNOWN,
    NO_DIFFERENCE_TO_EXPLAIN,
    PARALLEL_RUN_NOT_NEEDED,
    PERIOD_IN_FUTURE,
    REJECTION_NEEDS_NOTE,
    ROWS_REFUSED,
    RUN_DECIDED,
    RUN_HAS_ERRORS,
    SUPERSEDED_BY_LATER_RUN,
)
from services.onboarding.implementation.rules import implementation_rules
from services.onboarding.implementation.service import require_in_case


async def report(
    uow: UnitOfWork, case_id: str, service: str, period: str, reported: Sequence[ReportedLine]
) -> ParallelRun:
    """Report how a month came out in both systems, kind of pay by kind of pay.

    A month that was reported before is a further attempt; the earlier ones remain.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``service_not_in_case``,
            ``parallel_run_not_needed``, ``period_in_future``, ``kind_of_pay_repeated``,
            ``changed_meanwhile``.
    """
    change = await take(uow, case_id, Phase.IMPLEMENTATION)
    require_in_case(change.case, service)
    rules = _rules(service)
    if period > f"{today(uow):%Y-%m}":
        raise Problem(PERIOD_IN_FUTURE, f"{period} has not begun, so it cannot have been run.")
    if repeated := repeated_kinds(reported):
        raise Problem(
            KIND_OF_PAY_REPEATED,
            f"{', '.join(repeated)} appears more than once; add its rows together.",
            kinds=list(repeated),
        )
    run = ParallelRun(
        id=new_id(),
        service=service,
        period=period,
        attempt=await repository.attempts_at(uow.session, case_id, service, period) + 1,
        lines=tuple(PayLine(line, rules.tolerance_of(line.kind)) for line in reported),
        reported_at=uow.now,
    )
    await repository.add(uow.session, case_id, run)
    beyond = len(run.unexplained)
    did = (
        f"reported the parallel run of {service} for {period}, attempt {run.attempt}:"
        f" {len(run.lines)} kinds of pay, {beyond} beyond tolerance."
    )
    await note(uow, change, "parallel-run-reported", did)
    return run


async def report_file(
    uow: UnitOfWork, case_id: str, service: str, period: str, content: bytes
) -> ParallelRun:
    """Report a run from a file; with a faulty row nothing is taken in.

    Raises:
        Problem: ``rows_refused`` with every fault by row and column, and those of ``report``.
    """
    await get(uow, case_id)
    try:
        lines = read_lines(content)
    except FileRefusedError as error:
        raise Problem(
            ROWS_REFUSED,
            f"{len(error.faults)} faults were found and nothing was imported; mend the rows"
            " and send the file again.",
            faults=[
                {"row": fault.row, "column": fault.column, "problem": fault.problem}
                for fault in error.faults
            ],
        ) from error
    return await report(uow, case_id, service, period, lines)


async def runs(uow: UnitOfWork, case_id: str) -> Sequence[ParallelRun]:
    """Every run of a case.

    Raises:
        Problem: ``not_found``.
    """
    case = await get(uow, case_id)
    return await repository.of_case(uow.session, case.id)


async def read(uow: UnitOfWork, case_id: str, run_id: str) -> ParallelRun:
    """One run of a case.

    Raises:
        Problem: ``not_found``.
    """
    for run in await runs(uow, case_id):
        if run.id == run_id:
            return run
    raise not_found("parallel run")


async def explain(
    uow: UnitOfWork, case_id: str, run_id: str, kind: str, cause: Cause, text: str
) -> ParallelRun:
    """Class and explain why a kind of pay differs.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``run_decided``, ``kind_of_pay_unknown``,
            ``no_difference_to_explain``, ``changed_meanwhile``.
    """
    change, run = await _undecided(uow, case_id, run_id)
    line = next((entry for entry in run.lines if entry.kind == kind), None)
    if line is None:
        raise Problem(KIND_OF_PAY_UNKNOWN, f"The run of {run.period} has no kind of pay {kind}.")
    if line.within_tolerance:
        raise Problem(NO_DIFFERENCE_TO_EXPLAIN, f"{kind} differs by no more than it may.")
    explanation = Explanation(cause, text, change.party, uow.now)
    await repository.explain(uow.session, run_id, kind, explanation)
    did = f"explained the difference in {kind} for {run.period} as {cause.value}."
    await note(uow, change, "difference-explained", did)
    return await read(uow, case_id, run_id)


async def decide(
    uow: UnitOfWork, case_id: str, run_id: str, *, approved: bool, remark: str | None
) -> ParallelRun:
    """Approve or reject a run for the customer's side.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``run_decided``, ``superseded_by_later_run``,
            ``rejection_needs_note``, ``differences_unexplained``, ``run_has_errors``,
            ``changed_meanwhile``.
    """
    change, run = await _undecided(uow, case_id, run_id)
    if await repository.attempts_at(uow.session, case_id, run.service, run.period) > run.attempt:
        raise Problem(
            SUPERSEDED_BY_LATER_RUN, f"{run.period} was run again; decide on the latest attempt."
        )
    if not approved and remark is None:
        raise Problem(REJECTION_NEEDS_NOTE, "Say what has to be better before it is run again.")
    if approved:
        _require_approvable(run, _rules(run.service))
    await repository.decide(
        uow.session, run_id, Approval(approved, remark, acting(uow).client_id, uow.now)
    )
    word = "approved" if approved else "rejected"
    did = f"{word} the parallel run of {run.service} for {run.period}."
    await note(uow, change, "parallel-run-decided", did)
    return await read(uow, case_id, run_id)


async def _undecided(uow: UnitOfWork, case_id: str, run_id: str) -> tuple[Change, ParallelRun]:
    change = await take(uow, case_id, Phase.IMPLEMENTATION)
    run = await read(uow, case_id, run_id)
    if run.approval is not None:
        word = "approved" if run.approval.approved else "rejected"
        raise Problem(RUN_DECIDED, f"The run of {run.period} is {word}; report a further attempt.")
    return change, run


def _require_approvable(run: ParallelRun, rules: ParallelRunRules) -> None:
    if unexplained := run.unexplained:
        raise Problem(
            DIFFERENCES_UNEXPLAINED,
            f"{len(unexplained)} kinds of pay differ beyond tolerance and nobody has said why.",
            kinds=list(unexplained),
        )
    if wrong := run.to_mend(rules.causes_to_mend):
        raise Problem(
            RUN_HAS_ERRORS,
            f"{len(wrong)} kinds of pay are wrong in the new system; mend it and run"
            f" {run.period} again.",
            kinds=list(wrong),
        )


def _rules(service: str) -> ParallelRunRules:
    rules = implementation_rules().parallel_runs.get(service)
    if rules is None:
        raise Problem(
            PARALLEL_RUN_NOT_NEEDED, f"{service} goes live without parallel runs; none is kept."
        )
    return rules
