"""An activity of a case as it stands, and the commands that change it, without storage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from services.onboarding.cases.domain import Case
from services.onboarding.catalogue.domain import Activity
from services.onboarding.catalogue.service import catalogue
from services.onboarding.gap_analysis.domain import (
    ActivityRef,
    Comparison,
    Decision,
    GapKind,
    GapSize,
    Resolution,
)
from services.onboarding.parties import Party


@dataclass(frozen=True)
class ActivityState:
    """An activity of the standard delivery, and its comparison when it has one.

    ``standard_changed``: the case has moved to another version of the catalogue since the
    comparison, and the activity or who does it is worded otherwise there.
    """

    ref: ActivityRef
    activity: Activity
    comparison: Comparison | None
    standard_changed: bool = False

    @property
    def version(self) -> int:
        """The comparison's version; 0 while there is none."""
        return self.comparison.version if self.comparison else 0


@dataclass(frozen=True)
class ComparisonDraft:
    """How the customer does an activity, as a party puts it."""

    customer_way: str
    gap: bool
    kind: GapKind | None
    size: GapSize | None


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

    def decision(self, at: datetime, by: Party) -> Decision:
        """The decision, recorded by a party at an instant."""
        return Decision(
            resolution=self.resolution,
            reason=self.reason,
            effort_hours=self.effort_hours,
            price_ore=self.price_ore,
            until=self.until,
            decided_by=self.decided_by,
            mandate=self.mandate,
            decided_at=at,
            recorded_by=by,
        )


class GapNotDescribedError(Exception):
    """A gap without its kind or its size."""


class NotComparedError(Exception):
    """A decision on an activity that is not compared."""


class NoGapError(Exception):
    """A decision on an activity that is done as the standard has it."""


class EndMissingError(Exception):
    """An exception without an end ahead."""


class NotAnExceptionError(Exception):
    """An end date of something that is no exception."""


class MandateMissingError(Exception):
    """A decision of nobody, or by no mandate."""


def activities_of(case: Case) -> dict[ActivityRef, Activity]:
    """Every activity of a case's services, in the order of its catalogue."""
    services = catalogue(case.catalogue_version)
    return {
        ActivityRef(key, activity.key): activity
        for key in case.service_keys
        for activity in services.service(key).activities
    }


def states_of(case: Case, comparisons: Sequence[Comparison]) -> list[ActivityState]:
    """Every activity of a case with what is known of it."""
    known = {comparison.ref: comparison for comparison in comparisons}
    return [
        state_of(ref, activity, known.get(ref)) for ref, activity in activities_of(case).items()
    ]


def state_of(ref: ActivityRef, activity: Activity, comparison: Comparison | None) -> ActivityState:
    """An activity with what is known of it."""
    return ActivityState(ref, activity, comparison, _standard_changed(ref, activity, comparison))


def compared(
    known: Comparison | None, ref: ActivityRef, draft: ComparisonDraft, catalogue_version: str
) -> Comparison:
    """The comparison that a draft leads to; the known one where it says nothing new.

    A comparison that has changed has no decision.

    Raises:
        GapNotDescribedError: a gap lacks its kind or size.
    """
    if draft.gap and (draft.kind is None or draft.size is None):
        raise GapNotDescribedError
    comparison = Comparison(
        ref=ref,
        customer_way=draft.customer_way,
        gap=draft.gap,
        kind=draft.kind if draft.gap else None,
        size=draft.size if draft.gap else None,
        version=known.version + 1 if known else 1,
        catalogue_version=catalogue_version,
    )
    if (
        known is not None
        and known.says_the_same_as(comparison)
        and known.catalogue_version == catalogue_version
    ):
        return known
    if known is not None and known.says_the_same_as(comparison):
        # Said again after the case moved on: confirmed, and what was decided still holds.
        return replace(comparison, decision=known.decision)
    return comparison


def decided(
    known: Comparison | None, draft: DecisionDraft, at: datetime, day: date, by: Party
) -> Comparison:
    """The comparison with the decision a draft leads to; the known one where nothing is new.

    Args:
        known: the comparison as it stands.
        draft: the decision.
        at: when it is recorded.
        day: the day in Stockholm then; an exception ends after it.
        by: the party that records it.

    Raises:
        NotComparedError, NoGapError, MandateMissingError, EndMissingError,
        NotAnExceptionError: see there.
    """
    if known is None:
        raise NotComparedError
    if not known.gap:
        raise NoGapError
    if not draft.decided_by.strip() or not draft.mandate.strip():
        raise MandateMissingError
    if draft.resolution is Resolution.EXCEPTION_UNTIL:
        if draft.until is None or draft.until <= day:
            raise EndMissingError
    elif draft.until is not None:
        raise NotAnExceptionError
    decision = draft.decision(at, by)
    if known.decision is not None and known.decision.says_the_same_as(decision):
        return known
    return replace(known, version=known.version + 1, decision=decision)


def shown(state: ActivityState) -> Mapping[str, Any]:
    """An activity as answers and refusals show it, ready for JSON."""
    known, activity = state.comparison, state.activity
    return {
        "service": state.ref.service,
        "activity": state.ref.activity,
        "name": activity.name,
        "name_sv": activity.name_sv,
        "customer_words": activity.customer_words,
        "customer_words_sv": activity.customer_words_sv,
        "standard_sv": activity.standard_sv,
        "accountable": activity.accountable,
        "contributes": activity.contributes,
        "compared": known is not None,
        "version": state.version,
        "customer_way": known.customer_way if known else None,
        "gap": known.gap if known else None,
        "kind": known.kind.value if known and known.kind else None,
        "size": known.size.value if known and known.size else None,
        "catalogue_version": known.catalogue_version if known else None,
        "standard_changed": state.standard_changed,
        "decision": shown_decision(known.decision) if known and known.decision else None,
    }


def shown_decision(decision: Decision) -> Mapping[str, Any]:
    """A decision as answers and refusals show it, ready for JSON."""
    return {
        "decision": decision.resolution.value,
        "reason": decision.reason,
        "effort_hours": decision.effort_hours,
        "price_ore": decision.price_ore,
        "until": decision.until.isoformat() if decision.until else None,
        "decided_by": decision.decided_by,
        "mandate": decision.mandate,
        # As answers write instants.
        "decided_at": decision.decided_at.isoformat().replace("+00:00", "Z"),
        "recorded_by": decision.recorded_by.value if decision.recorded_by else None,
    }


def _standard_changed(ref: ActivityRef, activity: Activity, comparison: Comparison | None) -> bool:
    if comparison is None:
        return False
    try:
        compared_with = catalogue(comparison.catalogue_version).service(ref.service)
        return compared_with.activity(ref.activity) != activity
    except KeyError:
        return True
