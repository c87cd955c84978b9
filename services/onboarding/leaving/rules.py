"""Exit terms, tasks, data sets and gates, as ``data/exit.yaml`` has them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Annotated

from pydantic import Field, model_validator

from services.contracts.values import Slug, Value
from services.onboarding.data_files import load
from services.onboarding.leaving.domain import EXIT_ROUTE, ExitPhase, ExitTask, TaskStage
from services.onboarding.leaving.effects import ExitTerms
from services.onboarding.leaving.gate import ExitGate
from services.onboarding.parties import Owner

Percent = Annotated[Decimal, Field(ge=0, le=100)]


class TermsData(Value):
    """Exit terms; ``fixed_share_percent`` by service, ``default`` for the rest."""

    fixed_share_percent: dict[Slug, Percent]
    wind_down_months: Annotated[int, Field(ge=0, le=36)]

    @model_validator(mode="after")
    def _has_a_default(self) -> TermsData:
        if "default" not in self.fixed_share_percent:
            raise ValueError("fixed_share_percent needs a default")
        return self

    def of(self, service: str) -> ExitTerms:
        """The terms of a service."""
        shares = self.fixed_share_percent
        return ExitTerms(shares.get(service, shares["default"]), self.wind_down_months)


class TaskData(Value):
    """A task; ``due`` in days from the last day of all services."""

    key: Slug
    stage: TaskStage
    owner: Owner
    due: Annotated[int, Field(ge=-730, le=730)]
    name: str
    name_sv: str

    def task(self, last_day: date) -> ExitTask:
        """The task of an exit that ends on a day."""
        due_on = last_day + timedelta(days=self.due)
        return ExitTask(self.key, self.stage, self.owner, self.name, self.name_sv, due_on)


class DatasetData(Value):
    """A data set delivered for every ending service."""

    key: Slug
    name: str
    name_sv: str


class ExitRules(Value):
    """How a customer leaves."""

    version: str
    comment_days: Annotated[int, Field(ge=0, le=365)]
    terms: TermsData
    tasks: tuple[TaskData, ...]
    datasets: tuple[DatasetData, ...]
    gates: tuple[ExitGate, ...]

    @model_validator(mode="after")
    def _follow_the_route(self) -> ExitRules:
        steps = tuple((gate.leaves, gate.enters) for gate in self.gates)
        if steps != tuple(pairwise(EXIT_ROUTE)):
            raise ValueError("the gates must follow the phases in order, one for each step")
        return self

    @property
    def dataset_keys(self) -> tuple[str, ...]:
        """The keys of the data sets."""
        return tuple(dataset.key for dataset in self.datasets)

    def gate_out_of(self, phase: ExitPhase) -> ExitGate | None:
        """The gate that an exit in a phase stands before; None at the end."""
        return next((gate for gate in self.gates if gate.leaves is phase), None)


@cache
def exit_rules() -> ExitRules:
    """The rules in ``data/exit.yaml``."""
    return load(ExitRules, "exit.yaml")
