"""``data/foresight.yaml``, read once and checked."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field

from services.contracts.values import LocalTime

FILE = Path(__file__).parents[1] / "data" / "foresight.yaml"


class Trait(StrEnum):
    """What matters can have in common."""

    SERVICE = "service"
    PRIORITY = "priority"
    KIND = "kind"


class _Checked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class WhatIfRules(_Checked):
    """How much one question may be about."""

    most_matters: Annotated[int, Field(ge=1)]
    most_months: Annotated[int, Field(ge=1, le=120)]


class TrainingRules(_Checked):
    """When curves are estimated, and from what."""

    day: Annotated[int, Field(ge=1, le=28)]
    time: LocalTime
    history_days: Annotated[int, Field(ge=1)]
    most_matters: Annotated[int, Field(ge=1)]
    least_ended_matters: Annotated[int, Field(ge=1)]
    held_out_days: Annotated[int, Field(ge=1)]
    settling_days: Annotated[int, Field(ge=0)]
    checkpoints_percent: tuple[Annotated[int, Field(ge=0, le=99)], ...]
    kept_curves: Annotated[int, Field(ge=1)]
    attempts: Annotated[int, Field(ge=1)]
    claim_seconds: Annotated[int, Field(ge=30)]


class ForesightRules(_Checked):
    """The whole file."""

    what_if: WhatIfRules
    training: TrainingRules
    groups: Annotated[tuple[tuple[Trait, ...], ...], Field(min_length=1)]
    least_ended: Annotated[int, Field(ge=1)]
    least_at_risk: Annotated[int, Field(ge=1)]


@cache
def rules() -> ForesightRules:
    """The rules of foresight.

    Raises:
        pydantic.ValidationError: the file does not fit; the service does not start.
    """
    return ForesightRules.model_validate(yaml.safe_load(FILE.read_text("utf-8")))
