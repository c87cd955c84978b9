"""The clocks that were decided in a month, as results are made from them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from services.chassis.clock import STOCKHOLM
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.agreements.domain import Agreement
from services.collab_model.calendars.domain import NO_TIME
from services.collab_model.levels import evidence
from services.collab_model.levels.domain import Month
from services.collab_model.levels.results import DecidedCase
from services.collab_model.matters import repository as matters
from services.collab_model.matters.log import LogEntry, MatterEvent
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
    handed = await evidence.handed_to_teams(
        uow.session, agreement.id, month.starts_at(STOCKHOLM), month.ends_at(STOCKHOLM)
    )
    logs = await matters.logs_of(uow.session, handed)
    found = [
        DecidedCase(
            matter_id=decided.matter.id,
            title=decided.matter.title,
            priority=decided.priority.value,
            level=decided.level.key,
            met=decided.met,
            at=decided.at,
            late_by=max(NO_TIME, decided.elapsed - decided.target),
            team=team_with(logs[decided.matter.id].as_known(), decided.at)
            if decided.matter.id in logs
            else None,
        )
        for decided in await decided_in_month(uow, agreement, service, month, terms_known_at)
    ]
    return sorted(found, key=lambda case: (case.at, case.matter_id, case.level))


_TAKEN_BACK_BY = frozenset(
    {MatterEvent.RETURNED_BY_TEAM, MatterEvent.RESOLVED, MatterEvent.CANCELLED}
)


def team_with(entries: Iterable[LogEntry], at: datetime) -> str | None:
    """The team that a matter had been handed to and had until an instant; None where none had.

    What happens at the instant itself comes after it: who resolves a matter had it until then.

    Args:
        entries: the matter's lines that hold, in the order of events.
        at: when a promise about it was kept or broken.
    """
    team = None
    for entry in entries:
        if entry.at >= at:
            break
        if entry.event is MatterEvent.HANDED_TO_TEAM:
            team = entry.counterpart
        elif entry.event in _TAKEN_BACK_BY:
            team = None
    return team
