"""The clocks that were decided in a month, as results are made from them."""

from __future__ import annotations

from datetime import datetime

from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.agreements.domain import Agreement
from services.collab_model.calendars.domain import NO_TIME
from services.collab_model.levels.domain import Month
from services.collab_model.levels.results import DecidedCase
from services.collab_model.matters.measuring import decided_in_month


async def decided_cases(
    uow: UnitOfWork,
    agreement: Agreement,
    service: str,
    month: Month,
    terms_known_at: datetime | None = None,
) -> list[DecidedCase]:
    """The clocks of a service's matters that were decided in a month, in order of time.

    Calendars and rules count as they were known at ``terms_known_at``; absent: as known now.
    """
    found = [
        DecidedCase(
            matter_id=decided.matter.id,
            title=decided.matter.title,
            priority=decided.priority.value,
            level=decided.level.key,
            met=decided.met,
            at=decided.at,
            late_by=max(NO_TIME, decided.elapsed - decided.target),
        )
        for decided in await decided_in_month(uow, agreement, service, month, terms_known_at)
    ]
    return sorted(found, key=lambda case: (case.at, case.matter_id, case.level))
