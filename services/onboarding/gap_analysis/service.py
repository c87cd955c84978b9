"""Use cases of phase 2: compare every activity, decide every gap."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from services.chassis.preconditions import etag, require_version
from services.chassis.problems import CHANGED_MEANWHILE, Problem
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import Phase
from services.onboarding.cases.domain import Case
from services.onboarding.cases.service import Change, get, note, take, today
from services.onboarding.gap_analysis import repository
from services.onboarding.gap_analysis.domain import (
    ActivityRef,
    Comparison,
    PastDecision,
    Superseded,
)
from services.onboarding.gap_analysis.negotiation import Entry
from services.onboarding.gap_analysis.problems import (
    GAP_ALREADY_DECIDED,
    MANDATE_MISSING,
    UNTIL_NOT_AN_EXCEPTION,
)
from services.onboarding.gap_analysis.repository import FallenAway
from services.onboarding.gap_analysis.state import (
    ActivityState,
    ComparisonDraft,
    DecisionDraft,
    EndMissingError,
    GapNotDescribedError,
    MandateMissingError,
    NoGapError,
    NotAnExceptionError,
    NotComparedError,
    activities_of,
    compared,
    decided,
    shown,
    state_of,
    states_of,
)
from services.onboarding.problems import (
    ACTIVITY_UNKNOWN,
    GAP_NOT_DESCRIBED,
    NO_GAP_TO_DECIDE,
    NOT_COMPARED,
    UNTIL_REQUIRED,
)

ATTEMPTS = 5
"""How often a command is tried when others change other things of the case meanwhile."""


@dataclass(frozen=True)
class Analysis:
    """Every activity of a case, and the comparisons that its catalogue has left behind."""

    states: Sequence[ActivityState]
    fallen_away: Sequence[FallenAway]


@dataclass(frozen=True)
class WholeComparison:
    """An activity with every decision there was and all that was negotiated."""

    state: ActivityState
    decisions: Sequence[PastDecision]
    negotiation: Sequence[Entry]


def activity_refs(case: Case) -> tuple[ActivityRef, ...]:
    """Every activity of every service of a case."""
    return tuple(activities_of(case))


async def of_case(uow: UnitOfWork, case_id: str) -> Analysis:
    """Every activity of a case the actor may see, compared or not.

    Raises:
        Problem: ``not_found``.
    """
    case = await get(uow, case_id)
    return Analysis(
        states_of(case, await repository.of_case(uow.session, case_id)),
        await repository.fallen_away(uow.session, case_id),
    )


async def whole(uow: UnitOfWork, case_id: str, ref: ActivityRef) -> WholeComparison:
    """One activity of a case the actor may see, with its history.

    Raises:
        Problem: ``not_found``, ``activity_unknown``.
    """
    case = await get(uow, case_id)
    return WholeComparison(
        await state(uow, case, ref),
        await repository.decisions(uow.session, case_id, ref),
        await repository.entries(uow.session, case_id, ref),
    )


async def state(uow: UnitOfWork, case: Case, ref: ActivityRef) -> ActivityState:
    """One activity of a case as it stands.

    Raises:
        Problem: ``activity_unknown``.
    """
    activity = activities_of(case).get(ref)
    if activity is None:
        raise Problem(ACTIVITY_UNKNOWN, f"{ref} is no activity of this case; see its comparisons.")
    return state_of(ref, activity, await repository.find(uow.session, case.id, ref))


async def compare(
    uow: UnitOfWork,
    case_id: str,
    ref: ActivityRef,
    draft: ComparisonDraft,
    expected_version: int | None,
) -> ActivityState:
    """Hold an activity against the customer's way; a changed comparison loses its decision.

    Raises:
        Problem: ``not_found``, ``case_paused``, ``case_closed``, ``wrong_phase``,
            ``activity_unknown``, ``gap_not_described``, ``precondition_failed``,
            ``changed_meanwhile``.
    """
    change, known = await take_activity(uow, case_id, ref, expected_version)
    with refusals(ref):
        comparison = compared(known.comparison, ref, draft, change.case.catalogue_version)
    if comparison is known.comparison:
        return known
    require_unchanged(uow, known, expected_version)
    await keep(uow, case_id, known.comparison, comparison)
    finding = "and found a gap" if comparison.gap else "and found no gap"
    await note(uow, change, "activity-compared", f"compared {ref} {finding}.")
    return state_of(ref, known.activity, comparison)


async def decide(
    uow: UnitOfWork,
    case_id: str,
    ref: ActivityRef,
    draft: DecisionDraft,
    expected_version: int | None,
) -> ActivityState:
    """Decide what to do about a gap; the decision before it remains in the history.

    Whoever decides a decided gap anew says which version they have seen, so that of two who
    decide at once one wins and the other learns of it.

    Raises:
        Problem: ``not_found``, ``case_paused``, ``case_closed``, ``wrong_phase``,
            ``activity_unknown``, ``not_compared``, ``no_gap_to_decide``,
            ``mandate_missing``, ``until_required``, ``until_not_an_exception``,
            ``gap_already_decided``, ``precondition_failed``, ``changed_meanwhile``.
    """
    change, known = await take_activity(uow, case_id, ref, expected_version)
    with refusals(ref):
        comparison = decided(known.comparison, draft, uow.now, today(uow), change.party)
    if comparison is known.comparison:
        return known
    require_unchanged(uow, known, expected_version)
    had = known.comparison.decision if known.comparison else None
    if had is not None and {expected_version, uow.expected_version} == {None}:
        raise _already_decided(known)
    await keep(uow, case_id, known.comparison, comparison)
    did = (
        f"recorded the decision on {ref}: {draft.resolution.value.replace('_', ' ')}, by"
        f" {draft.decided_by} ({draft.mandate})."
    )
    await note(uow, change, "gap-decided", did)
    return state_of(ref, known.activity, comparison)


async def take_activity(
    uow: UnitOfWork, case_id: str, ref: ActivityRef, expected_version: int | None
) -> tuple[Change, ActivityState]:
    """A case held for a change of one activity, and how that stands.

    Somebody who works on another activity of the case at the same time is no hindrance.

    Raises:
        Problem: as ``cases.service.take``, ``activity_unknown``; ``changed_meanwhile`` shows
            how the activity stands now.
    """
    known = await state(uow, await get(uow, case_id), ref)
    for attempt in range(ATTEMPTS):
        try:
            change = await take(uow, case_id, Phase.GAP_ANALYSIS, if_match=False)
        except Problem as problem:
            if problem.type is not CHANGED_MEANWHILE:
                raise
            current = await state(uow, await get(uow, case_id), ref)
            if current.version != known.version or attempt == ATTEMPTS - 1:
                require_unchanged(uow, current, expected_version)
                raise _changed_meanwhile(current) from problem
            continue
        return change, await state(uow, change.case, ref)
    raise AssertionError("every attempt returns or raises")


def require_unchanged(uow: UnitOfWork, known: ActivityState, expected_version: int | None) -> None:
    """Refuse a command whose sender has seen another version of an activity's comparison.

    Raises:
        Problem: ``precondition_failed`` for ``If-Match``, ``changed_meanwhile`` for the
            version in the body; both show how it stands now.
    """
    require_version(uow, known.version, "comparison", shown(known))
    if expected_version not in {None, known.version}:
        raise _changed_meanwhile(known)


async def keep(
    uow: UnitOfWork, case_id: str, before: Comparison | None, comparison: Comparison
) -> None:
    """Store a comparison, and the decision on it where that is new."""
    await repository.put(uow.session, case_id, comparison)
    had = before.decision if before else None
    if had == comparison.decision:
        return
    because = Superseded.DECIDED_ANEW if comparison.decision else Superseded.COMPARED_ANEW
    await repository.supersede(uow.session, case_id, comparison.ref, uow.now, because)
    if comparison.decision is not None:
        await repository.add_decision(
            uow.session, case_id, comparison.ref, comparison.version, comparison.decision
        )


@contextmanager
def refusals(ref: ActivityRef) -> Iterator[None]:
    """Answer what the rules refuse about an activity with its problem."""
    try:
        yield
    except tuple(_REFUSALS) as error:
        raise _REFUSALS[type(error)](ref) from error


def _already_decided(current: ActivityState) -> Problem:
    return Problem(
        GAP_ALREADY_DECIDED,
        "The gap has a decision already, so yours was not applied. The answer shows how it"
        " stands; to decide anew, send its version in If-Match or expected_version.",
        headers={"ETag": etag(current.version)},
        current_version=current.version,
        current=shown(current),
    )


def _changed_meanwhile(current: ActivityState) -> Problem:
    return Problem(
        CHANGED_MEANWHILE,
        "Somebody changed the comparison while you worked on it, so yours was not applied."
        " The answer shows how it stands now; decide anew.",
        current_version=current.version,
        current=shown(current),
    )


_REFUSALS: dict[type[Exception], Callable[[ActivityRef], Problem]] = {
    GapNotDescribedError: lambda ref: Problem(
        GAP_NOT_DESCRIBED, f"Say what kind of gap it is in {ref}, and its size."
    ),
    NotComparedError: lambda ref: Problem(
        NOT_COMPARED, f"{ref} has to be compared before its gap is decided."
    ),
    NoGapError: lambda ref: Problem(NO_GAP_TO_DECIDE, f"{ref} is done as the standard has it."),
    MandateMissingError: lambda ref: Problem(
        MANDATE_MISSING,
        f"Say who decided on {ref} and with what mandate; a blank is neither.",
    ),
    EndMissingError: lambda ref: Problem(
        UNTIL_REQUIRED, f"Say in `until` on which day ahead the exception in {ref} ends."
    ),
    NotAnExceptionError: lambda ref: Problem(
        UNTIL_NOT_AN_EXCEPTION,
        f"The decision on {ref} is no exception, so it has no end date; leave `until` out.",
    ),
}
