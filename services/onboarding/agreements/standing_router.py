"""HTTP of agreements apart from their cases: standing, amendments, decisions, notices."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.chassis.app import UnitOfWorkRoute, Uow
from services.chassis.preconditions import HONOURS_IF_MATCH, etag
from services.chassis.schemas import After, Day, Identifier, Limit, Page, one_more, page_of
from services.contracts.values import OrgNumber
from services.onboarding.agreements import amendment_service, notice_service, signature_service
from services.onboarding.agreements import delegation_service as delegations
from services.onboarding.agreements import standing_service as standing
from services.onboarding.agreements.amendment_schemas import AmendAgreement, StateUrgency
from services.onboarding.agreements.amendment_service import Amendment
from services.onboarding.agreements.data import template
from services.onboarding.agreements.delegation_service import NewDelegation
from services.onboarding.agreements.router import VersionNumber
from services.onboarding.agreements.schemas import (
    AgreementOut,
    AgreementSummary,
    DifferencesOut,
    SignAgreement,
    VersionsOut,
)
from services.onboarding.agreements.standing_schemas import (
    CountsOut,
    DelegationOut,
    NoticeOut,
    NoticesOut,
    NoticeTermsOut,
    RegisterDelegation,
    ReminderOut,
    RemindersOut,
    StandingOut,
)
from services.onboarding.roles import LEADS_CASES, WORKS_ON_CASES

router = APIRouter(tags=["agreement"], route_class=UnitOfWorkRoute)
staff_router = APIRouter(tags=["agreement"], route_class=UnitOfWorkRoute)

OnDay = Annotated[Day | None, Query(description="As it stands on this day; absent: today.")]


@router.get("/agreements")
async def list_agreements(
    uow: Uow, org_number: OrgNumber | None = None, after: After = None, limit: Limit = 50
) -> Page[StandingOut]:
    """The agreements that you are a party of, as they stand today, oldest first."""
    rows = await standing.page(uow, org_number, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.agreement.id, show=StandingOut.of)


@router.get("/agreements/{agreement_id}")
async def read_standing(
    uow: Uow, agreement_id: Identifier, response: Response, on: OnDay = None
) -> StandingOut:
    """What is in force on a day, what waits for decisions, what comes, when it ends."""
    found = await standing.standing(uow, agreement_id, on)
    response.headers["ETag"] = etag(found.agreement.revision)
    return StandingOut.of(found)


@router.get("/agreements/{agreement_id}/versions")
async def list_agreement_versions(uow: Uow, agreement_id: Identifier) -> VersionsOut:
    """The versions that you take part in, from the first, in short."""
    found = await standing.versions(uow, agreement_id)
    return VersionsOut(items=[AgreementSummary.of(version) for version in found])


@router.get("/agreements/{agreement_id}/versions/{version}")
async def read_agreement_version(
    uow: Uow, agreement_id: Identifier, version: VersionNumber
) -> AgreementOut:
    """One version, whole."""
    found = await standing.versions(uow, agreement_id)
    return AgreementOut.of(standing.version_of(found, version))


@router.get("/agreements/{agreement_id}/versions/{version}/differences/{other}")
async def read_agreement_differences(
    uow: Uow, agreement_id: Identifier, version: VersionNumber, other: VersionNumber
) -> DifferencesOut:
    """What differs from one version to another, as data and as Swedish text."""
    found = await standing.versions(uow, agreement_id)
    return DifferencesOut.of(version, other, standing.differing(found, version, other))


@router.post(
    "/agreements/{agreement_id}/decisions",
    status_code=201,
    dependencies=[WORKS_ON_CASES, HONOURS_IF_MATCH],
)
async def decide_on_agreement(
    uow: Uow, agreement_id: Identifier, request: SignAgreement, response: Response
) -> AgreementSummary:
    """Decide on the newest version for your own agency, in the same words as the others.

    A joint decision is a decision of each party on the same text; it takes effect when all
    of them exist.
    """
    agreement, version = await signature_service.decide(
        uow, agreement_id, request.signatory(), request.content_hash
    )
    response.headers["ETag"] = etag(agreement.revision)
    return AgreementSummary.of(version)


@staff_router.post(
    "/agreements/{agreement_id}/amendments",
    status_code=201,
    dependencies=[LEADS_CASES, HONOURS_IF_MATCH],
)
async def amend_agreement(
    uow: Uow, agreement_id: Identifier, request: AmendAgreement, response: Response
) -> AgreementOut:
    """Draft the next version of a signed agreement; all parties sign it like the first."""
    changes = request.changes()
    if request.collaboration_template is not None:
        changes = replace(changes, template=template(request.collaboration_template))
    offered = await amendment_service.offered(
        uow, agreement_id, [one.service for one in request.add_services]
    )
    added = tuple(one.added(offered[one.service]) for one in request.add_services)
    agreement, version = await amendment_service.amend(
        uow,
        agreement_id,
        Amendment(
            changes=replace(changes, add_services=added),
            effective_on=request.effective_on,
            reason=request.reason,
            urgency_reason=request.urgency_reason,
        ),
    )
    response.headers["ETag"] = etag(agreement.revision)
    return AgreementOut.of(version)


@router.post(
    "/agreements/{agreement_id}/urgency",
    status_code=201,
    dependencies=[WORKS_ON_CASES, HONOURS_IF_MATCH],
)
async def state_urgency(
    uow: Uow, agreement_id: Identifier, request: StateUrgency, response: Response
) -> AgreementSummary:
    """Say for your side why a change of scope cannot wait for an agreed window."""
    agreement, version = await amendment_service.state_urgency(uow, agreement_id, request.reason)
    response.headers["ETag"] = etag(agreement.revision)
    return AgreementSummary.of(version)


@router.get("/agreements/{agreement_id}/reminders")
async def list_reminders(uow: Uow, agreement_id: Identifier) -> RemindersOut:
    """The reminders that fell due, and those to come."""
    coming, fallen = await standing.reminders(uow, agreement_id)
    due = [(one, at) for one, at in fallen] + [(one, None) for one in coming]
    return RemindersOut(
        items=[
            ReminderOut(
                kind=one.kind,
                subject_on=one.subject_on,
                due_on=one.due_on,
                about=one.about,
                fell_due_at=at,
            )
            for one, at in due
        ]
    )


@router.get("/agreements/{agreement_id}/notice-terms")
async def read_notice_terms(uow: Uow, agreement_id: Identifier, on: OnDay = None) -> NoticeTermsOut:
    """When services end that notice is given of on a day, and until when notice is in time."""
    return NoticeTermsOut.of(await notice_service.terms_of_notice(uow, agreement_id, on))


@router.get("/agreements/{agreement_id}/notices")
async def list_notices(uow: Uow, agreement_id: Identifier) -> NoticesOut:
    """Every notice that was given."""
    found = await notice_service.notices(uow, agreement_id)
    return NoticesOut(items=[NoticeOut.model_validate(notice) for notice in found])


@staff_router.get("/deviations/counts")
async def count_deviations(uow: Uow, on: OnDay = None) -> CountsOut:
    """How many deviations hold on a day: by customer, by clause, by activity."""
    return CountsOut.of(await standing.deviation_counts(uow, on))


@router.get("/delegations")
async def list_delegations(uow: Uow, after: After = None, limit: Limit = 50) -> Page[DelegationOut]:
    """Who may sign in a head's place: an agency sees its own, the centre all."""
    rows = await delegations.page(uow, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.id, show=DelegationOut.model_validate)


@router.post("/delegations", status_code=201, dependencies=[WORKS_ON_CASES])
async def register_delegation(uow: Uow, request: RegisterDelegation) -> DelegationOut:
    """Register for your own side who may sign agreements in the head's place."""
    new = NewDelegation(**dict(request))
    return DelegationOut.model_validate(await delegations.register(uow, new))


@router.post(
    "/delegations/{delegation_id}/revocation", status_code=201, dependencies=[WORKS_ON_CASES]
)
async def revoke_delegation(uow: Uow, delegation_id: Identifier) -> DelegationOut:
    """Take a delegation back from today on; what was signed by it stands."""
    return DelegationOut.model_validate(await delegations.revoke(uow, delegation_id))
