"""The rules that judge a gate's items: pure functions over a snapshot, known by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from services.onboarding.gap_analysis.domain import (
    ActivityRef,
    not_compared,
    not_priced,
    undecided,
)
from services.onboarding.gates.snapshot import CaseSnapshot
from services.onboarding.implementation.domain import Verdict, decided_day, not_ready
from services.onboarding.parties import Owner, Party
from services.onboarding.stabilisation.domain import met_in_a_row

PARTY_NAMES = {Party.CUSTOMER: "the customer agency", Party.CENTRE: "the service centre"}


@dataclass(frozen=True)
class Shortfall:
    """One thing that keeps an item from holding.

    ``owner`` is set where the rule knows better than the gate's file who has to act.
    """

    subject: str = ""
    owner: Owner | None = None


Check = Callable[[CaseSnapshot], tuple[Shortfall, ...]]
"""Judges an item: everything it lacks, nothing when it holds."""


def _unless(holds: bool) -> tuple[Shortfall, ...]:
    return () if holds else (Shortfall(),)


def _each(refs: Iterable[ActivityRef | str]) -> tuple[Shortfall, ...]:
    return tuple(Shortfall(str(ref)) for ref in refs)


def _agreement_signed_by(case: CaseSnapshot, party: Party) -> tuple[Shortfall, ...]:
    return _unless(case.agreement is not None and party in case.agreement.signed_by)


def _readiness_complete(case: CaseSnapshot) -> tuple[Shortfall, ...]:
    return tuple(
        Shortfall(f"{item.text} ({item.area.value}; {PARTY_NAMES[party]})", Owner(party.value))
        for item, party in not_ready(case.readiness_items, case.readiness)
    )


def _data_reconciled(case: CaseSnapshot) -> tuple[Shortfall, ...]:
    rules = case.reconciliation_rules
    lacking = rules.minimum_batches - len(case.reconciliations)
    few = (
        (Shortfall(f"{lacking} more migrated batch has to be reconciled at the least"),)
        if lacking > 0
        else ()
    )
    return few + tuple(
        Shortfall(
            f"The batch {batch.batch} differs by {batch.count_difference} records and"
            f" {batch.sum_difference_ore} öre without an explanation"
        )
        for batch in case.reconciliations
        if not batch.holds(rules)
    )


def _go_decided(case: CaseSnapshot) -> tuple[Shortfall, ...]:
    lacking: list[Shortfall] = []
    for party in Party:
        decision = case.go_decisions.get(party)
        name = PARTY_NAMES[party].capitalize()
        if decision is None:
            lacking.append(Shortfall(f"{name} has not decided on go-live", Owner(party.value)))
        elif decision.verdict is Verdict.NO_GO:
            lacking.append(Shortfall(f"{name} has decided no-go", Owner(party.value)))
    if not lacking and decided_day(case.go_decisions) is None:
        lacking.append(Shortfall("The parties have decided on different days", Owner.SHARED))
    return tuple(lacking)


def _levels_met(case: CaseSnapshot) -> tuple[Shortfall, ...]:
    required = case.agreement.stabilisation_periods if case.agreement else 1
    counts = {service: met_in_a_row(case.periods, service) for service in case.live}
    return tuple(
        Shortfall(
            f"The service {service} has met its levels in {count} whole months in a row of"
            f" the {required} agreed"
        )
        for service, count in counts.items()
        if count < required
    )


CHECKS: Mapping[str, Check] = {
    "customer_staffed": lambda case: _unless(Party.CUSTOMER in case.staffed),
    "centre_staffed": lambda case: _unless(Party.CENTRE in case.staffed),
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
    "readiness_complete": _readiness_complete,
    "data_reconciled": _data_reconciled,
    "go_decided": _go_decided,
    "services_live": lambda case: _each(key for key, live in case.live.items() if not live),
    "levels_met": _levels_met,
    "no_critical_matter": lambda case: _each(case.open_critical_matters),
}
"""Every rule a gate's file may name."""
