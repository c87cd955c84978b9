"""What a matter's log tells late, about months that may be closed."""

from __future__ import annotations

from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.calendars.service import day_of
from services.collab_model.levels import periods
from services.collab_model.levels.domain import Month
from services.collab_model.matters.domain import places_of
from services.collab_model.matters.log import MatterLog


async def follow_late(uow: UnitOfWork, agreement_id: str, log: MatterLog) -> None:
    """Have the closed months looked at again that a log's newest line may be about.

    That is every month since it happened, or since what it corrects did: a late answer
    moves when a clock was decided, and with it the month in which it counts.
    """
    entry = log.last
    corrected = log.find(entry.corrects) if entry.corrects is not None else None
    since = min(each.at for each in (entry, corrected) if each is not None)
    month, present = Month.of(day_of(since)), Month.of(day_of(uow.now))
    while month < present:
        for service in sorted({place.service for place in places_of(log.entries)}):
            await periods.look_again(uow, agreement_id, service, month)
        month = month.next
