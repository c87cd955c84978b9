"""Readings: what a source measured of one level in one month, and what it may say.

Each kind of measure has its own form: ``good`` of ``total`` for a share, ``stops`` for
availability, ``deliveries`` for punctuality, ``grades`` for satisfaction. Pure: no storage,
no clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from services.chassis.clock import STOCKHOLM
from services.chassis.problems import Problem, ProblemType
from services.collab_model import problems
from services.collab_model.levels.domain import Level, Month, Tally
from services.collab_model.levels.measures import Made, Stop, points
from services.contracts.values import MeasureKind


@dataclass(frozen=True)
class Reading:
    """What a source reports; exactly the members of the level's kind are given.

    ``replaces`` names an earlier reading of the same source that no longer counts.
    """

    source_id: str
    org_number: str
    service: str
    level: str
    period: str
    good: int | None = None
    total: int | None = None
    stops: tuple[Stop, ...] | None = None
    deliveries: tuple[Made, ...] | None = None
    grades: tuple[int, ...] | None = None
    replaces: str | None = None

    @property
    def forms(self) -> frozenset[MeasureKind]:
        """The kinds of measure that its members are of."""
        given = {
            MeasureKind.QUALITY_SHARE: (self.good, self.total) != (None, None),
            MeasureKind.AVAILABILITY: self.stops is not None,
            MeasureKind.PUNCTUALITY: self.deliveries is not None,
            MeasureKind.SATISFACTION: self.grades is not None,
        }
        return frozenset(kind for kind, is_given in given.items() if is_given)

    @property
    def tally(self) -> Tally:
        """The share or the points it tells of; nought of nought for what is counted later."""
        if self.grades is not None:
            return points(self.grades)
        return Tally(self.good or 0, self.total or 0)

    @property
    def content(self) -> dict[str, Any]:
        """Its stops, deliveries and grades as they are kept; two that say the same are equal."""
        kept: dict[str, Any] = {}
        if self.stops is not None:
            kept["stops"] = [_kept_stop(each) for each in self.stops]
        if self.deliveries is not None:
            kept["deliveries"] = [
                {
                    "delivery": each.delivery,
                    "at": _iso(each.at),
                    "cause": each.cause,
                    "note": each.note,
                }
                for each in self.deliveries
            ]
        if self.grades is not None:
            kept["grades"] = list(self.grades)
        return kept


def _kept_stop(stop: Stop) -> dict[str, Any]:
    return {
        "start": _iso(stop.start),
        "end": _iso(stop.end),
        "planned": stop.planned,
        "announced_at": _iso(stop.announced_at),
        "cause": stop.cause,
        "note": stop.note,
    }


def _iso(instant: datetime | None) -> str | None:
    return instant.astimezone(UTC).isoformat() if instant else None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def kept_stops(reading_id: str, content: Mapping[str, Any]) -> list[Stop]:
    """The stops that a kept reading tells of; each is named after it and its place in it."""
    return [
        Stop(
            id=f"{reading_id}:{place}",
            start=datetime.fromisoformat(each["start"]),
            end=_instant(each["end"]),
            planned=each["planned"],
            announced_at=_instant(each["announced_at"]),
            cause=each["cause"],
            note=each["note"],
        )
        for place, each in enumerate(content.get("stops", ()), start=1)
    ]


def kept_deliveries(content: Mapping[str, Any]) -> list[Made]:
    """The deliveries that a kept reading tells of."""
    return [
        Made(each["delivery"], datetime.fromisoformat(each["at"]), each["cause"], each["note"])
        for each in content.get("deliveries", ())
    ]


def check(reading: Reading, level: Level, now: datetime, causes: frozenset[str]) -> None:
    """Refuse a reading that says nothing of its level, or what cannot be.

    Args:
        reading: what was reported.
        level: the level that measures the month.
        now: the present.
        causes: those that can be stated.

    Raises:
        Problem: ``level_measured_from_matters``, ``level_without_measure``,
            ``reading_does_not_fit``, ``delivery_unknown``, ``reading_impossible``,
            ``cause_unknown``.
    """
    if level.is_timed:
        raise _refused(
            problems.LEVEL_MEASURED_FROM_MATTERS,
            reading,
            f"{reading.level} is measured from the clocks of the matters; a reading of it would "
            "have no effect.",
        )
    if level.kind is MeasureKind.PUNCTUALITY and not level.deliveries:
        raise _refused(
            problems.LEVEL_WITHOUT_MEASURE,
            reading,
            f"the agreement names no deliveries for {reading.level}; amend it first.",
        )
    if reading.forms != {level.kind}:
        raise _refused(
            problems.READING_DOES_NOT_FIT,
            reading,
            f"{reading.level} measures {level.kind.value}, for which {_MEMBERS[level.kind]} must "
            "be given and nothing else.",
        )
    _check_known(reading, level, causes)
    _check_possible(reading, now)


_MEMBERS: Mapping[MeasureKind, str] = {
    MeasureKind.QUALITY_SHARE: "good and total",
    MeasureKind.AVAILABILITY: "stops (none: it was up all the time)",
    MeasureKind.PUNCTUALITY: "deliveries",
    MeasureKind.SATISFACTION: "grades",
}


def _check_known(reading: Reading, level: Level, causes: frozenset[str]) -> None:
    known = {each.key for each in level.deliveries}
    for made in reading.deliveries or ():
        if made.delivery not in known:
            raise _refused(
                problems.DELIVERY_UNKNOWN,
                reading,
                f"{reading.level} promises no delivery {made.delivery}; it has "
                f"{', '.join(sorted(known))}.",
            )
    stated = [
        *(stop.cause for stop in reading.stops or ()),
        *(made.cause for made in reading.deliveries or ()),
    ]
    for cause in stated:
        if cause is not None and cause not in causes:
            raise _refused(
                problems.CAUSE_UNKNOWN,
                reading,
                f"{cause} is no cause; use one of {', '.join(sorted(causes))}.",
            )


def _check_possible(reading: Reading, now: datetime) -> None:
    wrong = None
    if reading.forms == {MeasureKind.QUALITY_SHARE} and None in {reading.good, reading.total}:
        wrong = "a share needs both good and total"
    elif (reading.good or 0) > (reading.total or 0):
        wrong = "good cannot be more than total"
    month = Month.parse(reading.period)
    for stop in reading.stops or ():
        wrong = wrong or _impossible(stop, month, now)
    for made in reading.deliveries or ():
        if made.at > now:
            wrong = "a delivery has been made"
    if wrong is not None:
        raise _refused(problems.READING_IMPOSSIBLE, reading, f"{wrong}.")


def _impossible(stop: Stop, month: Month, now: datetime) -> str | None:
    """Why a stop cannot have been, as reported for a month; None when it can."""
    if stop.end is not None and stop.end <= stop.start:
        return "a stop ends after it began"
    if max(stop.start, stop.end or stop.start) > now:
        return "a stop has been; one that lasts has no end yet"
    if stop.planned and (stop.announced_at is None or stop.announced_at > stop.start):
        return "a planned stop was announced before it began"
    ended_before = stop.end is not None and stop.end <= month.starts_at(STOCKHOLM)
    if ended_before or stop.start >= month.ends_at(STOCKHOLM):
        return f"a stop has some part in {month}, the month it is reported for"
    return None


def _refused(kind: ProblemType, reading: Reading, why: str) -> Problem:
    return Problem(kind, f"Reading {reading.source_id}: {why}", id=reading.source_id)


def says_the_same(stored: Sequence[Any], reading: Reading) -> bool:
    """Whether a reading is the one that was kept under its name.

    Args:
        stored: the kept organisation number, service, level, period, good, total, content and
            what it replaces.
        reading: what was reported now.
    """
    tally = reading.tally
    return tuple(stored) == (
        reading.org_number,
        reading.service,
        reading.level,
        reading.period,
        tally.good,
        tally.total,
        reading.content,
        reading.replaces,
    )
