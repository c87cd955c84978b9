"""How far a case's implementation has come, and what keeps its services from going live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from services.onboarding.implementation.domain import (
    GoDecision,
    ReadinessArea,
    ReadinessStatement,
    RolledBack,
    Unready,
    Verdict,
    decided_day,
    decisions_for,
    not_ready,
)
from services.onboarding.implementation.parallel_runs.domain import ParallelRun, approved_in_a_row
from services.onboarding.implementation.reconciliation.domain import (
    Reconciliation,
    batches_lacking,
    latest_runs,
)
from services.onboarding.implementation.rules import ImplementationRules
from services.onboarding.implementation.training.domain import (
    Course,
    RoleStanding,
    TrainingNeeds,
    standings,
)
from services.onboarding.parties import Owner, Party

PARTY_NAMES = {Party.CUSTOMER: "the customer agency", Party.CENTRE: "the service centre"}
_PARTY_NAMES_SV = {Party.CUSTOMER: "kundmyndigheten", Party.CENTRE: "servicecentret"}
_AREAS_SV = {
    ReadinessArea.PROGRAMME: "projekt",
    ReadinessArea.SYSTEM: "system",
    ReadinessArea.WORKFORCE: "personal",
    ReadinessArea.OPERATIONS: "drift",
}


@dataclass(frozen=True)
class Lack:
    """One thing that keeps services from going live, and who has to act.

    ``due_on`` is set where a go-live is decided and the thing has a day of its own.
    ``subject_sv`` says the same as ``subject``.
    """

    subject: str
    owner: Owner
    due_on: date | None = None
    subject_sv: str = ""


@dataclass(frozen=True)
class ImplementationStanding:
    """What phase 4 knows of a case. ``decisions`` are in the order they were made.

    For the services in ``live`` nobody asks any more whether they were tried and taught
    before; taken back, they are not live.
    """

    services: tuple[str, ...]
    rules: ImplementationRules
    readiness: tuple[ReadinessStatement, ...] = ()
    reconciliations: tuple[Reconciliation, ...] = ()
    parallel_runs: tuple[ParallelRun, ...] = ()
    training_needs: TrainingNeeds = field(default_factory=dict)
    courses: tuple[Course, ...] = ()
    decisions: tuple[GoDecision, ...] = ()
    rolled_back: RolledBack = field(default_factory=dict)
    live: frozenset[str] = frozenset()
    names_sv: Mapping[str, str] = field(default_factory=dict)

    def name_sv(self, service: str) -> str:
        """What a service is called in Swedish; its key where nobody says."""
        return self.names_sv.get(service, service)

    def of(self, service: str) -> ImplementationStanding:
        """What has to hold for one service of the case to go live by itself."""
        return replace(self, services=(service,))

    @property
    def unready(self) -> tuple[Unready, ...]:
        """The readiness confirmations that are missing."""
        return not_ready(self.rules.readiness, self.readiness, self.services, self.rolled_back)

    @property
    def training(self) -> tuple[RoleStanding, ...]:
        """How far the training of each role has come."""
        return standings(self.rules.training, self.services, self.training_needs, self.courses)

    def decisions_for(self, service: str) -> Mapping[Party, GoDecision]:
        """Each party's standing decision for a service."""
        return decisions_for(self.decisions, service, self.rolled_back)

    def decided_day(self, service: str) -> date | None:
        """The day both parties have said go for, for a service."""
        return decided_day(self.decisions_for(service))

    @property
    def common_day(self) -> date | None:
        """The one day decided for all services; None while some lack one or they differ."""
        days = {self.decided_day(service) for service in self.services}
        return days.pop() if len(days) == 1 else None

    def approved_runs(self, service: str) -> int:
        """Approved parallel runs in a row."""
        return approved_in_a_row(self.parallel_runs, service, self.rolled_back.get(service))

    def latest_reconciliations(self) -> tuple[Reconciliation, ...]:
        """The run of each batch that counts."""
        return latest_runs(self.reconciliations, self.services, self.rolled_back)


def readiness_lacks(case: ImplementationStanding) -> tuple[Lack, ...]:
    """The confirmations of readiness that are missing."""
    several = len(case.services) > 1
    return tuple(
        Lack(
            f"{lack.item.text} ({lack.item.area.value}; {PARTY_NAMES[lack.party]}"
            f"{f'; {lack.service}' if several and lack.service else ''})",
            Owner(lack.party.value),
            _due(case, lack),
            f"{lack.item.text_sv} ({_AREAS_SV[lack.item.area]}; {_PARTY_NAMES_SV[lack.party]}"
            f"{f'; {case.name_sv(lack.service)}' if several and lack.service else ''})",
        )
        for lack in case.unready
    )


