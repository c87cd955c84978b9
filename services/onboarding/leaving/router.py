"""HTTP of leaving."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from services.chassis.app import CurrentActor, UnitOfWorkRoute, Uow
from services.chassis.preconditions import HONOURS_IF_MATCH, etag
from services.chassis.schemas import After, Identifier, Limit, Page, one_more, page_of
from services.contracts.values import OrgNumber, Slug
from services.onboarding.leaving import comments, handover, notice, service
from services.onboarding.leaving.domain import ExitPhase
from services.onboarding.leaving.reading import archive, timeline
from services.onboarding.leaving.schemas import (
    EnterExitPhase,
    PostAnswer,
    PostComment,
    PostDelivery,
    PostExit,
    PostExitCost,
    PostReceipt,
    PostWithdrawal,
    PutLastDay,
    PutTask,
)
from services.onboarding.leaving.views import (
    CommentOut,
    CommentsOut,
    DeliveryOut,
    ExitArchiveOut,
    ExitCostOut,
    ExitOut,
    ExitSummary,
    ExitTimelineOut,
    NoticeOfExit,
    NoticesOut,
    TaskOut,
)
from services.onboarding.roles import LEADS_CASES, WORKS_ON_CASES

router = APIRouter(prefix="/exits", tags=["leaving"], route_class=UnitOfWorkRoute)
staff_router = APIRouter(prefix="/exits", tags=["leaving"], route_class=UnitOfWorkRoute)
agency_router = APIRouter(prefix="/exits", tags=["leaving"], route_class=UnitOfWorkRoute)

_LEADS = [LEADS_CASES, HONOURS_IF_MATCH]
Key = Annotated[Slug, Path()]


@router.post("", status_code=201, dependencies=[WORKS_ON_CASES])
async def open_exit(uow: Uow, request: PostExit) -> ExitSummary:
    """Give notice of services under an agreement's terms; the exit begins."""
    return ExitSummary.of(await notice.open_exit(uow, request.given()))


@router.get("")
async def list_exits(
    uow: Uow,
    org_number: OrgNumber | None = None,
    phase: ExitPhase | None = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[ExitSummary]:
    """Exits in the order they were opened."""
    rows = await service.page(uow, org_number, phase, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.id, show=ExitSummary.of)


@router.get("/open-for-comment")
async def list_open_for_comment(uow: Uow) -> NoticesOut:
    """Exits of others that concern you and may be commented on, and what they mean to you."""
    found = await comments.open_for_comment(uow)
    numbers = await comments.own_numbers(uow)
    return NoticesOut(items=[NoticeOfExit.of(leaving, numbers) for leaving in found])


@router.get("/{exit_id}")
async def read_exit(
    uow: Uow, actor: CurrentActor, exit_id: Identifier, response: Response
) -> ExitOut:
    """An exit, whole: what it means, what is handed over, what it waits for."""
    standing = await service.read(uow, exit_id)
    response.headers["ETag"] = etag(standing.record.exit.version)
    return ExitOut.whole(standing, None if actor.is_staff else frozenset({actor.org_number or ""}))


@router.get("/{exit_id}/timeline")
async def read_exit_timeline(
    uow: Uow, exit_id: Identifier, after: After = None, limit: Limit = 50
) -> Page[ExitTimelineOut]:
    """Who did what when, from the beginning."""
    rows = await timeline(uow, exit_id, after, one_more(limit))
    return page_of(
        rows, limit, cursor=lambda row: str(row["id"]), show=ExitTimelineOut.model_validate
    )


@router.get("/{exit_id}/archive")
async def read_exit_archive(uow: Uow, exit_id: Identifier) -> ExitArchiveOut:
    """All that was kept of a closed exit."""
    document, sha256 = await archive(uow, exit_id)
    return ExitArchiveOut(sha256=sha256, document=document)


@router.post(
    "/{exit_id}/withdrawal", status_code=201, dependencies=[WORKS_ON_CASES, HONOURS_IF_MATCH]
)
async def withdraw(uow: Uow, exit_id: Identifier, request: PostWithdrawal) -> ExitSummary:
    """Take the notice back before it takes effect."""
    return ExitSummary.of(await notice.withdraw(uow, exit_id, request.reason))


@router.put("/{exit_id}/tasks/{key}", dependencies=[WORKS_ON_CASES, HONOURS_IF_MATCH])
async def put_task(uow: Uow, exit_id: Identifier, key: Key, request: PutTask) -> TaskOut:
    """Say for your side whether a task is done."""
    return TaskOut.of(await handover.put_task(uow, exit_id, key, request.said()))


@router.get("/{exit_id}/comments")
async def list_comments(uow: Uow, exit_id: Identifier) -> CommentsOut:
    """Your own comments and their answers; the parties of the exit see all of them."""
    found = await comments.own_comments(uow, exit_id)
    return CommentsOut(items=CommentOut.all_of(list(found)))


@agency_router.post("/{exit_id}/comments", status_code=201)
async def comment(uow: Uow, exit_id: Identifier, request: PostComment) -> CommentOut:
    """Comment on another agency's exit from a service that you have."""
    return CommentOut.model_validate(await comments.comment(uow, exit_id, request.text))


@staff_router.post("/{exit_id}/comments/{comment_id}/answer", status_code=201, dependencies=_LEADS)
async def answer_comment(
    uow: Uow, exit_id: Identifier, comment_id: Identifier, request: PostAnswer
) -> CommentOut:
    """Answer a comment."""
    return CommentOut.model_validate(await comments.answer(uow, exit_id, comment_id, request.text))


@staff_router.post("/{exit_id}/phase", dependencies=_LEADS)
async def enter_exit_phase(uow: Uow, exit_id: Identifier, request: EnterExitPhase) -> ExitSummary:
    """Let the exit go on to its next phase; refused with all that is missing."""
    return ExitSummary.of(await service.enter_phase(uow, exit_id, request.to))


@staff_router.put("/{exit_id}/services/{service_key}", dependencies=_LEADS)
async def move_last_day(
    uow: Uow, exit_id: Identifier, service_key: Key, request: PutLastDay
) -> ExitSummary:
    """Move the last day of a service to another one that the terms allow."""
    return ExitSummary.of(
        await notice.move_last_day(uow, exit_id, service_key, request.last_day, request.reason)
    )


@staff_router.post("/{exit_id}/deliveries", status_code=201, dependencies=_LEADS)
async def deliver(uow: Uow, exit_id: Identifier, request: PostDelivery) -> DeliveryOut:
    """Record a delivered data set with its count, sum and hash."""
    return DeliveryOut.of(await handover.deliver(uow, exit_id, request.data()))


@agency_router.post(
    "/{exit_id}/deliveries/{delivery_id}/receipt",
    status_code=201,
    dependencies=[HONOURS_IF_MATCH],
)
async def receipt(
    uow: Uow, exit_id: Identifier, delivery_id: Identifier, request: PostReceipt
) -> DeliveryOut:
    """Say what you counted, summed and hashed; a difference calls for a new delivery."""
    return DeliveryOut.of(await handover.receipt(uow, exit_id, delivery_id, request.fingerprint()))


@staff_router.post("/{exit_id}/costs", status_code=201, dependencies=_LEADS)
async def register_cost(uow: Uow, exit_id: Identifier, request: PostExitCost) -> ExitCostOut:
    """Register what the exit has cost, for the one who leaves to pay."""
    return ExitCostOut.model_validate(
        await handover.register_cost(
            uow, exit_id, request.incurred_on, request.amount_ore, request.text
        )
    )
