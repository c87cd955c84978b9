"""The centre's clock. Nothing of it is kept here, so these routes open no unit of work."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from fastapi import APIRouter, Depends, Request

from services.chassis.app import HttpRuntime, requires
from services.chassis.identity import Role
from services.chassis.schemas import Instant, RequestModel, ResponseModel
from services.gateway.parts import GatewayParts
from services.gateway.proxy.door import check_door, check_is_json
from services.gateway.routes import Door
from services.gateway.simulation.service import ClockReading, Mode


class MoveClock(RequestModel):
    """Where to move the clock."""

    to: Instant


class ClockView(ResponseModel):
    """What the centre's clock shows."""

    mode: Mode
    now: datetime

    @classmethod
    def of(cls, reading: ClockReading) -> ClockView:
        """The view of a reading."""
        return cls(mode=reading.mode, now=reading.now)


class Quiet(ResponseModel):
    """Nothing is on its way between the services."""

    quiet: bool = True


async def _staff(request: Request) -> None:
    """What a unit of work's route would see to: a token for this door, and a JSON body."""
    runtime = cast(HttpRuntime, request.app.state.runtime)
    actor = runtime.identity.authenticate(request.headers.get("authorization"))
    check_door(Door.STAFF, actor)
    request.state.actor = actor
    check_is_json(request.headers, await request.body())


router = APIRouter(prefix="/clock", tags=["clock"], dependencies=[Depends(_staff)])

_ADMINISTRATOR = [Depends(requires(Role.ADMINISTRATOR))]


@router.get("")
async def read_clock(parts: GatewayParts) -> ClockView:
    """Whether the centre runs on real or simulated time, and its present."""
    return ClockView.of(await parts.conductor.read())


@router.post("", dependencies=_ADMINISTRATOR)
async def move_clock(body: MoveClock, parts: GatewayParts) -> ClockView:
    """Move simulated time forward; answers once everything due by then has settled.

    Moving to where the clock already stands does no harm, so no Idempotency-Key is needed.
    """
    return ClockView.of(await parts.conductor.advance(body.to))


@router.get("/quiet", dependencies=_ADMINISTRATOR)
async def wait_until_quiet(parts: GatewayParts) -> Quiet:
    """Wait until nothing is on its way between the services."""
    await parts.conductor.wait_until_quiet()
    return Quiet()
