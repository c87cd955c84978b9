"""Composition root of collab_model: the only place that wires its capabilities."""

from __future__ import annotations

from pathlib import Path

from services.chassis.service import ServiceSpec
from services.collab_model.agreements.handlers import HANDLERS as AGREEMENT_HANDLERS
from services.collab_model.agreements.timers import TIMERS as AGREEMENT_TIMERS
from services.collab_model.calendars.router import router as calendars_router
from services.collab_model.calendars.router import staff_router as calendars_staff_router
from services.collab_model.calendars.timers import TIMERS as CALENDAR_TIMERS
from services.collab_model.clocks.router import router as clocks_router
from services.collab_model.clocks.router import staff_router as clocks_staff_router
from services.collab_model.following_up.wiring import SHARED as FOLLOWING_UP_SHARED
from services.collab_model.following_up.wiring import STAFF as FOLLOWING_UP_STAFF
from services.collab_model.following_up.wiring import TIMERS as FOLLOWING_UP_TIMERS
from services.collab_model.foresight.wiring import BACKGROUND as FORESIGHT_BACKGROUND
from services.collab_model.foresight.wiring import SHARED as FORESIGHT_SHARED
from services.collab_model.foresight.wiring import STAFF as FORESIGHT_STAFF
from services.collab_model.foresight.wiring import TIMERS as FORESIGHT_TIMERS
from services.collab_model.forums.router import router as forums_router
from services.collab_model.forums.router import staff_router as forums_staff_router
from services.collab_model.forums.timers import TIMERS as FORUM_TIMERS
from services.collab_model.levels.handlers import HANDLERS as LEVEL_HANDLERS
from services.collab_model.levels.router import router as levels_router
from services.collab_model.levels.router import staff_router as levels_staff_router
from services.collab_model.levels.router import upload_router as levels_upload_router
from services.collab_model.levels.timers import TIMERS as LEVEL_TIMERS
from services.collab_model.matters.router import router as matters_router
from services.collab_model.matters.router import staff_router as matters_staff_router
from services.collab_model.matters.timers import TIMERS as MATTER_TIMERS
from services.collab_model.problems import PROBLEMS
from services.collab_model.tables import Base

SPEC = ServiceSpec(
    name="collab_model",
    title="Collaboration model",
    description="Service levels, matters and their clocks, forums, meetings and minutes.",
    base=Base,
    migrations=Path(__file__).parent / "migrations",
    shared=(
        calendars_router,
        matters_router,
        clocks_router,
        levels_router,
        forums_router,
        *FOLLOWING_UP_SHARED,
        *FORESIGHT_SHARED,
    ),
    staff=(
        calendars_staff_router,
        matters_staff_router,
        clocks_staff_router,
        levels_staff_router,
        forums_staff_router,
        levels_upload_router,
        *FOLLOWING_UP_STAFF,
        *FORESIGHT_STAFF,
    ),
    handlers={**AGREEMENT_HANDLERS, **LEVEL_HANDLERS},
    timers={
        **AGREEMENT_TIMERS,
        **CALENDAR_TIMERS,
        **LEVEL_TIMERS,
        **MATTER_TIMERS,
        **FORUM_TIMERS,
        **FOLLOWING_UP_TIMERS,
        **FORESIGHT_TIMERS,
    },
    background=FORESIGHT_BACKGROUND,
    problems=PROBLEMS,
)
