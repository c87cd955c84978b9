"""The rules that judge a gate's items: pure functions over a snapshot, known by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from services.onboarding.gap_analysis.domain import (
    ActivityRef,
    not_compared,
    not_priced,
    undecided,
)
from services.onboarding.gates.snapshot import CaseSnapshot
from services.onboarding.implementation.standing import (
    Lack,
    go_lacks,
    parallel_run_lacks,
    readiness_lacks,
    reconciliation_lacks,
    training_lacks,
)
from services.onboarding.parties import Owner, Party
from services.onboarding.stabilisation.domain import what_holds, what_matter_holds


@dataclass(frozen=True)
class Shortfall:
    """One thing that keeps an item from holding.

    ``owner`` and ``due_on`` are set where the rule knows better than the gate's file who has
    to act and by when.
    """

    subject: str = ""
    owner: Owner | None = None
    due_on: date | None = None


Check = Callable[[CaseSnapshot], tuple[Shortfall, ...]]
"""Judges an item: everything it lacks, nothing when it holds."""


def _unless(holds: bool) -> tuple[Shortfall, ...]:
    return () if holds else (Shortfall(),)


def _each(refs: Iterable[ActivityRef | str]) -> tuple[Shortfall, ...]:
    return tuple(Shortfall(str(ref)) for ref in refs)


def _staffed(case: CaseSnapshot, party: Party) -> tuple[Shortfall, ...]:
    if party not in case.staffed:
        return (Shortfall("anyone who works on the case"),)
    return tuple(
        Shortfall(
            f"a {vacancy.role.name}"
            + (f" for {vacancy.service_area}" if vacancy.service_area else "")
        )
        for vacancy in case.vacancies
        if vacancy.party is party
    )


def _agreement_signed_by(case: CaseSnapshot, party: Party) -> tuple[Shortfall, ...]:
    return _unless(case.agreement is not None and party in case.agreement.signed_by)


def _lacks(lacks: Iterable[Lack]) -> tuple[Shortfall, ...]:
    return tuple(Shortfall(lack.subject, lack.owner, lack.due_on) for lack in lacks)


def _workstreams_done(case: CaseSnapshot) -> tuple[Shortfall, ...]:
    return tuple(
        Shortfall(
            f"{planned.task.name} ({planned.task.workstream})",
            planned.task.owner,
            planned.latest_finish,
        )
        for planned in case.open_workstreams
    )


def _levels_met(case: CaseSnapshot) -> tuple[Shortfall, ...]:
    reasons = map(what_holds, case.stability.services)
    return tuple(Shortfall(reason) for reason in reasons if reason is not None)


CHECKS: Mapping[str, Check] = {
    "customer_staffed": lambda case: _staffed(case, Party.CUSTOMER),
    "centre_staffed": lambda case: _staffed(case, Party.CENTRE),
    "time_plan_set": lambda case: _unless(case.has_time_plan),
    "baseline_recorded": lambda case: _unless(case.has_baseline),
    "fee_indicated": lambda case: _unless(case.has_fee_in_force),
    "letter_signed_by_customer": lambda case: _unless(Party.CUSTOMER in case.letter_signed_by),
    "letter_signed_by_centre": lambda case: _unless(Party.CENTRE in case.letter_signed_by),
    "activities_compared": lambda case: _each(not_compared(case.activities, case.comparisons)),
    "gaps_decided": lambda case: _each(undecided(case.comparisons)),
    "deviations_priced": lambda case: _each(not_priced(case.comparisons)),
    "agreement_drafted": lambda case: _unless(case.agreement is not None),
    "agreement_signed_by_customer": lambda case: _agreement_signed_by(case, Party.CUSTOMER),
    "agreement_signed_by_centre": lambda case: _agreement_signed_by(case, Party.CENTRE),
    "agreement_signed_by_further_parties": lambda case: _each(
        case.agreement.further_undecided if case.agreement else ()
    ),
    "workstreams_done": _workstreams_done,
    "readiness_complete": lambda case: _lacks(readiness_lacks(case.implementation)),
    "data_reconciled": lambda case: _lacks(reconciliation_lacks(case.implementation)),
    "parallel_runs_approved": lambda case: _lacks(parallel_run_lacks(case.implementation)),
    "training_complete": lambda case: _lacks(training_lacks(case.implementation)),
    "go_decided": lambda case: _lacks(go_lacks(case.implementation)),
    "services_live": lambda case: _each(key for key, live in case.live.items() if not live),
    "levels_met": _levels_met,
    "no_critical_matter": lambda case: _each(map(what_matter_holds, case.stability.matters)),
}
"""Every rule a gate's file may name."""
