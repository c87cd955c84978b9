"""Training before go-live: who has to be trained, in which courses, and how many were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil


@dataclass(frozen=True)
class TrainingRole:
    """A role whose people have to be trained.

    Attributes:
        services: asked only for these; empty stands for every service.
        required_share_percent: how many of those to be trained, at the least.
    """

    key: str
    name: str
    name_sv: str
    services: tuple[str, ...]
    required_share_percent: Decimal

    def concerns(self, service: str) -> bool:
        """Whether the role has to be trained for a service."""
        return not self.services or service in self.services


@dataclass(frozen=True)
class Course:
    """A course for a role: planned, then held or cancelled; ``trained`` counts people."""

    id: str
    service: str
    role: str
    title: str
    planned_on: date
    held_on: date | None = None
    trained: int | None = None
    cancelled_because: str | None = None

    @property
    def is_open(self) -> bool:
        """Neither held nor cancelled."""
        return self.held_on is None and self.cancelled_because is None


TrainingNeeds = Mapping[tuple[str, str], int]
"""How many are to be trained, by service and role."""


@dataclass(frozen=True)
class RoleStanding:
    """How far the training of a role for a service has come; ``to_be_trained`` may be unsaid."""

    service: str
    role: TrainingRole
    to_be_trained: int | None
    trained: int

    @property
    def required(self) -> int | None:
        """How many have to be trained at the least: the share, rounded up to a person."""
        if self.to_be_trained is None:
            return None
        return ceil(self.to_be_trained * Fraction(self.role.required_share_percent) / 100)

    @property
    def holds(self) -> bool:
        """Whether enough are trained."""
        return self.required is not None and self.trained >= self.required


def standings(
    roles: Iterable[TrainingRole],
    services: Sequence[str],
    needs: TrainingNeeds,
    courses: Iterable[Course],
) -> tuple[RoleStanding, ...]:
    """How far each role's training has come for each service it concerns."""
    trained: dict[tuple[str, str], int] = {}
    for course in courses:
        if course.trained is not None:
            key = (course.service, course.role)
            trained[key] = trained.get(key, 0) + course.trained
    return tuple(
        RoleStanding(
            service, role, needs.get((service, role.key)), trained.get((service, role.key), 0)
        )
        for service in services
        for role in roles
        if role.concerns(service)
    )
