"""HTTP of cases: open, list, pause, resume, withdraw, send back, read the timeline.

One case whole is in ``gates``.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from services.chassis.app import UnitOfWorkRoute, Uow
from services.chassis.preconditions import HONOURS_IF_MATCH, etag
from services.chassis.schemas import After, Identifier, Limit, Page, one_more, page_of
from services.contracts.values import OrgNumber, Phase
from services.onboarding.cases import send_back, service, status, story
from services.onboarding.cases.domain import CaseStatus
from services.onboarding.cases.repository import CaseFilter
from services.onboarding.cases.schemas import (
    CaseSummary,
    OpenCase,
    PauseCase,
    ResumedOut,
    SendBackCase,
    SentBackOut,
    TimelineOut,
    WithdrawCase,
)
from services.onboarding.cases.timeline import TimelineFilter
from services.onboarding.roles import LEADS_CASES, WORKS_ON_CASES

router = APIRouter(prefix="/cases", tags=["cases"], route_class=UnitOfWorkRoute)
staff_router = APIRouter(prefix="/cases", tags=["cases"], route_class=UnitOfWorkRoute)

NewestFirst = Annotated[bool, Query(description="From the end.")]
Named = Annotated[str | None, Query(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Language = Annotated[
    str | None,
    Header(
        alias="Accept-Language",
        max_length=200,
        description="Swedish when it begins with `sv`, otherwise English.",
    ),
]


@staff_router.post("", status_code=201, dependencies=[LEADS_CASES])
async def open_case(uow: Uow, request: OpenCase, response: Response) -> CaseSummary:
    """Begin an agency's way into one or more services."""
    case = await service.open_case(uow, request.org_number, request.services)
    response.headers["ETag"] = etag(case.version)
    return CaseSummary.of(case)


@router.get("")
async def list_cases(
    uow: Uow,
    org_number: OrgNumber | None = None,
    phase: Phase | None = None,
    status: CaseStatus | None = None,
    account_manager: Named = None,
    overdue: Annotated[
        bool, Query(description="Only cases in which something missing is past its day.")
    ] = False,
    newest_first: NewestFirst = False,
    after: After = None,
    limit: Limit = 50,
) -> Page[CaseSummary]:
    """Cases in the order they were opened, or the newest first."""
    rows = await service.page(
        uow,
        org_number,
        CaseFilter(status=status, phase=phase, account_manager=account_manager),
        overdue=overdue,
        newest_first=newest_first,
        after=after,
        limit=one_more(limit),
    )
    return page_of(rows, limit, cursor=lambda row: row.id, show=CaseSummary.of)


@staff_router.post("/{case_id}/pause", dependencies=[LEADS_CASES, HONOURS_IF_MATCH])
async def pause_case(
    uow: Uow, case_id: Identifier, request: PauseCase, response: Response
) -> CaseSummary:
    """Let the case stand still until about a day; its due dates stand still with it."""
    case = await status.pause(uow, case_id, request.reason, request.expected_resume_on)
    response.headers["ETag"] = etag(case.version)
    return CaseSummary.of(case)


@staff_router.post("/{case_id}/resume", dependencies=[LEADS_CASES, HONOURS_IF_MATCH])
async def resume_case(uow: Uow, case_id: Identifier, response: Response) -> ResumedOut:
    """Let a paused case go on; what was planned moves by the time it stood still."""
    case, days = await status.resume(uow, case_id)
    response.headers["ETag"] = etag(case.version)
    return ResumedOut(**dict(CaseSummary.of(case)), days_paused=days)


@router.post("/{case_id}/withdraw", dependencies=[WORKS_ON_CASES, HONOURS_IF_MATCH])
async def withdraw_case(
    uow: Uow, case_id: Identifier, request: WithdrawCase, response: Response
) -> CaseSummary:
    """End the case before any of its services is in operation; either party may."""
    case = await status.withdraw(uow, case_id, request.reason)
    response.headers["ETag"] = etag(case.version)
    return CaseSummary.of(case)


@staff_router.post("/{case_id}/send-back", dependencies=[LEADS_CASES, HONOURS_IF_MATCH])
async def send_case_back(
    uow: Uow, case_id: Identifier, request: SendBackCase, response: Response
) -> SentBackOut:
    """Send the case back a phase or more; the answer lists what has to be done anew."""
    sent = await send_back.send_back(
        uow,
        case_id,
        request.to,
        cause=request.cause,
        reason=request.reason,
        gaps=request.refs(),
        every_gap=request.every_gap,
    )
    response.headers["ETag"] = etag(sent.case.version)
    return SentBackOut.showing(sent)


@router.get("/{case_id}/timeline")
async def read_timeline(
    uow: Uow,
    case_id: Identifier,
    action: Named = None,
    who: Named = None,
    phase: Phase | None = None,
    grouped: Annotated[
        bool, Query(description="Acts of one day, party and kind in one line, with a count.")
    ] = False,
    newest_first: NewestFirst = False,
    accept_language: Language = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[TimelineOut]:
    """Who did what when, with the documents and decisions it is about."""
    wanted = TimelineFilter(action, who, phase, newest_first, after)
    rows = await story.lines(
        uow,
        case_id,
        wanted,
        group=grouped,
        language=_language(accept_language),
        limit=one_more(limit),
    )
    return page_of(rows, limit, cursor=lambda row: row.id, show=TimelineOut.model_validate)


@router.get(
    "/{case_id}/timeline.md",
    response_class=Response,
    responses={200: {"content": {"text/markdown": {"schema": {"type": "string"}}}}},
)
async def read_story(
    uow: Uow,
    case_id: Identifier,
    phase: Phase | None = None,
    newest_first: NewestFirst = False,
    accept_language: Language = None,
) -> Response:
    """The timeline as a text for people: a heading per phase, a line per thing that was done."""
    language = _language(accept_language)
    text = await story.as_text(
        uow, case_id, TimelineFilter(phase=phase, newest_first=newest_first), language
    )
    return Response(
        text,
        media_type="text/markdown; charset=utf-8",
        headers={"Content-Language": language, "Vary": "Accept-Language"},
    )


def _language(accepted: str | None) -> str:
    """Swedish for readers who ask for it first; the interface's English for all others."""
    return "sv" if (accepted or "").strip().lower().startswith("sv") else "en"
