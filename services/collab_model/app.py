"""Composition root of collab_model: the only place that wires its capabilities."""

from __future__ import annotations

from pathlib import Path

from services.chassis.service import ServiceSpec
from services.collab_model.agreements.handlers import HANDLERS
from services.collab_model.agreements.timers import TIMERS as AGREEMENT_TIMERS
from services.collab_model.forums.router import router as forums_router
from services.collab_model.forums.router import staff_router as forums_staff_router
from services.collab_model.forums.timers import TIMERS as FORUM_TIMERS
from services.collab_model.levels.router import router as levels_router
from services.collab_model.levels.router import staff_router as levels_staff_router
from services.collab_model.levels.timers import TIMERS as LEVEL_TIMERS
from services.collab_model.matters.router import router as matters_router
from services.collab_model.matters.timers import TIMERS as MATTER_TIMERS
from services.collab_model.problems import PROBLEMS
from services.collab_model.tables import Base

SPEC = ServiceSpec(
    name="collab_model",
    title="Collaboration model",
    description="Service levels, matters and their clocks, forums, meetings and minutes.",
    base=Base,
    migrations=Path(__file__).parent / "migrations",
    shared=(matters_router, levels_router, forums_router),
    staff=(levels_staff_router, forums_staff_router),
    handlers=HANDLERS,
    timers={**AGREEMENT_TIMERS, **LEVEL_TIMERS, **MATTER_TIMERS, **FORUM_TIMERS},
    problems=PROBLEMS,
)
