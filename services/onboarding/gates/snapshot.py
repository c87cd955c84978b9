"""What the gates look at: a case, frozen at one instant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from services.contracts.values import Phase
from services.onboarding.cases.domain import CaseStatus
from services.onboarding.gap_analysis.domain import ActivityRef, Comparison
from services.onboarding.implementation.standing import ImplementationStanding
from services.onboarding.parties import Party
from services.onboarding.stabilisation.domain import Stability
from services.onboarding.staffing.domain import Vacancy
from services.onboarding.time_plan.domain import PlannedTask


@dataclass(frozen=True)
class AgreementStanding:
    """How far the latest version of a case's agreement has come."""

    signed_by: frozenset[Party]
    valid_from: date
    stabilisation_periods: int
    further_undecided: tuple[str, ...] = ()


@dataclass(frozen=True)
class CaseSnapshot:
    """Everything the gates look at. ``live`` tells of each service of the case.

    ``fee_refused`` is why billing could not answer the latest question for a fee; None when
    it could, or was not asked; ``fee_refused_sv`` the same in Swedish. ``letter_fallen`` are
    those whose signature under the letter of intent stands no longer.

    ``names_sv`` are the Swedish names of the case's services, activities
    (``service/activity``) and service areas.

    Add a fact here with a default, gather it in ``gathering.py``, judge it in ``checks.py``
    and ask for it in ``data/gates.yaml``.
    """

    phase: Phase
    live: Mapping[str, bool]
    activities: tuple[ActivityRef, ...]
    implementation: ImplementationStanding
    status: CaseStatus = CaseStatus.ACTIVE
    staffed: frozenset[Party] = frozenset()
    vacancies: tuple[Vacancy, ...] = ()
    has_time_plan: bool = False
    open_workstreams: tuple[PlannedTask, ...] = ()
    has_baseline: bool = False
    has_fee_in_force: bool = False
    fee_refused: str | None = None
    fee_refused_sv: str | None = None
    letter_signed_by: frozenset[Party] = frozenset()
    letter_fallen: frozenset[Party] = frozenset()
    comparisons: tuple[Comparison, ...] = ()
    agreement: AgreementStanding | None = None
    stability: Stability = field(default_factory=Stability)
    names_sv: Mapping[str, str] = field(default_factory=dict)

    def name_sv(self, key: str) -> str:
        """What a service, activity or area is called in Swedish; its key where nobody says."""
        return self.names_sv.get(key, key)

    def for_service(self, service: str) -> CaseSnapshot:
        """What of the case matters for one of its services to go live by itself."""
        return replace(
            self,
            live={service: self.live[service]},
            activities=tuple(ref for ref in self.activities if ref.service == service),
            comparisons=tuple(item for item in self.comparisons if item.ref.service == service),
            implementation=self.implementation.of(service),
            open_workstreams=tuple(
                planned
                for planned in self.open_workstreams
                if planned.task.service in {None, service}
            ),
        )
