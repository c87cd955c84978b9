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
from services.onboarding.stabilisation.domain import (
    what_holds,
    what_holds_sv,
    what_matter_holds,
    what_matter_holds_sv,
)

WORKSTREAMS_SV = {
    "systems": "system",
    "data": "data",
    "people": "personal",
    "communication": "kommunikation",
    "security": "säkerhet",
}
"""The workstreams of phase 4 in Swedish."""


@dataclass(frozen=True)
class Shortfall:
    """One thing that keeps an item from holding.

    ``owner`` and ``due_on`` are set where the rule knows better than the gate's file who has
    to act and by when; ``subject_sv`` where the subject reads otherwise in Swedish.
    """

    subject: str = ""
    owner: Owner | None = None
    due_on: date | None = None
    subject_sv: str = ""


Check = Callable[[CaseSnapshot], tuple[Shortfall, ...]]
"""Judges an item: everything it lacks, nothing when it holds."""


def _unless(holds: bool) -> tuple[Shortfall, ...]:
    return () if holds else (Shortfall(),)


def _each(subjects: Iterable[str]) -> tuple[Shortfall, ...]:
    return tuple(Shortfall(subject) for subject in subjects)


def _each_activity(case: CaseSnapshot, refs: Iterable[ActivityRef]) -> tuple[Shortfall, ...]:
    return tuple(Shortfall(str(ref), subject_sv=case.name_sv(str(ref))) for ref in refs)


def _staffed(case: CaseSnapshot, party: Party) -> tuple[Shortfall, ...]:
    if party not in case.staffed:
        return (
            Shortfall("anyone who works on the case", subject_sv="någon som arbetar i ärendet"),
        )
    return tuple(
        Shortfall(
            f"a {vacancy.role.name}"
            + (f" for {vacancy.service_area}" if vacancy.service_area else ""),
            subject_sv=vacancy.role.name_sv
            + (f" för {case.name_sv(vacancy.service_area)}" if vacancy.service_area else ""),
        )
        for vacancy in case.vacancies
        if vacancy.party is party
    )


def _fee_indicated(case: CaseSnapshot) -> tuple[Shortfall, ...]:
    if case.has_fee_in_force:
        return ()
    refused = f" Billing could not compute one: {case.fee_refused}" if case.fee_refused else ""
    why_sv = case.fee_refused_sv or case.fee_refused
    refused_sv = f" Det gick inte att beräkna någon: {why_sv}" if why_sv else ""
    return (Shortfall(refused, subject_sv=refused_sv),)


def _letter_signed_by(case: CaseSnapshot, party: Party) -> tuple[Shortfall, ...]:
    if party in case.letter_signed_by:
        return ()
    fell = party in case.letter_fallen
    return (
        Shortfall(
            " as it reads now; the earlier signature fell" if fell else "",
            subject_sv=" som den lyder nu; den tidigare underskriften har fallit" if fell else "",
        ),
    )


def _agreement_signed_by(case: CaseSnapshot, party: Party) -> tuple[Shortfall, ...]:
    return _unless(case.agreement is not None and party in case.agreement.signed_by)


def _lacks(lacks: Iterable[Lack]) -> tuple[Shortfall, ...]:
    return tuple(
        Shortfall(lack.subject, lack.owner, lack.due_on, lack.subject_sv) for lack in lacks
    )


def _workstreams_done(case: CaseSnapshot) -> tuple[Shortfall, ...]:
    return tuple(
        Shortfall(
            f"{planned.task.name} ({planned.task.workstream})",
            planned.task.owner,
            planned.latest_finish,
            f"{planned.task.name_sv} ({WORKSTREAMS_SV.get(planned.task.workstream or '', '')})",
        )
        for planned in case.open_workstreams
    )


def _levels_met(case: CaseSnapshot) -> tuple[Shortfall, ...]:
    return tuple(
        Shortfall(reason, subject_sv=what_holds_sv(service, case.name_sv(service.service)) or "")
        for service in case.stability.services
        if (reason := what_holds(service)) is not None
    )


def _no_critical_matter(case: CaseSnapshot) -> tuple[Shortfall, ...]:
    return tuple(
        Shortfall(
            what_matter_holds(matter),
            matter.turn,
            subject_sv=what_matter_holds_sv(matter, case.name_sv(matter.service)),
        )
        for matter in case.stability.matters
    )


def _services_live(case: CaseSnapshot) -> tuple[Shortfall, ...]:
    return tuple(
        Shortfall(key, subject_sv=case.name_sv(key)) for key, live in case.live.items() if not live
    )


CHECKS: Mapping[str, Check] = {
    "customer_staffed": lambda case: _staffed(case, Party.CUSTOMER),
    "centre_staffed": lambda case: _staffed(case, Party.CENTRE),
    "time_plan_set": lambda case: _unless(case.has_time_plan),
    "baseline_recorded": lambda case: _unless(case.has_baseline),
    "fee_indicated": _fee_indicated,
    "letter_signed_by_customer": lambda case: _letter_signed_by(case, Party.CUSTOMER),
    "letter_signed_by_centre": lambda case: _letter_signed_by(case, Party.CENTRE),
    "activities_compared": lambda case: _each_activity(
        case, not_compared(case.activities, case.comparisons)
    ),
    "gaps_decided": lambda case: _each_activity(case, undecided(case.comparisons)),
    "deviations_priced": lambda case: _each_activity(case, not_priced(case.comparisons)),
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
    "services_live": _services_live,
    "levels_met": _levels_met,
    "no_critical_matter": _no_critical_matter,
}
"""Every rule a gate's file may name."""
