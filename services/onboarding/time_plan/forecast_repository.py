"""What forecasts are made from, and the forecasts as they were made, in storage."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.values import Phase
from services.onboarding.tables import (
    BaselineRow,
    CaseRow,
    ComparisonRow,
    ForecastRow,
    PhaseTakenRow,
)
from services.onboarding.time_plan.complexity import Complexity
from services.onboarding.time_plan.forecast import Forecast, ForecastInputs, Range
from services.onboarding.time_plan.history import PhaseTaken


@dataclass(frozen=True)
class StoredForecast:
    """A forecast as it was made, and why it moved since the one before."""

    id: str
    case_id: str
    made_at: datetime
    forecast: Forecast
    points: Decimal
    complexity: Complexity
    moved_working_days: int
    causes: tuple[dict[str, Any], ...]
    inputs: ForecastInputs


async def gap_counts(session: AsyncSession, case_ids: Collection[str]) -> dict[str, dict[str, int]]:
    """How many gaps of each size were found, by case."""
    rows = await session.execute(
        select(ComparisonRow.case_id, ComparisonRow.size, func.count())
        .where(
            ComparisonRow.case_id.in_(case_ids), ComparisonRow.gap, ComparisonRow.size.is_not(None)
        )
        .group_by(ComparisonRow.case_id, ComparisonRow.size)
    )
    found: dict[str, dict[str, int]] = {}
    for case_id, size, count in rows:
        found.setdefault(case_id, {})[str(size)] = count
    return found


async def baseline_measures(
    session: AsyncSession, case_ids: Collection[str]
) -> dict[str, dict[str, int]]:
    """Systems to be left and units a year, by case that has a baseline."""
    rows = await session.execute(
        select(BaselineRow.case_id, BaselineRow.systems, BaselineRow.volumes).where(
            BaselineRow.case_id.in_(case_ids)
        )
    )
    return {
        case_id: {
            "systems": len(systems),
            "yearly-volume": sum(sum(units.values()) for units in volumes.values()),
        }
        for case_id, systems, volumes in rows
    }


async def add_phase_taken(session: AsyncSession, taken: PhaseTaken, at: datetime) -> None:
    """Note how long a phase took; a phase passed again adds to what it took before."""
    row = await session.get(PhaseTakenRow, (taken.case_id, taken.phase.value))
    if row is not None:
        row.actual_days += taken.actual_days
        row.left_at = at
    else:
        session.add(
            PhaseTakenRow(
                case_id=taken.case_id,
                phase=taken.phase.value,
                planned_days=taken.planned_days,
                actual_days=taken.actual_days,
                left_at=at,
            )
        )
    await session.flush()


async def phases_taken(session: AsyncSession, latest_cases: int) -> Sequence[PhaseTaken]:
    """How long the phases of the latest completed cases took."""
    completed = (
        select(CaseRow.id)
        .where(CaseRow.phase == Phase.STABLE.value)
        .order_by(CaseRow.phase_entered_at.desc(), CaseRow.id)
        .limit(latest_cases)
    )
    rows = await session.execute(
        select(
            PhaseTakenRow.case_id,
            PhaseTakenRow.phase,
            PhaseTakenRow.planned_days,
            PhaseTakenRow.actual_days,
        )
        .where(PhaseTakenRow.case_id.in_(completed))
        .order_by(PhaseTakenRow.case_id, PhaseTakenRow.phase)
    )
    return [
        PhaseTaken(case, Phase(phase), planned, actual) for case, phase, planned, actual in rows
    ]


async def add_forecast(session: AsyncSession, forecast: StoredForecast) -> None:
    """Store a forecast as the case's latest."""
    await session.execute(
        update(ForecastRow)
        .where(ForecastRow.case_id == forecast.case_id, ForecastRow.latest)
        .values(latest=False)
    )
    live, stable = forecast.forecast.go_live, forecast.forecast.stable
    session.add(
        ForecastRow(
            id=forecast.id,
            case_id=forecast.case_id,
            latest=True,
            made_at=forecast.made_at,
            live_p10=live.p10,
            live_p50=live.p50,
            live_p90=live.p90,
            stable_p10=stable.p10,
            stable_p50=stable.p50,
            stable_p90=stable.p90,
            points=forecast.points,
            complexity=forecast.complexity.value,
            moved_working_days=forecast.moved_working_days,
            causes=list(forecast.causes),
            inputs=forecast.inputs.model_dump(mode="json"),
        )
    )
    await session.flush()


async def latest_forecast(session: AsyncSession, case_id: str) -> StoredForecast | None:
    """The forecast of a case in force, when one was made."""
    row = await session.scalar(
        select(ForecastRow).where(ForecastRow.case_id == case_id, ForecastRow.latest)
    )
    return _forecast(row) if row else None


async def forecasts(
    session: AsyncSession, case_id: str, after: str | None, limit: int
) -> Sequence[StoredForecast]:
    """A case's forecasts, the newest first, behind the given one."""
    query = select(ForecastRow).where(ForecastRow.case_id == case_id)
    if after is not None:
        query = query.where(ForecastRow.id < after)
    rows = await session.scalars(query.order_by(ForecastRow.id.desc()).limit(limit))
    return [_forecast(row) for row in rows]


def _forecast(row: ForecastRow) -> StoredForecast:
    return StoredForecast(
        id=row.id,
        case_id=row.case_id,
        made_at=row.made_at,
        forecast=Forecast(
            Range(row.live_p10, row.live_p50, row.live_p90),
            Range(row.stable_p10, row.stable_p50, row.stable_p90),
        ),
        points=row.points,
        complexity=Complexity(row.complexity),
        moved_working_days=row.moved_working_days,
        causes=tuple(row.causes),
        inputs=ForecastInputs.model_validate(row.inputs),
    )
