"""Gathers what the gates look at: the one place to add a fact to ``CaseSnapshot``.

Facts are gathered from storage alone, never from who asks: the same is done for requests,
events and timers. What was reopened when a case was sent back is left out (``Case.counts``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import Phase
from services.onboarding.agreements import repository as agreements
from services.onboarding.agreements.document import PartyRole
from services.onboarding.agreements.domain import AgreementVersion
from services.onboarding.cases.domain import Case
from services.onboarding.cases.service import today
from services.onboarding.catalogue.service import catalogue
from services.onboarding.documents.words import words
from services.onboarding.gap_analysis import repository as gap_analysis
from services.onboarding.gap_analysis.service import activity_refs
from services.onboarding.gates.snapshot import AgreementStanding, CaseSnapshot
from services.onboarding.implementation import overview as implementation
from services.onboarding.implementation.rules import implementation_rules
from services.onboarding.implementation.standing import ImplementationStanding
from services.onboarding.letter_of_intent.service import Preparation, preparation
from services.onboarding.stabilisation import service as stabilisation
from services.onboarding.staffing.domain import vacancies
from services.onboarding.staffing.service import areas_of, staffing_rules
from services.onboarding.time_plan import repository as time_plans
from services.onboarding.time_plan import service as time_plan


@dataclass(frozen=True)
class Gathered:
    """All that is known of a case, and what of it the gates look at.

    ``task_ends`` tells for each phase with planned tasks when the last of them is to be done.
    """

    case: Case
    preparation: Preparation
    agreement: AgreementVersion | None
    snapshot: CaseSnapshot
    task_ends: Mapping[Phase, date]


async def gather(uow: UnitOfWork, case: Case) -> Gathered:
    """What is known of a case at this instant."""
    known = await preparation(uow, case)
    agreement = await agreements.latest(uow.session, case.id)
    snapshot = await _snapshot(uow, case, known, agreement)
    ends = await time_plans.phase_ends(uow.session, case.id)
    return Gathered(case, known, agreement, snapshot, ends)


async def _snapshot(
    uow: UnitOfWork, case: Case, known: Preparation, agreement: AgreementVersion | None
) -> CaseSnapshot:
    session = uow.session
    counting = _counting(case, agreement)
    return CaseSnapshot(
        phase=case.phase,
        status=case.status,
        live={entry.service: entry.live_on is not None for entry in case.services},
        activities=activity_refs(case),
        implementation=await _implementation(uow, case, agreement),
        staffed=frozenset(party for party, members in known.staffing.items() if members),
        vacancies=vacancies(staffing_rules(), known.staffing, areas_of(case), today(uow)),
        has_time_plan=known.time_plan is not None,
        open_workstreams=await time_plan.open_workstreams(uow, case.id),
        has_baseline=known.baseline is not None,
        has_fee_in_force=known.fee_in_force is not None,
        fee_refused=known.fee_refused,
        fee_refused_sv=known.fee_refused_sv,
        letter_signed_by=frozenset(signed.party for signed in known.letter_signatures),
        letter_fallen=frozenset(fallen.party for fallen in known.fallen_signatures),
        comparisons=tuple(await gap_analysis.of_case(session, case.id)),
        agreement=counting,
        stability=await stabilisation.of_case(uow, case, agreement),
        names_sv=_names_sv(case.catalogue_version, case.service_keys),
    )


@cache
def _names_sv(version: str, services: tuple[str, ...]) -> Mapping[str, str]:
    offered = catalogue(version)
    names = dict(words().service_areas)
    for key in services:
        service = offered.service(key)
        names[key] = service.name_sv
        for activity in service.activities:
            names[f"{key}/{activity.key}"] = f"{activity.name_sv} ({service.name_sv})"
    return names


async def _implementation(
    uow: UnitOfWork, case: Case, agreement: AgreementVersion | None
) -> ImplementationStanding:
    """How far phase 4 has come; nowhere, without asking, before there is an agreement."""
    if agreement is None:
        return ImplementationStanding(case.service_keys, implementation_rules())
    return replace(
        await implementation.standing(uow, case),
        names_sv=_names_sv(case.catalogue_version, case.service_keys),
    )


def _counting(case: Case, agreement: AgreementVersion | None) -> AgreementStanding | None:
    """The latest version; none when it was drafted before the agreement was reopened."""
    if agreement is None or not case.counts("agreement", agreement.drafted_at):
        return None
    content = agreement.content
    return AgreementStanding(
        agreement.signed_by,
        content.valid_from,
        content.stabilisation_periods,
        further_undecided=tuple(
            party.name for party in agreement.undecided if party.role is PartyRole.FURTHER
        ),
    )
