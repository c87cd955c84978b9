"""From what was measured of a level in a month to its outcome, and what deviated.

Pure. Every case that failed has a cause and a team; the parts of a level, by team and cause,
sum to its tally. A cause that the agreement gives no credit for takes its cases out of the
credits, never out of the outcome: what was delivered late was late.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.chassis.clock import STOCKHOLM
from services.collab_model.levels.domain import Level, Outcome, Tally, outcome_of
from services.collab_model.levels.measures import (
    HIGHEST_GRADE,
    LOWEST_GRADE,
    ONE_SECOND,
    Availability,
    Promised,
    punctual,
)

WHOLE_LEVEL = "level"
"""Stands, as a subject, for all of a level that no case of its own tells about."""

GOOD = ""
"""Stands where a part has no cause, because nothing failed."""


@dataclass(frozen=True)
class DecidedCase:
    """A round of a matter's clock that was decided in the month.

    ``late_by`` is the service time beyond the target by the month's end; ``team`` is the one
    that had been handed the matter and had it then, absent where none had.
    """

    matter_id: str
    title: str
    priority: str
    level: str
    met: bool
    at: datetime
    late_by: timedelta
    team: str | None = None


@dataclass(frozen=True)
class Stated:
    """What was stated about a deviation: why, with which team, in whose words."""

    cause: str | None = None
    team: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Deviation:
    """A case of a level that failed.

    ``failed`` is its part of the level's tally: 1 for a matter or a delivery, seconds for a
    stop, cases or points for what is left of a level. ``late_by`` is what it took beyond its
    target, in service time for a matter, in days for a delivery.
    """

    level: str
    subject: str
    what: str
    at: datetime | None
    failed: int
    late_by: timedelta | None
    priority: str | None
    cause: str
    team: str
    note: str
    excluded: bool


@dataclass(frozen=True)
class Part:
    """What one team did of a level, and what failed for one cause; of the good, ``GOOD``."""

    team: str
    cause: str
    failed: int
    total: int


@dataclass(frozen=True)
class LevelResult:
    """How a level came out: its outcome, what deviated, and the parts it is made of."""

    outcome: Outcome
    deviations: tuple[Deviation, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Judgement:
    """How deviations are judged.

    ``stated`` answers by level and subject. ``exclusions`` are the causes that give no credit;
    ``not_stated`` stands where nobody has said why, ``team`` where nobody has said with whom.
    """

    stated: Callable[[str, str], Stated]
    exclusions: frozenset[str]
    not_stated: str
    team: str

    def deviation(
        self,
        level: str,
        subject: str,
        what: str,
        *,
        failed: int,
        at: datetime | None = None,
        late_by: timedelta | None = None,
        priority: str | None = None,
        told: Stated | None = None,
    ) -> Deviation:
        """A deviation with what was stated of it; ``told`` is what its own source said."""
        stated, own = self.stated(level, subject), told or Stated()
        cause = stated.cause or own.cause or self.not_stated
        return Deviation(
            level=level,
            subject=subject,
            what=what,
            at=at,
            failed=failed,
            late_by=late_by,
            priority=priority,
            cause=cause,
            team=stated.team or own.team or self.team,
            note=stated.note or own.note,
            excluded=cause in self.exclusions,
        )


def of_clocks(level: Level, cases: Sequence[DecidedCase], judgement: Judgement) -> LevelResult:
    """The result of a time level, from the clocks that were decided."""
    good: dict[str, int] = {}
    deviations = []
    for case in cases:
        told = Stated(team=case.team)
        if case.met:
            team = judgement.stated(level.key, f"matter:{case.matter_id}").team
            team = team or case.team or judgement.team
            good[team] = good.get(team, 0) + 1
            continue
        deviations.append(
            judgement.deviation(
                level.key,
                f"matter:{case.matter_id}",
                case.title,
                failed=1,
                at=case.at,
                late_by=case.late_by,
                priority=case.priority,
                told=told,
            )
        )
    tally = Tally(sum(good.values()), len(cases))
    return _result(outcome_of(level, tally), deviations, good)


def of_readings(
    level: Level, tally: Tally, judgement: Judgement, *, measured: int | None = None
) -> LevelResult:
    """The result of a level whose cases are only counted: a share, or a survey's points."""
    outcome = outcome_of(level, tally, measured=measured)
    deviations = []
    if tally.failed and not outcome.met:
        deviations.append(judgement.deviation(level.key, WHOLE_LEVEL, "", failed=tally.failed))
        return _result(outcome, deviations, {judgement.team: tally.good})
    # A level that was reached has nothing to explain; its few failures stay with the team.
    good = {judgement.team: tally.good} if tally.good else {}
    rest = Part(judgement.team, judgement.not_stated, tally.failed, tally.failed)
    result = _result(outcome, [], good)
    return replace(result, parts=(*result.parts, rest)) if tally.failed else result


