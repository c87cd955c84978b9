"""What a case is read against: earlier gaps in the same activity, and the standard itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from services.chassis.unit_of_work import UnitOfWork
from services.onboarding.cases.service import acting, get
from services.onboarding.data_files import load
from services.onboarding.gap_analysis import repository
from services.onboarding.gap_analysis.domain import ActivityRef
from services.onboarding.gap_analysis.service import activity_refs, state
from services.onboarding.gap_analysis.similarity import (
    Gap,
    HowDecided,
    SimilarGap,
    how_decided,
    most_similar,
)
from services.onboarding.gap_analysis.standardisation import Score, StandardisationRules, score

CONSIDERED = 500
"""How many of the latest decided gaps in an activity are held against one."""


@dataclass(frozen=True)
class Precedents:
    """The earlier gaps most like one, and how all in the activity were decided.

    ``names_shown``: whether the reader may know whose they were.
    """

    similar: tuple[SimilarGap, ...]
    decided: HowDecided
    names_shown: bool


@dataclass(frozen=True)
class Standardisation:
    """A case's score, whole and by service."""

    rules: StandardisationRules
    whole: Score
    by_service: dict[str, Score]


@cache
def standardisation_rules() -> StandardisationRules:
    """The weights in ``data/standardisation.yaml``."""
    return load(StandardisationRules, "standardisation.yaml")


async def precedents(uow: UnitOfWork, case_id: str, ref: ActivityRef, limit: int) -> Precedents:
    """Earlier decided gaps in an activity of a case the actor may see.

    Those most like the case's own gap come first; while it has none, those decided last.

    Raises:
        Problem: ``not_found``, ``activity_unknown``.
    """
    case = await get(uow, case_id)
    comparison = (await state(uow, case, ref)).comparison
    gap = None
    if comparison is not None and comparison.kind is not None and comparison.size is not None:
        gap = Gap(comparison.kind, comparison.size, comparison.customer_way)
    earlier = await repository.decided_elsewhere(uow.session, case_id, ref, CONSIDERED)
    return Precedents(
        most_similar(gap, earlier, limit), how_decided(earlier), acting(uow).scope is None
    )


async def standardisation(uow: UnitOfWork, case_id: str) -> Standardisation:
    """How near the standard a case the actor may see comes.

    Raises:
        Problem: ``not_found``.
    """
    case = await get(uow, case_id)
    rules = standardisation_rules()
    refs = activity_refs(case)
    comparisons = await repository.of_case(uow.session, case_id)
    return Standardisation(
        rules=rules,
        whole=score(refs, comparisons, rules),
        by_service={
            key: score([ref for ref in refs if ref.service == key], comparisons, rules)
            for key in case.service_keys
        },
    )
