"""Use cases of phase 2: compare every activity, decide every gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import Phase
from services.onboarding.cases.domain import Case
from services.onboarding.cases.service import changed_meanwhile, get, note, take, today
from services.onboarding.catalogue.domain import Activity
from services.onboarding.catalogue.service import catalogue
from services.onboarding.gap_analysis import repository
from services.onboarding.gap_analysis.domain import (
    ActivityRef,
    Comparison,
    Decision,
    GapKind,
    GapSize,
    Resolution,
)
from services.onboarding.problems import (
    ACTIVITY_UNKNOWN,
    GAP_NOT_DESCRIBED,
    NO_GAP_TO_DECIDE,
    NOT_COMPARED,
    UNTIL_REQUIRED,
)


@dataclass(frozen=True)
class ActivityState:
    """An activity of the standard delivery, and its comparison when it has one."""

    ref: ActivityRef
    activity: Activity
    comparison: Comparison | None


@dataclass(frozen=True)
class DecisionDraft:
    """A decision as a party puts it."""

    resolution: Resolution
    reason: str
    effort_hours: int | None
    price_ore: int | None
    until: date | None
    decided_by: str
    mandate: str


def activity_refs(case: Case) -> tuple[ActivityRef, ...]:
    """Every activity of every service of a case."""
    return tuple(
        ActivityRef(key, activity.key)
        for key in case.service_keys
        for activity in catalogue().service(key).activities
    )


async def of_case(uow: UnitOfWork, case_id: str) -> Sequence[ActivityState]:
    """Every activity of a case the actor may see, compared or not.

    Raises:
        Problem: ``not_found``.
    """
    case = await get(uow, case_id)
    known = {item.ref: item for item in await repository.of_case(uow.session, case_id)}
    return [ActivityState(ref, _activity(case, ref), known.get(ref)) for ref in activity_refs(case)]


async def compare(
    uow: UnitOfWork,
    case_id: str,
    ref: ActivityRef,
    *,
    customer_way: str,
    gap: bool,
    kind: GapKind | None,
    size: GapSize | None,
    expected_version: int | None,
) -> ActivityState:
    """Hold an activity against the customer's way; a changed comparison loses its decision.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``activity_unknown``,
            ``gap_not_described``, ``changed_meanwhile``.
    """
    change = await take(uow, case_id, Phase.GAP_ANALYSIS)
    activity = _activity(change.case, ref)
    if gap and (kind is None or size is None):
        raise Problem(GAP_NOT_DESCRIBED, "Say what kind of gap it is, and its size.")
    known = await repository.find(uow.session, case_id, ref)
    comparison = Comparison(
        ref=ref,
        customer_way=customer_way,
        gap=gap,
        kind=kind if gap else None,
        size=size if gap else None,
        version=known.version + 1 if known else 1,
    )
    if known is not None and known.says_the_same_as(comparison):
        return ActivityState(ref, activity, known)
    _refuse_stale(known, expected_version)
    await repository.put(uow.session, case_id, comparison)
    finding = "and found a gap" if gap else "and found no gap"
    await note(uow, change, "activity-compared", f"compared {ref} {finding}.")
    return ActivityState(ref, activity, comparison)


async def decide(
    uow: UnitOfWork,
    case_id: str,
    ref: ActivityRef,
    draft: DecisionDraft,
    expected_version: int | None,
) -> ActivityState:
    """Decide what to do about a gap; a new decision replaces the one before.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``activity_unknown``, ``not_compared``,
            ``no_gap_to_decide``, ``until_required``, ``changed_meanwhile``.
    """
    change = await take(uow, case_id, Phase.GAP_ANALYSIS)
    activity = _activity(change.case, ref)
    known = await repository.find(uow.session, case_id, ref)
    if known is None:
        raise Problem(NOT_COMPARED, f"{ref} has to be compared before its gap is decided.")
    if not known.gap:
        raise Problem(NO_GAP_TO_DECIDE, f"{ref} is done as the standard has it.")
    _require_end(draft, today(uow))
    if known.decision is not None and _draft_of(known.decision) == draft:
        return ActivityState(ref, activity, known)
    _refuse_stale(known, expected_version)
    decided = replace(known, version=known.version + 1, decision=_decision(draft, uow))
    await repository.put(uow.session, case_id, decided)
    did = (
        f"recorded the decision on {ref}: {draft.resolution.value.replace('_', ' ')}, by"
        f" {draft.decided_by} ({draft.mandate})."
    )
    await note(uow, change, "gap-decided", did)
    return ActivityState(ref, activity, decided)


def _activity(case: Case, ref: ActivityRef) -> Activity:
    if ref.service in case.service_keys:
        for activity in catalogue().service(ref.service).activities:
            if activity.key == ref.activity:
                return activity
    raise Problem(ACTIVITY_UNKNOWN, f"{ref} is no activity of this case; see its comparisons.")


def _require_end(draft: DecisionDraft, day: date) -> None:
    if draft.resolution is Resolution.EXCEPTION_UNTIL and (
        draft.until is None or draft.until <= day
    ):
        raise Problem(UNTIL_REQUIRED, "Say in `until` on which day ahead the exception ends.")


def _refuse_stale(known: Comparison | None, expected_version: int | None) -> None:
    version = known.version if known else 0
    if expected_version is not None and expected_version != version:
        raise changed_meanwhile("comparison")


def _draft_of(decision: Decision) -> DecisionDraft:
    return DecisionDraft(
        resolution=decision.resolution,
        reason=decision.reason,
        effort_hours=decision.effort_hours,
        price_ore=decision.price_ore,
        until=decision.until,
        decided_by=decision.decided_by,
        mandate=decision.mandate,
    )


def _decision(draft: DecisionDraft, uow: UnitOfWork) -> Decision:
    return Decision(
        resolution=draft.resolution,
        reason=draft.reason,
        effort_hours=draft.effort_hours,
        price_ore=draft.price_ore,
        until=draft.until,
        decided_by=draft.decided_by,
        mandate=draft.mandate,
        decided_at=uow.now,
    )
