"""Plan templates: the tasks every case goes through, and what its services add."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from services.contracts.values import Phase, Slug, Value
from services.onboarding.parties import Owner, Party
from services.onboarding.time_plan.complexity import CLASSES, Complexity
from services.onboarding.time_plan.domain import GO_LIVE, Task
from services.onboarding.time_plan.network import in_order

GENERAL = "general"

PerClass = Annotated[
    tuple[Annotated[int, Field(ge=0, le=5000)], ...], Field(min_length=4, max_length=4)
]
"""A number for each class of complexity, the smallest first."""


class Workstream(StrEnum):
    """The workstreams of the implementation phase."""

    SYSTEMS = "systems"
    DATA = "data"
    PEOPLE = "people"
    COMMUNICATION = "communication"
    SECURITY = "security"


class RoleData(Value):
    """Somebody's part in onboarding work."""

    key: Slug
    party: Party
    name: str
    name_sv: str


class TemplateTask(Value):
    """A task as a template has it."""

    key: Slug
    phase: Phase
    workstream: Workstream | None = None
    owner: Owner
    name: str
    name_sv: str
    days: PerClass
    hours: dict[Slug, PerClass]
    after: tuple[Slug, ...]
    before: tuple[Slug, ...] = ()

    @model_validator(mode="after")
    def _workstreams_belong_to_implementation(self) -> TemplateTask:
        if self.workstream is not None and self.phase is not Phase.IMPLEMENTATION:
            raise ValueError(f"{self.key}: only the implementation phase has workstreams")
        return self


class PlanTemplate(Value):
    """A template: the general one, or what the services that name it add to that."""

    template: Slug
    version: str
    tasks: tuple[TemplateTask, ...]


class PlanTemplates(Value):
    """The general template and the additions; checked to fit together."""

    general: PlanTemplate
    additions: tuple[PlanTemplate, ...]
    roles: tuple[RoleData, ...]

    @model_validator(mode="after")
    def _fit_together(self) -> PlanTemplates:
        known = {role.key for role in self.roles}
        for template in (self.general, *self.additions):
            for task in template.tasks:
                if unknown := set(task.hours) - known:
                    raise ValueError(f"{template.template}/{task.key}: no role {unknown}")
        each = {addition.template: (addition.template,) for addition in self.additions}
        if len(each) != len(self.additions) or GENERAL in each:
            raise ValueError("templates have names of their own")
        tasks = lay_out(self, each, Complexity.SMALL)
        if GO_LIVE not in {task.key for task in tasks}:
            raise ValueError(f"the general template needs the task {GO_LIVE}")
        return self

    @property
    def version(self) -> str:
        """The version of the general template, which names the set."""
        return self.general.version

    def named(self, names: Iterable[str]) -> tuple[PlanTemplate, ...]:
        """The additions among some templates' names.

        Raises:
            KeyError: there is no template of a name.
        """
        known = {addition.template: addition for addition in self.additions}
        return tuple(known[name] for name in names if name != GENERAL)

    @property
    def centre_roles(self) -> tuple[RoleData, ...]:
        """The roles whose hours the centre has to find."""
        return tuple(role for role in self.roles if role.party is Party.CENTRE)


Services = Mapping[str, Sequence[str]]
"""The services of a case, each with the names of its templates."""


def lay_out(
    templates: PlanTemplates, services: Services, complexity: Complexity
) -> tuple[Task, ...]:
    """The tasks of a case, each behind all it waits for.

    A service's own tasks are named after it, ``payroll-parallel-run-1``, so that two
    services with the same additions do not clash.

    Raises:
        Circular: the templates' tasks wait for each other in a circle.
        KeyError: a task waits for one that no template has, or there is no such template.
    """
    found: dict[str, tuple[TemplateTask, str | None, set[str]]] = {
        task.key: (task, None, set(task.after)) for task in templates.general.tasks
    }
    for service, names in services.items():
        for template in templates.named(names):
            _add(found, template, service)
    after = {key: tuple(sorted(waits)) for key, (_, _, waits) in found.items()}
    return tuple(
        _task(key, found[key][0], found[key][1], after[key], complexity) for key in in_order(after)
    )


def days_by_class(templates: PlanTemplates, services: Services) -> Mapping[str, tuple[int, ...]]:
    """Every task's durations in all classes, by the key it has in a case."""
    found = {task.key: task.days for task in templates.general.tasks}
    for service, names in services.items():
        for template in templates.named(names):
            found |= {f"{service}-{task.key}": task.days for task in template.tasks}
    return found


def _add(
    found: dict[str, tuple[TemplateTask, str | None, set[str]]],
    template: PlanTemplate,
    service: str,
) -> None:
    own = {task.key: f"{service}-{task.key}" for task in template.tasks}

    def named(keys: Iterable[str]) -> set[str]:
        return {own.get(key, key) for key in keys}

    for task in template.tasks:
        found[own[task.key]] = (task, service, named(task.after))
    for task in template.tasks:
        for key in named(task.before):
            found[key][2].add(own[task.key])


def _task(
    key: str,
    task: TemplateTask,
    service: str | None,
    after: tuple[str, ...],
    complexity: Complexity,
) -> Task:
    index = CLASSES.index(complexity)
    return Task(
        key=key,
        phase=task.phase,
        workstream=task.workstream.value if task.workstream else None,
        owner=task.owner,
        service=service,
        name=task.name,
        name_sv=task.name_sv,
        days=task.days[index],
        hours={role: hours[index] for role, hours in task.hours.items() if hours[index]},
        after=after,
    )
