"""HTTP of notice at the agreement, with the exit that it opens."""

from __future__ import annotations

from fastapi import APIRouter, Response

from services.chassis.app import UnitOfWorkRoute, Uow
from services.chassis.preconditions import HONOURS_IF_MATCH, etag
from services.chassis.schemas import Identifier
from services.onboarding.agreements.standing_schemas import GiveNotice, NoticeOut
from services.onboarding.leaving import agreement_notices
from services.onboarding.roles import WORKS_ON_CASES

router = APIRouter(
    prefix="/agreements/{agreement_id}/notices", tags=["agreement"], route_class=UnitOfWorkRoute
)

_WORKS = [WORKS_ON_CASES, HONOURS_IF_MATCH]


@router.post("", status_code=201, dependencies=_WORKS)
async def give_notice(
    uow: Uow, agreement_id: Identifier, request: GiveNotice, response: Response
) -> NoticeOut:
    """Give notice of services for your side; the agreement's terms give the last day.

    Of services in operation the exit begins, and those who stay may comment on it.
    """
    agreement, notice = await agreement_notices.give(
        uow,
        agreement_id,
        request.signatory(),
        services=request.services,
        last_day=request.last_day,
        reason=request.reason,
    )
    response.headers["ETag"] = etag(agreement.revision)
    return NoticeOut.model_validate(notice)


@router.post("/{notice_id}/withdrawal", status_code=201, dependencies=_WORKS)
async def withdraw_notice(
    uow: Uow, agreement_id: Identifier, notice_id: Identifier, response: Response
) -> NoticeOut:
    """Take back your own notice, and its exit, as long as the other party has not confirmed it."""
    agreement, notice = await agreement_notices.withdraw(uow, agreement_id, notice_id)
    response.headers["ETag"] = etag(agreement.revision)
    return NoticeOut.model_validate(notice)


@router.post("/{notice_id}/confirmation", status_code=201, dependencies=_WORKS)
async def confirm_notice(
    uow: Uow, agreement_id: Identifier, notice_id: Identifier, response: Response
) -> NoticeOut:
    """Confirm the other party's notice; the last days become known to billing and all.

    Refused while those who stay in the services may comment.
    """
    agreement, notice = await agreement_notices.confirm(uow, agreement_id, notice_id)
    response.headers["ETag"] = etag(agreement.revision)
    return NoticeOut.model_validate(notice)
