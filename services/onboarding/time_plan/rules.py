"""The time plan's data files: templates, complexity, and how forecasts are made."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from decimal import Decimal
from functools import cache
from typing import Annotated

from pydantic import Field, model_validator

from services.contracts.values import Value
from services.onboarding.catalogue.domain import Catalogue
from services.onboarding.catalogue.service import catalogues
from services.onboarding.data_files import DATA, load
from services.onboarding.time_plan.complexity import CLASSES, Complexity, ComplexityRules
from services.onboarding.time_plan.forecast import Spread
from services.onboarding.time_plan.template import (
    GENERAL,
    PlanTemplate,
    PlanTemplates,
    RoleData,
    Services,
    lay_out,
)

FOLDER = "plan_templates"


class RatioBounds(Value):
    """Between what a single case's ratio is kept."""

    least: Annotated[Decimal, Field(gt=0)]
    most: Annotated[Decimal, Field(gt=0)]


class Weekly(Value):
    """A time of the week, in Stockholm; Monday is 0."""

    weekday: Annotated[int, Field(ge=0, le=6)]
    at: time


class ForecastRules(Value):
    """How forecasts are made."""

    runs: Annotated[int, Field(ge=50, le=5000)]
    spread: dict[Complexity, Spread]
    template_weighs_as_cases: Annotated[int, Field(ge=1)]
    ratio_within: RatioBounds
    latest_cases: Annotated[int, Field(ge=1)]
    quiet_minutes: Annotated[int, Field(ge=0)]
    weekly: Weekly

    @model_validator(mode="after")
    def _spread_for_every_class(self) -> ForecastRules:
        if set(self.spread) != set(CLASSES):
            raise ValueError("spread: give every class")
        return self


class TimePlanRules(Value):
    """What a time plan has to keep to."""

    minimum_weeks: Annotated[int, Field(ge=1)]
    roles: tuple[RoleData, ...]
    complexity: ComplexityRules
    forecast: ForecastRules


@cache
def time_plan_rules() -> TimePlanRules:
    """The rules in ``data/time_plan.yaml``."""
    return load(TimePlanRules, "time_plan.yaml")


def templates_of(catalogue: Catalogue, services: Iterable[str]) -> Services:
    """Some services of a catalogue, each with the names of its templates."""
    return {key: catalogue.service(key).implementation_templates for key in services}


@cache
def plan_templates() -> PlanTemplates:
    """The templates in ``data/plan_templates``, checked to fit together and the catalogue.

    Raises:
        KeyError: a service of the catalogue names a template that is not there.
    """
    found = [
        load(PlanTemplate, FOLDER, path.name) for path in sorted((DATA / FOLDER).glob("*.yaml"))
    ]
    templates = PlanTemplates(
        general=next(template for template in found if template.template == GENERAL),
        additions=tuple(template for template in found if template.template != GENERAL),
        roles=time_plan_rules().roles,
    )
    for version in catalogues().versions:
        lay_out(
            templates,
            templates_of(version, [service.key for service in version.services]),
            Complexity.SMALL,
        )
    return templates