def of_survey(
    level: Level, tally: Tally, judgement: Judgement, *, least_answers: int
) -> LevelResult:
    """The result of a survey: its index, unless too few answered for it to be shown.

    Args:
        level: the level.
        tally: the points of all answers.
        judgement: how deviations are judged.
        least_answers: fewer are not shown, so that nobody's answer is.
    """
    answers = tally.total // (HIGHEST_GRADE - LOWEST_GRADE)
    if answers < least_answers:
        return LevelResult(outcome_of(level, Tally(), measured=answers), (), ())
    return of_readings(level, tally, judgement, measured=answers)


def of_deliveries(level: Level, promises: Sequence[Promised], judgement: Judgement) -> LevelResult:
    """The result of punctuality, from what was due in the month."""
    deviations = [
        judgement.deviation(
            level.key,
            f"delivery:{each.key}",
            each.name_sv,
            failed=1,
            at=each.made.at if each.made else None,
            late_by=_days_late(each),
            told=Stated(each.made.cause, None, each.made.note) if each.made else None,
        )
        for each in promises
        if not each.in_time
    ]
    tally = punctual(promises)
    return _result(outcome_of(level, tally), deviations, {judgement.team: tally.good})


def _days_late(promised: Promised) -> timedelta | None:
    if promised.made is None:
        return None
    return promised.made.at.astimezone(STOCKHOLM).date() - promised.due_on


def of_availability(level: Level, found: Availability | None, judgement: Judgement) -> LevelResult:
    """The result of availability; None where no source has said that it was measured."""
    if found is None:
        return LevelResult(outcome_of(level, Tally()), (), ())
    tally = found.tally
    deviations = []
    left = tally.failed
    for each in found.stops:
        # Rounded up to seconds as the whole is, and never more than what is left of it.
        seconds = min(left, -(-each.counted // ONE_SECOND))
        left -= seconds
        if seconds:
            told = Stated(each.stop.cause, None, each.stop.note)
            deviations.append(
                judgement.deviation(
                    level.key,
                    f"stop:{each.stop.id}",
                    each.stop.note,
                    failed=seconds,
                    at=each.stop.start,
                    late_by=each.counted,
                    told=told,
                )
            )
    outcome = outcome_of(level, tally, measured=len(found.stops))
    return _result(outcome, deviations, {judgement.team: tally.good})


def _result(
    outcome: Outcome, deviations: Sequence[Deviation], good: Mapping[str, int]
) -> LevelResult:
    excluded = sum(each.failed for each in deviations if each.excluded)
    return LevelResult(
        replace(outcome, excluded=excluded), tuple(deviations), tuple(_parts(deviations, good))
    )


def _parts(deviations: Iterable[Deviation], good: Mapping[str, int]) -> list[Part]:
    failed: dict[tuple[str, str], int] = {}
    for each in deviations:
        key = (each.team, each.cause)
        failed[key] = failed.get(key, 0) + each.failed
    return [
        *(Part(team, GOOD, 0, count) for team, count in sorted(good.items()) if count),
        *(Part(team, cause, count, count) for (team, cause), count in sorted(failed.items())),
    ]
