"""What a statement says: a document made of what a month came to.

Pure. The document is plain JSON values; percentages are decimal texts, instants ISO 8601 in
UTC. Two statements of one month differ in what ``difference`` lists.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from services.collab_model.following_up.data import Thresholds
from services.collab_model.following_up.status import misses_in_a_row, status_of, worst
from services.collab_model.levels.domain import Month, Outcome, all_met, plain
from services.collab_model.levels.measures import ONE_SECOND, Availability, Promised
from services.collab_model.levels.month import MonthMeasured
from services.collab_model.levels.results import Deviation
from services.contracts.credits import CreditCalculation, CreditStep

Document = dict[str, Any]

JUDGED = ("met", "deviations", "deliveries", "availability", "credit", "levels")
"""The members that a correction is made for when they come out otherwise."""

_OF_THE_TIME = ("history", "missed_before", "status")
"""What a level says beside its own outcome: it follows from other months."""

HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Head:
    """Whose month it is, and which edition of it this is."""

    agreement_id: str
    org_number: str
    customer_name: str
    service: str
    service_name: str
    service_name_sv: str
    month: Month
    revision: int
    reason: str
    whole_month: bool
    closed_at: datetime


@dataclass(frozen=True)
class PastResult:
    """How a level came out in an earlier month, as it was corrected last.

    ``required_share_percent`` is what was promised then; ``share`` is exact where the month's
    counts were kept, and otherwise what was reported.
    """

    level: str
    period: str
    required_share_percent: Decimal
    outcome_percent: Decimal | None
    share: Fraction | None
    met: bool


@dataclass(frozen=True)
class MatterCounts:
    """How many matters came and went in a month, and how many were open at its end."""

    raised: int
    resolved: int
    open_at_end: int
    by_kind: Mapping[str, int]
    by_priority: Mapping[str, int]


def canonical(document: Mapping[str, Any]) -> str:
    """A document as text that is the same wherever it is made: keys sorted, no spaces."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def fingerprint(text: str) -> str:
    """The SHA-256 of a text's UTF-8 bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def document_of(
    head: Head,
    measured: MonthMeasured,
    counts: MatterCounts,
    history: Sequence[PastResult],
    thresholds: Thresholds,
) -> Document:
    """The statement of a month.

    Args:
        head: whose month it is.
        measured: what it came to.
        counts: its matters.
        history: earlier months, oldest first.
        thresholds: what is green, amber and red.
    """
    levels = [_level(each, history, thresholds) for each in measured.outcomes]
    return {
        **head_of(head),
        "version": measured.version,
        "met": all_met(measured.outcomes),
        "status": worst([each["status"] for each in levels]),
        "levels": levels,
        "deviations": [_deviation(each) for each in measured.deviations],
        "deliveries": [_promised(level, each) for level, each in measured.promises],
        "availability": [_availability(level, each) for level, each in measured.availabilities],
        "matters": {
            "raised": counts.raised,
            "resolved": counts.resolved,
            "open_at_end": counts.open_at_end,
            "by_kind": dict(counts.by_kind),
            "by_priority": dict(counts.by_priority),
        },
        "breaches": len(measured.breaches),
        "excluded_breaches": list(measured.excluded_breaches),
        "credit": credit_of(measured.credit),
        "difference": None,
    }


def head_of(head: Head) -> Document:
    """The members that say whose month it is."""
    return {
        "agreement_id": head.agreement_id,
        "org_number": head.org_number,
        "customer_name": head.customer_name,
        "service": head.service,
        "service_name": head.service_name,
        "service_name_sv": head.service_name_sv,
        "period": str(head.month),
        "revision": head.revision,
        "reason": head.reason or None,
        "whole_month": head.whole_month,
        "closed_at": _iso(head.closed_at),
    }


def _level(outcome: Outcome, history: Sequence[PastResult], thresholds: Thresholds) -> Document:
    level = outcome.level
    past = [each for each in history if each.level == level.key]
    missed_before = misses_in_a_row([each.met for each in past])
    status = status_of(
        level.kind,
        level.required_share_percent,
        outcome.tally.share,
        met=outcome.met,
        missed_before=missed_before,
        thresholds=thresholds,
    )
    return {
        "level": level.key,
        "name": level.name,
        "name_sv": level.name_sv,
        "kind": level.kind.value,
        "required_share_percent": str(level.required_share_percent),
        "outcome_percent": percent_text(outcome.outcome_percent),
        "measured": outcome.measured,
        "good": outcome.tally.good,
        "total": outcome.tally.total,
        "excluded": outcome.excluded,
        "met": outcome.met,
        "status": status.value,
        "missed_before": missed_before,
        "history": [
            {
                "period": each.period,
                "outcome_percent": percent_text(each.outcome_percent),
                "met": each.met,
                "status": status_of(
                    level.kind,
                    each.required_share_percent,
                    each.share,
                    met=each.met,
                    missed_before=misses_in_a_row([earlier.met for earlier in past[:place]]),
                    thresholds=thresholds,
                ).value,
            }
            for place, each in enumerate(past)
        ],
    }


def percent_text(value: Decimal | None) -> str | None:
    """A percentage as a document has it; without the zeros that say nothing."""
    return None if value is None else str(plain(value))


def _deviation(each: Deviation) -> Document:
    return {
        "level": each.level,
        "subject": each.subject,
        "what": each.what,
        "at": _iso(each.at),
        "failed": each.failed,
        "late_by_seconds": None if each.late_by is None else each.late_by // ONE_SECOND,
        "priority": each.priority,
        "cause": each.cause,
        "team": each.team,
        "note": each.note,
        "excluded": each.excluded,
    }


def _promised(level: str, each: Promised) -> Document:
    return {
        "level": level,
        "delivery": each.key,
        "name_sv": each.name_sv,
        "due_on": each.due_on.isoformat(),
        "made_at": _iso(each.made.at) if each.made else None,
        "in_time": each.in_time,
    }


def _availability(level: str, found: Availability) -> Document:
    return {
        "level": level,
        "agreed_seconds": found.agreed // ONE_SECOND,
        "planned_seconds": found.planned // ONE_SECOND,
        "lost_seconds": -(-found.lost // ONE_SECOND),
        "stops": [
            {
                "start": _iso(each.stop.start),
                "end": _iso(each.stop.end),
                "planned": each.stop.planned,
                "left_out_seconds": each.left_out // ONE_SECOND,
                "counted_seconds": -(-each.counted // ONE_SECOND),
                "cause": each.stop.cause,
                "note": each.stop.note,
            }
            for each in found.stops
        ],
    }


def credit_of(calculation: CreditCalculation | None) -> Document | None:
    """The calculation of what a month gives back, step by step."""
    if calculation is None:
        return None
    return {
        "percent": str(plain(calculation.percent)),
        "sum_percent": str(plain(calculation.sum_percent)),
        "cap_percent": str(plain(calculation.cap_percent)),
        "steps": [_step(each) for each in calculation.steps],
    }


def _step(step: CreditStep) -> Document:
    return {
        "ground": step.ground.value,
        "percent": str(plain(step.percent)),
        "count": step.count,
        "percent_each": str(plain(step.percent_each)),
        "level": step.level,
        "missed_by_points": str(plain(points(step.missed_by))),
        "from_points": str(plain(step.band.missed_by_points)) if step.band else None,
    }


def points(value: Fraction) -> Decimal:
    """Percentage points as they are shown: two decimals, a half rounded up."""
    exact = Decimal(value.numerator) / value.denominator
    return exact.quantize(HUNDREDTH, rounding=ROUND_HALF_UP)


def _iso(value: datetime | date | None) -> str | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if value else None


def judged(document: Mapping[str, Any]) -> Document:
    """The part of a statement that a correction is made for when it comes out otherwise."""
    part = {key: document[key] for key in JUDGED}
    part["levels"] = [
        {key: value for key, value in level.items() if key not in _OF_THE_TIME}
        for level in document["levels"]
    ]
    return part


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> Document:
    """What a statement says otherwise than the one it corrects.

    Levels that came out the same are left out; of one that is promised in one of the two only,
    the other half of each pair is None. Deviations are told apart by what they are about, and
    one whose cause changed is among the changed.
    """
    old = {each["level"]: each for each in before["levels"]}
    new = {each["level"]: each for each in after["levels"]}
    told = {_key(each): each for each in before["deviations"]}
    tells = {_key(each): each for each in after["deviations"]}
    return {
        "from_revision": before["revision"],
        "met": _change(before, after, "met"),
        "whole_month": _change(before, after, "whole_month"),
        "credit_percent": _credit_change(before["credit"], after["credit"]),
        "levels": [
            _level_change(old.get(key), new.get(key))
            for key in {**new, **old}
            if _compared(old.get(key)) != _compared(new.get(key))
        ],
        "deviations_added": [tells[key] for key in tells if key not in told],
        "deviations_removed": [told[key] for key in told if key not in tells],
        "deviations_changed": [
            {"before": told[key], "after": tells[key]}
            for key in tells
            if key in told and told[key] != tells[key]
        ],
    }


_PAIRED = ("outcome_percent", "good", "total", "excluded", "met")


def _compared(level: Mapping[str, Any] | None) -> list[Any] | None:
    return None if level is None else [level[name] for name in (*_PAIRED, "measured")]


def _level_change(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Document:
    either: Mapping[str, Any] = new or old or {}
    return {
        "level": either["level"],
        "name_sv": either["name_sv"],
        "kind": either["kind"],
        **{name: [each[name] if each else None for each in (old, new)] for name in _PAIRED},
    }


def _key(deviation: Mapping[str, Any]) -> tuple[str, str, str | None]:
    return deviation["level"], deviation["subject"], deviation["at"]


def _change(before: Mapping[str, Any], after: Mapping[str, Any], name: str) -> list[Any] | None:
    return None if before[name] == after[name] else [before[name], after[name]]


def _credit_change(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> list[str | None] | None:
    old = before["percent"] if before else None
    new = after["percent"] if after else None
    return None if old == new else [old, new]
