"""Use cases of phase 4: confirm readiness; what its other use cases share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import Phase
from services.onboarding.agencies import repository as agencies
from services.onboarding.agreements import repository as agreements
from services.onboarding.cases.domain import Case
from services.onboarding.cases.service import Change, acting, note, take
from services.onboarding.cases.timeline import Reference
from services.onboarding.catalogue.service import catalogue
from services.onboarding.documents import service as documents
from services.onboarding.implementation import repository
from services.onboarding.implementation.consequences import (
    EndingContract,
    JoiningDeadline,
    Surroundings,
)
from services.onboarding.implementation.domain import (
    ReadinessItem,
    ReadinessStatement,
)
from services.onboarding.implementation.problems import (
    NOT_YOUR_ITEM,
    READINESS_ITEM_UNKNOWN,
)
from services.onboarding.implementation.rules import implementation_rules
from services.onboarding.letter_of_intent.service import preparation
from services.onboarding.problems import SERVICE_NOT_IN_CASE
from services.onboarding.time_plan import service as time_plan


@dataclass(frozen=True)
class SaidReady:
    """What the actor's side says of a readiness item.

    ``service`` is None for the whole case, or for every service that the item asks for.
    """

    item: str
    service: str | None
    ready: bool
    evidence: str
    document_id: str | None


async def put_readiness(
    uow: UnitOfWork, case_id: str, said: SaidReady
) -> tuple[Case, ReadinessItem, tuple[ReadinessStatement, ...]]:
    """Say for the actor's own side whether an item is ready, and what shows it.

    Returns:
        The case, the item, and what both parties say of the case's items.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``readiness_item_unknown``,
            ``not_your_item``, ``service_not_in_case``, ``document_unknown``,
            ``changed_meanwhile``.
    """
    change = await take(uow, case_id, Phase.IMPLEMENTATION)
    case = change.case
    item = _item(said.item, case)
    if change.party not in item.owner.parties:
        raise Problem(
            NOT_YOUR_ITEM,
            f"The {item.owner.value} answers for {item.key} and has to state it.",
            owner=item.owner.value,
        )
    subjects = item.subjects(case.service_keys)
    if said.service is not None:
        require_in_case(case, said.service)
        if said.service in subjects:
            subjects = (said.service,)
    refs: list[Reference] = []
    if said.document_id is not None:
        document = await documents.require(uow, case_id, said.document_id)
        refs = [Reference("document", document.id, document.name)]
    for subject in subjects:
        statement = ReadinessStatement(
            item=item.key,
            party=change.party,
            ready=said.ready,
            evidence=said.evidence,
            stated_at=uow.now,
            service=subject,
            stated_by=acting(uow).client_id,
            document_id=said.document_id,
        )
        await repository.put_readiness(uow.session, case_id, statement)
    about = f" ({said.service})" if said.service and said.service in subjects else ""
    did = f"stated that it is {'' if said.ready else 'not '}ready: {item.text}{about}."
    await note(uow, change, "readiness-stated", did, refs)
    return case, item, tuple(await repository.readiness(uow.session, case_id))


async def rolled_back_at(uow: UnitOfWork, case_id: str) -> dict[str, datetime]:
    """When each service of a case was last rolled back."""
    found = await repository.roll_backs(uow.session, case_id)
    return {entry.service: entry.rolled_back_at for entry in found}


def require_in_case(case: Case, service: str) -> None:
    """Refuse a service that a case is not about.

    Raises:
        Problem: ``service_not_in_case``.
    """
    if service not in case.service_keys:
        raise Problem(
            SERVICE_NOT_IN_CASE,
            f"{service} is not a service of this case; it is about {', '.join(case.service_keys)}.",
        )


async def surroundings(uow: UnitOfWork, case: Case) -> Surroundings:
    """What a moved go-live of a case collides with: plan, agreement, obligations, contracts."""
    plan = (await preparation(uow, case)).time_plan
    agreement = await agreements.latest(uow.session, case.id)
    agency = await agencies.find(uow.session, case.org_number)
    areas = {
        key: catalogue(case.catalogue_version).service(key).service_area
        for key in case.service_keys
    }
    return Surroundings(
        planned_go_live=plan.go_live_on if plan else None,
        agreed_from=agreement.content.valid_from if agreement else None,
        deadlines=tuple(
            JoiningDeadline(service, due.deadline, due.legal_source)
            for due in (agency.obligations if agency else ())
            for service, area in areas.items()
            if area == due.service_area
        ),
        contracts=tuple(
            EndingContract(system.name, system.contract_ends_on)
            for system in (agency.facts.systems if agency else ())
            if system.contract_ends_on is not None and system.service_area in areas.values()
        ),
    )


async def move_plan(uow: UnitOfWork, change: Change, earliest: date, because: str) -> None:
    """Move the plan's go-live, unless it lies late enough already."""
    plan = (await preparation(uow, change.case)).time_plan
    if plan is not None and plan.go_live_on < earliest:
        await time_plan.move_go_live(uow, change, earliest, because)


def _item(key: str, case: Case) -> ReadinessItem:
    for item in implementation_rules().readiness:
        if item.key == key and item.subjects(case.service_keys):
            return item
    raise Problem(READINESS_ITEM_UNKNOWN, f"{key} is not among the case's readiness items.")
