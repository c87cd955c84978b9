"""Which ways back a case has, and what each reopens (``data/send_back.yaml``)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from services.contracts.values import Phase, Slug, Value
from services.onboarding.cases.domain import ROUTE

Reopenable = Literal[
    "letter-signatures", "fee-indication", "agreement", "readiness", "go-decisions"
]
"""Kinds of things that ``Case.counts`` is asked about."""

GAP_DECISIONS = "gap-decisions"
"""What the gap decisions that a command names are called among the reopened."""


class WayBack(Value):
    """A step back that a case may take, and what it reopens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    origin: Annotated[Phase, Field(alias="from")]
    to: Phase
    reopens: tuple[Reopenable, ...]

    @model_validator(mode="after")
    def _goes_back(self) -> WayBack:
        if ROUTE.index(self.to) >= ROUTE.index(self.origin):
            raise ValueError(f"{self.to} does not lie before {self.origin}")
        return self


class Cause(Value):
    """Why a case is sent back, and what that reopens besides."""

    key: Slug
    name: str
    name_sv: str
    reopens: tuple[Reopenable, ...]


class SendBackRules(Value):
    """The ways and causes of ``data/send_back.yaml``."""

    version: str
    ways: tuple[WayBack, ...]
    causes: tuple[Cause, ...]

    def from_phase(self, phase: Phase) -> tuple[Phase, ...]:
        """Where a case in a phase can be sent back to."""
        return tuple(way.to for way in self.ways if way.origin is phase)

    def reopened(self, origin: Phase, to: Phase, cause: str) -> frozenset[str] | None:
        """What a step back reopens; None when there is no such way or cause."""
        ways = [way for way in self.ways if (way.origin, way.to) == (origin, to)]
        causes = [known for known in self.causes if known.key == cause]
        if not ways or not causes:
            return None
        return frozenset((*ways[0].reopens, *causes[0].reopens))
