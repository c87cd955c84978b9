"""What is known of cases that makes them take time, gathered for one or for many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from services.onboarding.agencies import repository as agencies
from services.onboarding.agencies.domain import Agency
from services.onboarding.cases.domain import Case
from services.onboarding.time_plan import forecast_repository as repository
from services.onboarding.time_plan.complexity import Score, score
from services.onboarding.time_plan.rules import time_plan_rules

GAP_DRIVERS = {"small": "small-gaps", "medium": "medium-gaps", "large": "large-gaps"}


async def scores(session: AsyncSession, cases: Sequence[Case]) -> dict[str, Score]:
    """How complex each case is, from all that is known of it."""
    ids = [case.id for case in cases]
    known = await agencies.find_many(session, {case.org_number for case in cases})
    gaps = await repository.gap_counts(session, ids)
    baselines = await repository.baseline_measures(session, ids)
    rules = time_plan_rules().complexity
    found: dict[str, Score] = {}
    for case in cases:
        measures = agency_measures(known[case.org_number], len(case.services))
        measures |= baselines.get(case.id, {})
        measures |= {GAP_DRIVERS[size]: n for size, n in gaps.get(case.id, {}).items()}
        found[case.id] = score(rules, measures)
    return found


def agency_measures(agency: Agency, services: int) -> dict[str, int]:
    """What the register alone tells of an agency that is to join for some services."""
    years = sorted(agency.facts.years, key=lambda figures: figures.year)
    volumes = next((figures.volumes for figures in reversed(years) if figures.volumes), {})
    return {
        "headcount": agency.headcount,
        "employment-forms": len(agency.facts.employment_forms),
        "local-agreements": len(agency.facts.local_agreements),
        "systems": len(agency.facts.systems),
        "yearly-volume": sum(volumes.values()),
        "services": services,
    }


def gap_points(found: Score) -> Decimal:
    """The points that come from gaps."""
    return points_of(found, GAP_DRIVERS)


def points_of(found: Score, drivers: Mapping[str, str]) -> Decimal:
    """The points of some drivers."""
    wanted = set(drivers.values())
    return sum((part.points for part in found.contributions if part.driver in wanted), Decimal(0))
