"""Results of a closed month as rows, and as what is published of them."""

from __future__ import annotations

from services.chassis.ids import new_id
from services.collab_model.levels.results import LevelResult
from services.collab_model.tables import PeriodResultRow, ResultPartRow
from services.contracts.collab_model import LevelResult as LevelTold


def result_row(period_id: str, position: int, result: LevelResult) -> PeriodResultRow:
    """A level's result as it is kept."""
    outcome = result.outcome
    return PeriodResultRow(
        id=new_id(),
        period_id=period_id,
        level_id=outcome.level.id,
        position=position,
        level=outcome.level.key,
        required_share_percent=outcome.level.required_share_percent,
        outcome_percent=outcome.outcome_percent,
        measured=outcome.measured,
        met=outcome.met,
        good=outcome.tally.good,
        total=outcome.tally.total,
        excluded=outcome.excluded,
    )


def part_rows(row: PeriodResultRow, result: LevelResult) -> list[ResultPartRow]:
    """The parts that a kept result is made of."""
    return [
        ResultPartRow(
            id=new_id(),
            result_id=row.id,
            period_id=row.period_id,
            team=part.team,
            cause=part.cause,
            failed=part.failed,
            total=part.total,
        )
        for part in result.parts
    ]


def told_of(result: LevelResult) -> LevelTold:
    """A level's result as it is published."""
    outcome = result.outcome
    return LevelTold(
        level=outcome.level.key,
        required_share_percent=outcome.level.required_share_percent,
        outcome_percent=outcome.outcome_percent,
        measured=outcome.measured,
        met=outcome.met,
        kind=outcome.level.kind,
        good=outcome.tally.good,
        total=outcome.tally.total,
        excluded=outcome.excluded,
    )


def shown_of(result: PeriodResultRow) -> dict[str, object]:
    """What is published of a kept result."""
    return {
        "level": result.level,
        "required_share_percent": result.required_share_percent,
        "outcome_percent": result.outcome_percent,
        "measured": result.measured,
        "met": result.met,
        "good": result.good,
        "total": result.total,
        "excluded": result.excluded or 0,
    }


def copied(result: PeriodResultRow, period_id: str) -> PeriodResultRow:
    """A kept result as a correction repeats it."""
    return PeriodResultRow(
        id=new_id(),
        period_id=period_id,
        level_id=result.level_id,
        position=result.position,
        level=result.level,
        required_share_percent=result.required_share_percent,
        outcome_percent=result.outcome_percent,
        measured=result.measured,
        met=result.met,
        good=result.good,
        total=result.total,
        excluded=result.excluded,
    )
