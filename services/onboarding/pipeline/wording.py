"""Why an agency stands where it does in a plan, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from services.onboarding.pipeline.model import (
    TENTHS,
    Blocked,
    Cause,
    DeadlineKind,
    Extra,
    Job,
    PlannedJob,
)
from services.onboarding.pipeline.weeks import DAYS, week_name


class Calendar:
    """Weeks of a plan as days and names."""

    def __init__(self, first_monday: date) -> None:
        self._first = first_monday

    def day(self, week: int) -> date:
        """The Monday of a week."""
        return self._first + timedelta(days=DAYS * week)

    def name(self, week: int) -> str:
        """A week as ``2026-W05``."""
        return week_name(self.day(week))

    def span(self, first: int, last: int) -> str:
        """One week, or from one to another."""
        if first == last:
            return f"week {self.name(first)}"
        return f"weeks {self.name(first)} to {self.name(last)}"


def told(job: Job, planned: PlannedJob, names: Mapping[str, str], calendar: Calendar) -> str:
    """Where a job stands and why.

    Args:
        job: what was to be placed.
        planned: where it was placed.
        names: the agencies' names by job.
        calendar: of the plan.
    """
    if planned.start is None or planned.live is None:
        return f"{job.name} is not in the plan: {_reason(job, planned, names, calendar)}"
    parts = [_when(job, planned, calendar), _reason(job, planned, names, calendar)]
    if planned.stretched_weeks:
        parts.append(
            f"It takes {planned.stretched_weeks} weeks longer than its own work, since the"
            " centre never has enough people in one role to go faster."
        )
    if planned.late_weeks and planned.extra:
        parts.append(f"With {_hours(planned.extra, calendar)} it would be in time.")
    elif planned.late_weeks:
        parts.append("No further hours would make it in time; the deadline would have to move.")
    return " ".join(part for part in parts if part)


def _when(job: Job, planned: PlannedJob, calendar: Calendar) -> str:
    live = calendar.day(planned.live or 0)
    if job.deadline is None:
        return f"It can go live on {live}; no deadline binds it."
    what = "obliged" if job.deadline_kind is DeadlineKind.OBLIGATION else "wished"
    if planned.late_weeks:
        return (
            f"It goes live on {live}, {planned.late_weeks} weeks after the {what} {job.deadline}."
        )
    return f"It can go live on {live}, in time for the {what} {job.deadline}."


def _reason(job: Job, planned: PlannedJob, names: Mapping[str, str], calendar: Calendar) -> str:
    cause = planned.cause
    if cause is Cause.NO_CAPACITY:
        return "a role that it needs has no hours at all."
    if cause is Cause.BEYOND_HORIZON:
        return "it does not fit before the plan's last week."
    if cause is Cause.NOTHING:
        return "It begins as early as it can."
    if cause is Cause.OWN_DURATION:
        return (
            f"It begins as early as it can, and its own way takes {job.weeks_to_live} weeks"
            " until go-live."
        )
    waits = _listed([names[key] for key in planned.waits_for])
    blocked = _blocked(planned.blocked, calendar)
    if cause is Cause.DEADLINE_PRIORITY:
        return (
            f"It waits for hours of {blocked}, which go to those with a weightier or earlier"
            f" deadline: {waits}."
        )
    if not waits:
        return f"It waits for hours of {blocked}, of which there are too few."
    return f"It waits for hours of {blocked}, which are taken by {waits}."


def _blocked(blocked: Sequence[Blocked], calendar: Calendar) -> str:
    return _listed(
        [f"{each.role} in {calendar.span(each.from_week, each.to_week)}" for each in blocked[:3]]
    )


def _hours(extra: Sequence[Extra], calendar: Calendar) -> str:
    by_role: dict[str, tuple[int, int, int]] = {}
    for each in extra:
        tenths, first, last = by_role.get(each.role, (0, each.from_week, each.to_week))
        tenths += each.tenths_a_week * (each.to_week - each.from_week + 1)
        by_role[each.role] = (tenths, min(first, each.from_week), max(last, each.to_week))
    return _listed(
        [
            f"{-(-tenths // TENTHS)} more hours of {role} in {calendar.span(first, last)}"
            for role, (tenths, first, last) in by_role.items()
        ]
    )


def _listed(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
