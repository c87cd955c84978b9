"""What collab_model tells of a service in operation.

Facts are stored under their agreement as they come and combined when they are looked
at, so that neither a repeat nor another order of arrival changes the outcome.
"""

from __future__ import annotations

from services.chassis.consumer import Handler
from services.chassis.events import Event
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.collab_model import (
    MatterChanged,
    MatterRaised,
    MatterResolved,
    MatterStatus,
    PeriodClosed,
)
from services.contracts.values import Priority
from services.onboarding.agreements.repository import case_of
from services.onboarding.cases import repository as cases
from services.onboarding.cases.service import touched
from services.onboarding.stabilisation import repository
from services.onboarding.stabilisation.domain import ClosedPeriod, LevelOutcome, Matter

WHO = "The collaboration model"


async def on_period_closed(uow: UnitOfWork, event: PeriodClosed) -> None:
    """Keep a month's outcome; a correction is kept beside it, a repeat changes nothing."""
    period = ClosedPeriod(
        service=event.service,
        period=event.period,
        whole_month=event.whole_month,
        met=event.met,
        results=tuple(
            LevelOutcome(
                result.level,
                result.required_share_percent,
                result.outcome_percent,
                result.measured,
                result.met,
            )
            for result in event.results
        ),
        revision=event.revision,
    )
    known = await repository.find_period(
        uow.session, event.agreement_id, event.service, event.period, event.revision
    )
    if known is not None:
        if known != period:
            uow.audit("period-contradicted", f"{event.agreement_id}/{event.period}")
        return
    await repository.add_period(uow.session, event.agreement_id, period, uow.now)
    outcome = "met its levels" if event.met else "did not meet its levels"
    part = "" if event.whole_month else " (part of a month, which does not count)"
    corrected = ", corrected" if event.revision > 1 else ""
    sentence = f"{event.service} {outcome} in {event.period}{part}{corrected}."
    await _note(uow, event.agreement_id, "period-closed", sentence)


async def on_matter_raised(uow: UnitOfWork, event: MatterRaised) -> None:
    """Keep that a matter was raised; a critical one holds the case until it is resolved."""
    matter = Matter(
        event.matter_id,
        event.service,
        event.priority.value,
        event.raised_at,
        None,
        event.kind.value,
    )
    await repository.put_matter(uow.session, event.agreement_id, matter, None)
    if event.priority is Priority.CRITICAL:
        sentence = f"A critical {event.kind.value} in {event.service} was raised."
        await _note(uow, event.agreement_id, "critical-matter-raised", sentence)


async def on_matter_resolved(uow: UnitOfWork, event: MatterResolved) -> None:
    """Keep that a matter was resolved, also when its raising is yet to be heard of."""
    matter = Matter(
        event.matter_id,
        event.service,
        event.priority.value,
        None,
        event.resolved_at,
        status=MatterStatus.RESOLVED,
    )
    await repository.put_matter(uow.session, event.agreement_id, matter, uow.handled.rank)
    if event.priority is Priority.CRITICAL:
        sentence = f"A critical matter in {event.service} was resolved."
        await _note(uow, event.agreement_id, "critical-matter-resolved", sentence)


async def on_matter_changed(uow: UnitOfWork, event: MatterChanged) -> None:
    """Keep how a matter stands since: reopened, cancelled, waiting, of another priority."""
    matter = Matter(
        event.matter_id,
        event.service,
        event.priority.value,
        event.raised_at,
        event.resolved_at,
        event.kind.value,
        event.status,
    )
    await repository.put_matter(uow.session, event.agreement_id, matter, uow.handled.rank)
    if event.priority is Priority.CRITICAL:
        stands = event.status.value.replace("_", " ")
        sentence = f"A critical {event.kind.value} in {event.service} is now {stands}."
        await _note(uow, event.agreement_id, "critical-matter-changed", sentence)


async def _note(uow: UnitOfWork, agreement_id: str, action: str, sentence: str) -> None:
    case_id = await case_of(uow.session, agreement_id)
    if case_id is not None:
        await cases.add_timeline(uow.session, case_id, uow.now, WHO, action, sentence)
        touched(uow, case_id)


HANDLERS: dict[type[Event], Handler] = {
    PeriodClosed: on_period_closed,
    MatterRaised: on_matter_raised,
    MatterResolved: on_matter_resolved,
    MatterChanged: on_matter_changed,
}
