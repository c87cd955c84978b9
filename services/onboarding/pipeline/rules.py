"""The pipeline's data file: the board's lights, and how the planner works."""

from __future__ import annotations

from functools import cache
from typing import Annotated

from pydantic import Field

from services.contracts.values import Value
from services.onboarding.data_files import load
from services.onboarding.pipeline.lights import LightRules
from services.onboarding.pipeline.model import DeadlineKind


class Solver(Value):
    """How long the solver looks; see ``PlannerSettings``."""

    seconds: Annotated[float, Field(gt=0, le=600)]
    rounds: Annotated[int, Field(ge=1, le=1000)]
    neighbourhood: Annotated[int, Field(ge=2, le=200)]
    effort: Annotated[float, Field(gt=0, le=100)]
    seed: int


class PlannerRules(Value):
    """How the planner works."""

    horizon_weeks: Annotated[int, Field(ge=52, le=520)]
    weights: dict[DeadlineKind, Annotated[int, Field(ge=1, le=100)]]
    solver: Solver
    runs: Annotated[int, Field(ge=50, le=5000)]
    claim_seconds: Annotated[int, Field(ge=10)]
    attempts: Annotated[int, Field(ge=1)]
    kept_plans: Annotated[int, Field(ge=1)]


class PipelineRules(Value):
    """The whole file."""

    lights: LightRules
    planner: PlannerRules


@cache
def pipeline_rules() -> PipelineRules:
    """The rules in ``data/pipeline.yaml``."""
    return load(PipelineRules, "pipeline.yaml")
