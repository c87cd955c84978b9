"""What following up puts into the service: its routers and timers."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter

from services.chassis.timers import TimerHandler
from services.collab_model.following_up.attainment import router as attainment
from services.collab_model.following_up.causes import router as causes
from services.collab_model.following_up.risks import router as risks
from services.collab_model.following_up.statements import router as statements
from services.collab_model.following_up.tertials import router as tertials
from services.collab_model.following_up.tertials.timers import TIMERS as TERTIAL_TIMERS

SHARED: tuple[APIRouter, ...] = (
    causes.router,
    statements.router,
    risks.router,
    tertials.router,
)
STAFF: tuple[APIRouter, ...] = (
    causes.staff_router,
    risks.staff_router,
    tertials.staff_router,
    attainment.staff_router,
)
TIMERS: Mapping[str, TimerHandler] = TERTIAL_TIMERS
