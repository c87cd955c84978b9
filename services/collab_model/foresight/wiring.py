"""What foresight puts into the service: its routers, timers and background work."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter

from services.chassis.background import BackgroundWork
from services.chassis.timers import TimerHandler
from services.collab_model.foresight import router, timers, training

SHARED: tuple[APIRouter, ...] = (router.router,)
STAFF: tuple[APIRouter, ...] = (router.staff_router,)
TIMERS: Mapping[str, TimerHandler] = timers.TIMERS
BACKGROUND: tuple[BackgroundWork, ...] = (training.WORK,)