def reconciliation_lacks(case: ImplementationStanding) -> tuple[Lack, ...]:
    """Batches that are missing, differ without an explanation, or wait for approval."""
    latest = case.latest_reconciliations()
    lacking: list[Lack] = []
    for service in case.services:
        number = batches_lacking(latest, service, case.rules.reconciliation_rules(service))
        if number:
            noun = "batch has" if number == 1 else "batches have"
            lacking.append(
                Lack(
                    f"{number} more migrated {noun} to be reconciled for {service} at the least",
                    Owner.CENTRE,
                    subject_sv=f"Minst {number} {'omgång' if number == 1 else 'omgångar'}"
                    f" migrerade data till ska stämmas av för {case.name_sv(service)}",
                )
            )
    for run in latest:
        if run.holds:
            continue
        differs = (
            f"The batch {run.batch} differs by {run.count_difference} records and"
            f" {run.sum_difference_ore} öre"
        )
        differs_sv = (
            f"Omgången {run.batch} skiljer sig med {run.count_difference} poster och"
            f" {run.sum_difference_ore} öre"
        )
        if run.needs_approval:
            why = "; its explanation is not approved by the customer agency"
            why_sv = "kundmyndigheten har inte godkänt förklaringen"
            owner = Owner.CUSTOMER
        elif run.approval is not None:
            why = "; the customer agency did not approve its explanation"
            why_sv = "kundmyndigheten har underkänt förklaringen"
            owner = Owner.CENTRE
        else:
            why, why_sv = " without an explanation", "ingen har förklarat skillnaden"
            owner = Owner.CENTRE
        lacking.append(Lack(f"{differs}{why}", owner, subject_sv=f"{differs_sv}; {why_sv}"))
    return tuple(lacking)


def parallel_run_lacks(case: ImplementationStanding) -> tuple[Lack, ...]:
    """Services whose parallel runs are not approved in the agreed number of months in a row."""
    lacking: list[Lack] = []
    for service in case.services:
        rules = case.rules.parallel_runs.get(service)
        if rules is None or service in case.live:
            continue
        approved = case.approved_runs(service)
        if approved < rules.required_in_a_row:
            lacking.append(
                Lack(
                    f"{approved} parallel runs of {service} in a row are approved of the"
                    f" {rules.required_in_a_row} agreed",
                    _next_to_act(case, service),
                    subject_sv=f"{approved} parallellkörningar i rad av {case.name_sv(service)} är"
                    f" godkända av {rules.required_in_a_row} avtalade",
                )
            )
    return tuple(lacking)


def training_lacks(case: ImplementationStanding) -> tuple[Lack, ...]:
    """Roles of which too few are trained, or nobody said how many are to be."""
    return tuple(
        Lack(
            f"{part.role.name} for {part.service}: {part.trained} trained of the"
            f" {part.required} required"
            if part.to_be_trained is not None
            else f"{part.role.name} for {part.service}: nobody has said how many are to be trained",
            Owner.SHARED if part.to_be_trained is not None else Owner.CUSTOMER,
            subject_sv=f"{part.role.name_sv} för {case.name_sv(part.service)}: {part.trained}"
            f" utbildade av {part.required} som krävs"
            if part.to_be_trained is not None
            else f"{part.role.name_sv} för {case.name_sv(part.service)}: ingen har sagt hur många"
            " som ska utbildas",
        )
        for part in case.training
        if not part.holds and part.service not in case.live
    )


def go_lacks(case: ImplementationStanding) -> tuple[Lack, ...]:
    """Decisions that are missing, against, or not for the same day.

    What is the same for every service is said once, without naming them.
    """
    by_service = {service: tuple(_go_lacks_of(case, service)) for service in case.services}
    shared = set.intersection(*map(set, by_service.values())) if by_service else set()
    common = [lack for lack in next(iter(by_service.values()), ()) if lack in shared]
    own = [
        replace(
            lack,
            subject=f"{lack.subject} ({service})",
            subject_sv=f"{lack.subject_sv} ({case.name_sv(service)})",
        )
        for service, lacks in by_service.items()
        for lack in lacks
        if lack not in shared
    ]
    return tuple(common + own)


def _go_lacks_of(case: ImplementationStanding, service: str) -> Iterable[Lack]:
    decisions = case.decisions_for(service)
    open_parties = [party for party in Party if not _says_go(decisions.get(party))]
    for party in open_parties:
        name, name_sv = PARTY_NAMES[party].capitalize(), _PARTY_NAMES_SV[party].capitalize()
        decision = decisions.get(party)
        if decision is None:
            yield Lack(
                f"{name} has not decided on go-live",
                Owner(party.value),
                subject_sv=f"{name_sv} har inte beslutat om driftstart",
            )
        else:
            until = f" until {decision.new_earliest_on}" if decision.new_earliest_on else ""
            until_sv = f" till {decision.new_earliest_on}" if decision.new_earliest_on else ""
            yield Lack(
                f"{name} has decided no-go{until}",
                Owner(party.value),
                subject_sv=f"{name_sv} har beslutat att vänta med driftstarten{until_sv}",
            )
    if not open_parties and decided_day(decisions) is None:
        yield Lack(
            "The parties have decided on different days",
            Owner.SHARED,
            subject_sv="Parterna har beslutat om olika dagar",
        )


def _says_go(decision: GoDecision | None) -> bool:
    return decision is not None and decision.verdict is Verdict.GO


def _due(case: ImplementationStanding, lack: Unready) -> date | None:
    subjects = case.services if lack.service is None else (lack.service,)
    days = [day for day in map(case.decided_day, subjects) if day is not None]
    return lack.item.due_on(min(days)) if days else None


def _next_to_act(case: ImplementationStanding, service: str) -> Owner:
    """The customer, while the latest run waits for its approval; else the centre runs anew."""
    runs = [run for run in case.parallel_runs if run.service == service]
    latest = max(runs, key=lambda run: (run.ordinal, run.attempt), default=None)
    if latest is None or latest.approval is not None:
        return Owner.CENTRE
    return Owner.SHARED if latest.unexplained else Owner.CUSTOMER
