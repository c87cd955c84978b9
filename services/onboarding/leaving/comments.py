"""Use cases of those who stay: see what an exit means to them, comment before it takes effect."""

from __future__ import annotations

from collections.abc import Sequence

from services.chassis.ids import new_id
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.onboarding.agencies import repository as agencies
from services.onboarding.agencies import succession_service
from services.onboarding.cases.service import acting, today
from services.onboarding.leaving import handover_repository, repository
from services.onboarding.leaving.domain import Comment, Exit, ExitPhase
from services.onboarding.leaving.holding import take_exit, tell
from services.onboarding.leaving.problems import COMMENT_ANSWERED, COMMENTS_CLOSED


async def open_for_comment(uow: UnitOfWork) -> Sequence[Exit]:
    """The exits that the actor may comment on; for staff all that anybody may."""
    numbers = await own_numbers(uow)
    return [
        leaving
        for leaving in await repository.open_for_comment(uow.session, today(uow))
        if numbers is None or not numbers.isdisjoint(leaving.staying)
    ]


async def own_numbers(uow: UnitOfWork) -> frozenset[str] | None:
    """Under which numbers the actor's agency stays in services; None for staff, who see all.

    What was another's is an agency's own once it has absorbed that one.
    """
    actor = acting(uow)
    if actor.is_staff:
        return None
    own = actor.org_number or ""
    return frozenset({own}) | await succession_service.taken_over_by(uow, own)


async def own_comments(uow: UnitOfWork, exit_id: str) -> Sequence[Comment]:
    """What the actor's agency has said of an exit, with the answers; all of it for staff.

    Raises:
        Problem: ``not_found``, for one that the exit does not concern.
    """
    actor = acting(uow)
    leaving = await _concerning(uow, exit_id)
    found = await handover_repository.comments(uow.session, leaving.id)
    sees_all = actor.may_see(leaving.org_number)
    return [comment for comment in found if sees_all or comment.org_number == actor.org_number]


async def comment(uow: UnitOfWork, exit_id: str, text: str) -> Comment:
    """Comment on an exit for an agency that stays.

    Raises:
        Problem: ``not_found``, ``comments_closed``.
    """
    actor = acting(uow)
    leaving = await repository.find(uow.session, exit_id)
    if leaving is None or not await _stays(uow, leaving):
        raise not_found("exit")
    if not leaving.takes_comments(today(uow)):
        raise Problem(
            COMMENTS_CLOSED,
            f"Comments could be made until {leaving.comment_until}, and before the exit took"
            " effect.",
            comment_until=str(leaving.comment_until),
        )
    agency = await agencies.find(uow.session, actor.org_number or "")
    said = Comment(
        id=new_id(),
        org_number=actor.org_number or "",
        name=agency.name if agency else "",
        text=text,
        commented_at=uow.now,
    )
    await handover_repository.add_comment(uow.session, exit_id, said)
    await handover_repository.add_timeline(
        uow.session,
        exit_id,
        uow.now,
        said.name,
        "exit-commented",
        f"{said.name} commented on the exit.",
    )
    return said


async def answer(uow: UnitOfWork, exit_id: str, comment_id: str, text: str) -> Comment:
    """Answer a comment for the centre.

    Raises:
        Problem: ``not_found``, ``exit_closed``, ``exit_wrong_phase``, ``comment_answered``,
            ``precondition_failed``, ``changed_meanwhile``.
    """
    change = await take_exit(uow, exit_id, ExitPhase.NOTICE)
    said = await _comment(uow, exit_id, comment_id)
    if said.answer is not None:
        raise Problem(COMMENT_ANSWERED, "The comment has its answer, which stands.")
    await handover_repository.answer(uow.session, comment_id, text, uow.now)
    await tell(uow, change, "comment-answered", f"answered the comment of {said.name}.")
    return await _comment(uow, exit_id, comment_id)


async def _concerning(uow: UnitOfWork, exit_id: str) -> Exit:
    actor = acting(uow)
    leaving = await repository.find(uow.session, exit_id)
    if leaving is None or not (actor.may_see(leaving.org_number) or await _stays(uow, leaving)):
        raise not_found("exit")
    return leaving


async def _stays(uow: UnitOfWork, leaving: Exit) -> bool:
    numbers = await own_numbers(uow)
    return numbers is not None and not numbers.isdisjoint(leaving.staying)


async def _comment(uow: UnitOfWork, exit_id: str, comment_id: str) -> Comment:
    for said in await handover_repository.comments(uow.session, exit_id):
        if said.id == comment_id:
            return said
    raise not_found("comment")
