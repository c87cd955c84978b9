"""Use cases of comparisons: agencies review, the centre answers, publishes or withdraws."""

from __future__ import annotations

from collections.abc import Sequence

from services.billing.comparisons import figures, repository
from services.billing.comparisons.domain import Answer, ComparisonStatus, Review, result_of
from services.billing.comparisons.opening import require_replaceable
from services.billing.comparisons.problems import (
    COMPARISON_SETTLED,
    FIGURE_LEFT_OUT,
    FIGURES_MISSING,
    OBJECTION_MISSING,
    OBJECTIONS_UNANSWERED,
    REVIEW_NOT_OVER,
    REVIEW_OVER,
)
from services.billing.comparisons.recording import close, remark
from services.billing.comparisons.repository import Kept, Wanted
from services.billing.schedule import stockholm_day
from services.billing.tables import ComparisonFigureRow, ComparisonRow
from services.chassis.preconditions import require_version
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.succession import Scope


async def review(
    uow: UnitOfWork,
    comparison_id: str,
    scope: Scope | None,
    org_number: str,
    verdict: Review,
    comment: str | None,
) -> Kept:
    """An agency approves its figure, or objects to it; until the last day the later counts.

    A figure that was computed anew is looked at again, for some days at the least.

    Raises:
        Problem: ``not_found``, ``comparison_settled``, ``review_over``, ``figure_left_out``.
    """
    found = await _hold(uow, comparison_id, scope)
    figure = _figure(found, org_number)
    _require_in_review(found)
    last_day = found.last_day_of(figure)
    if stockholm_day(uow.now) > last_day:
        raise Problem(
            REVIEW_OVER,
            f"The figure could be reviewed until {last_day}. Turn to finance at the"
            " centre, who can withdraw the comparison while it is not published.",
        )
    if figure.review == Review.LEFT_OUT.value:
        raise Problem(FIGURE_LEFT_OUT, "The figure counts for nothing; there is nothing to review.")
    remark(uow, found, figure, verdict, comment)
    return await _changed(uow, found, scope)


async def answer(
    uow: UnitOfWork, comparison_id: str, org_number: str, given: Answer, reason: str
) -> Kept:
    """Answer an objection: the figure stays, is computed anew from live data, or is left out.

    Raises:
        Problem: ``not_found``, ``precondition_failed``, ``comparison_settled``,
            ``objection_missing``, ``figures_missing``.
    """
    found = await _hold(uow, comparison_id, None)
    figure = _figure(found, org_number)
    _require_in_review(found)
    if figure.review != Review.OBJECTED.value:
        raise Problem(
            OBJECTION_MISSING,
            f"The figure is {figure.review}; only one that was objected to is answered.",
        )
    if given is Answer.RECOMPUTE:
        await figures.recompute(uow, found, figure)
    remark(uow, found, figure, given.review, reason)
    return await _changed(uow, found, None)


async def publish(uow: UnitOfWork, comparison_id: str) -> Kept:
    """Publish a comparison: from now on it never changes.

    Raises:
        Problem: ``not_found``, ``precondition_failed``, ``comparison_settled``,
            ``objections_unanswered``, ``review_not_over``, ``figures_missing``,
            ``comparison_not_replaceable``.
    """
    found = await _hold(uow, comparison_id, None)
    _require_in_review(found)
    counting = found.counting
    objected = [key for key, each in counting.items() if each.review == Review.OBJECTED.value]
    if objected:
        raise Problem(
            OBJECTIONS_UNANSWERED,
            f"{len(objected)} of those whose figures they are have objected and wait for an"
            " answer. Answer each of them first.",
            customers=objected,
        )
    last_days = {
        key: found.last_day_of(each)
        for key, each in counting.items()
        if each.review != Review.APPROVED.value
    }
    waiting = [key for key, day in last_days.items() if stockholm_day(uow.now) <= day]
    if waiting:
        raise Problem(
            REVIEW_NOT_OVER,
            f"{len(waiting)} have not approved their figure and may object until"
            f" {max(last_days.values())}. Publish after that day.",
            customers=waiting,
        )
    if not counting:
        raise Problem(
            FIGURES_MISSING, "Every figure was left out. Withdraw the comparison instead."
        )
    if found.row.replaces is not None:
        await require_replaceable(uow, found.row.replaces)
    result = result_of(
        counting,
        [str(each["key"]) for each in found.row.groups],
        found.row.least_figures,
        costs=found.key_figure.costs,
        published=await repository.published_of(uow.session, found),
    )
    found.row.result = repository.kept_result(result)
    close(uow, found, ComparisonStatus.PUBLISHED)
    return await _changed(uow, found, None)


async def withdraw(uow: UnitOfWork, comparison_id: str, reason: str) -> Kept:
    """Withdraw a comparison that is not published.

    Raises:
        Problem: ``not_found``, ``precondition_failed``, ``comparison_settled``.
    """
    found = await _hold(uow, comparison_id, None)
    _require_in_review(found)
    found.row.withdrawal_reason = reason
    close(uow, found, ComparisonStatus.WITHDRAWN)
    return await _changed(uow, found, None)


async def get(uow: UnitOfWork, comparison_id: str, scope: Scope | None) -> Kept:
    """A comparison with the figures that a scope covers.

    Raises:
        Problem: ``not_found``.
    """
    found = await repository.find(uow.session, comparison_id, scope)
    if found is None:
        raise not_found("comparison")
    return found


async def page(
    uow: UnitOfWork, scope: Scope | None, wanted: Wanted, after: str | None, limit: int
) -> Sequence[ComparisonRow]:
    """Comparisons in the order they were opened."""
    return await repository.page(uow.session, scope, wanted, after, limit)


async def _hold(uow: UnitOfWork, comparison_id: str, scope: Scope | None) -> Kept:
    """A comparison that is about to be changed, in its next revision."""
    found = await repository.find(uow.session, comparison_id, scope, lock=True)
    if found is None:
        raise not_found("comparison")
    require_version(uow, found.row.revision, "comparison")
    found.row.revision += 1
    return found


async def _changed(uow: UnitOfWork, found: Kept, scope: Scope | None) -> Kept:
    await uow.session.flush()
    return await get(uow, found.row.id, scope)


def _figure(found: Kept, org_number: str) -> ComparisonFigureRow:
    for each in found.figures:
        if each.org_number == org_number:
            return each
    raise not_found("figure")


def _require_in_review(found: Kept) -> None:
    if found.status is not ComparisonStatus.IN_REVIEW:
        raise Problem(
            COMPARISON_SETTLED,
            f"The comparison is {found.status.value} and never changes. Open another one; it can"
            " take the place of one that is published.",
            comparison_status=found.status.value,
        )
