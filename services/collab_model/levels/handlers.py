"""Events that tell what was measured."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC

from services.chassis.consumer import Handler, NotYet
from services.chassis.events import Event
from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.levels.measures import Made, Stop
from services.collab_model.levels.readings import Reading
from services.collab_model.levels.reporting import keep_readings
from services.collab_model.problems import SERVICE_NOT_LIVE
from services.contracts.outside import MadeDelivery, MeasuredStop, MeasureReported


async def on_measure_reported(uow: UnitOfWork, event: MeasureReported) -> None:
    """Keep the reading, as if it had come by the API; what is refused is put aside.

    Raises:
        NotYet: the service's go-live has not arrived.
        Problem: the reading is refused.
    """
    try:
        await keep_readings(uow, event.source, [_reading(event)])
    except Problem as refusal:
        if refusal.type is SERVICE_NOT_LIVE:
            raise NotYet(refusal.detail) from refusal
        raise


def _reading(event: MeasureReported) -> Reading:
    return Reading(
        source_id=event.reading_id,
        org_number=event.org_number,
        service=event.service,
        level=event.level,
        period=event.period,
        good=event.good,
        total=event.total,
        stops=None if event.stops is None else tuple(_stop(each) for each in event.stops),
        deliveries=None
        if event.deliveries is None
        else tuple(_made(each) for each in event.deliveries),
        grades=event.grades,
        replaces=event.replaces,
    )


def _stop(stop: MeasuredStop) -> Stop:
    return Stop(
        id="",
        start=stop.started_at.astimezone(UTC),
        end=stop.ended_at.astimezone(UTC) if stop.ended_at else None,
        planned=stop.planned,
        announced_at=stop.announced_at.astimezone(UTC) if stop.announced_at else None,
        cause=stop.cause,
        note=stop.note,
    )


def _made(made: MadeDelivery) -> Made:
    return Made(made.delivery, made.delivered_at.astimezone(UTC), made.cause, made.note)


HANDLERS: Mapping[type[Event], Handler] = {MeasureReported: on_measure_reported}
