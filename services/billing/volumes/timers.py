"""The durable timer that clears up behind files of volumes."""

from __future__ import annotations

from services.billing.volumes import staging
from services.billing.volumes.taking_in import STAGED_TIMER
from services.chassis.timers import DueTimer
from services.chassis.unit_of_work import UnitOfWork


async def on_staged(uow: UnitOfWork, timer: DueTimer) -> None:
    """A file is through, or nobody has gone on with it: what is staged of it goes."""
    row = await staging.lock(uow.session, timer.key)
    if row is None:
        raise LookupError(f"what is staged of file {timer.key}, which does not exist")
    await staging.clear(uow.session, row.id)
    if row.status == staging.RECEIVING:
        row.status, row.changed_at = staging.FORGOTTEN, uow.now


TIMERS = {STAGED_TIMER: on_staged}
