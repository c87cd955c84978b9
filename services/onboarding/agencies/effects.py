"""What life events do to cases and agreements: foreseen, carried out, and undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.onboarding import CaseWithdrawn
from services.contracts.values import EndReason, LifeEventKind
from services.onboarding.agencies import (
    life_event_repository,
    passings,
    succession_repository,
)
from services.onboarding.agencies.history import LifeEvent
from services.onboarding.agencies.succession import (
    CaseHeld,
    Consequence,
    Effect,
    Passing,
    consequences,
    party_passes,
    taken_over,
    undone,
)
from services.onboarding.agreements import calendar_repository
from services.onboarding.agreements import calendar_service as calendar
from services.onboarding.agreements import repository as agreements
from services.onboarding.agreements.domain import Ending, newest_signed
from services.onboarding.agreements.events import agreement_ended, record_of_case
from services.onboarding.cases import repository as cases
from services.onboarding.cases.domain import Case, CaseStatus
from services.onboarding.cases.service import Change, changed_meanwhile, note, today, touched
from services.onboarding.cases.timeline import Reference
from services.onboarding.parties import Party

_ACTIONS = {
    LifeEventKind.RENAMED: "agency-renamed",
    LifeEventKind.MERGED: "agency-merged",
    LifeEventKind.SPLIT: "agency-split",
    LifeEventKind.CLOSED: "agency-closed",
    LifeEventKind.MOVED: "agency-moved",
}


@dataclass(frozen=True)
class _Cause:
    """Why something happens to a case: the record, and the day it takes effect."""

    life_event_id: str
    kind: LifeEventKind
    from_org: str
    effective_on: date
    successors: tuple[str, ...]

    @classmethod
    def of(cls, event: LifeEvent) -> _Cause:
        return cls(event.id, event.kind, event.org_number, event.effective_on, event.successors)


async def foreseen(uow: UnitOfWork, event: LifeEvent) -> tuple[Consequence, ...]:
    """What a life event would do if it took effect with the cases as they are now."""
    held = await succession_repository.cases_of(uow.session, event.org_number)
    if event.kind is not LifeEventKind.MERGED:
        return consequences(event, held)
    taken = await succession_repository.open_services(uow.session, event.successors[0])
    taking_part = await succession_repository.further_party(uow.session, event.org_number)
    return (
        *consequences(event, held, taken),
        *(party_passes(event, case_id, agreement_id) for case_id, agreement_id in taking_part),
    )


async def carry_out(uow: UnitOfWork, event: LifeEvent) -> tuple[Consequence, ...]:
    """Do what a life event does on its day; each effect is in its case's timeline.

    Returns:
        what was done, or is left for the centre to decide.
    """
    done = await foreseen(uow, event)
    cause = _Cause.of(event)
    await _do(uow, cause, done)
    if event.kind is LifeEventKind.MERGED:
        for case in await succession_repository.cases_of(uow.session, event.org_number):
            await _pass(uow, cause, case, event.successors[0])
    if event.kind is LifeEventKind.SPLIT:
        done = await _carry_out_decisions(uow, event, done)
    return done


async def _carry_out_decisions(
    uow: UnitOfWork, event: LifeEvent, planned: Sequence[Consequence]
) -> tuple[Consequence, ...]:
    """Do what was decided while the split lay ahead; the rest waits for a decision."""
    done = list(planned)
    known = await life_event_repository.passings(uow.session, life_event_id=event.id)
    for passing in known:
        if passing.withdrawn_at is None and not passing.applied:
            done = [effect for effect in done if effect.case_id != passing.case_id]
            done += await carry_out_decision(uow, event, passing)
    return tuple(done)


async def carry_out_decision(
    uow: UnitOfWork, event: LifeEvent, passing: Passing
) -> tuple[Consequence, ...]:
    """Give one case to the successor that the centre has settled on after a split."""
    held = await succession_repository.cases_of(uow.session, event.org_number)
    await life_event_repository.mark_passing(uow.session, passing.id, applied=True)
    await passings.tell(uow, passing)  # what was signed since the decision goes along
    case = next((case for case in held if case.id == passing.case_id), None)
    if case is None or passing.to_org == event.org_number:
        return ()
    found = await plan_decision(uow, event, case, passing.to_org)
    await _do(uow, _Cause.of(event), found)
    await _move(uow, case, passing.to_org)
    return found


async def plan_decision(
    uow: UnitOfWork, event: LifeEvent, case: CaseHeld, to_org: str
) -> tuple[Consequence, ...]:
    """What giving a case to a successor after a split does."""
    if to_org == event.org_number:
        return ()
    taken = await succession_repository.open_services(uow.session, to_org)
    return tuple(taken_over(case, to_org, event.effective_on, taken))


async def undo(
    uow: UnitOfWork, event: LifeEvent, done: Sequence[Consequence]
) -> tuple[Consequence, ...]:
    """Take back what a record did that turned out to be wrong, as far as it can be."""
    standing = [
        passing
        for passing in await life_event_repository.passings(uow.session, life_event_id=event.id)
        if passing.withdrawn_at is None
    ]
    held: dict[str, CaseHeld] = {}
    for passing in standing:
        await _return(uow, passing)
    for case in await succession_repository.cases_of(uow.session, event.org_number):
        held[case.id] = case
    back = undone(
        event,
        _all_done(event, done, standing, held),
        {passing.case_id for passing in standing},
        {case_id for case_id, case in held.items() if case.live},
    )
    await _do(uow, _Cause.of(event), back)
    return back


async def forget(uow: UnitOfWork, event: LifeEvent) -> None:
    """Drop what was decided for a record that was corrected before its day."""
    for passing in await life_event_repository.passings(uow.session, life_event_id=event.id):
        if passing.withdrawn_at is None:
            await passings.withdraw(uow, passing)


def _all_done(
    event: LifeEvent,
    done: Sequence[Consequence],
    standing: Sequence[Passing],
    held: dict[str, CaseHeld],
) -> list[Consequence]:
    """What a record did, with what was decided later on after a split."""
    found = list(done)
    told = {effect.case_id for effect in done if effect.effect is Effect.CASE_PASSES}
    for passing in standing:
        case = held.get(passing.case_id)
        if passing.decided and case is not None and passing.case_id not in told:
            found += taken_over(case, passing.to_org, event.effective_on, ())
    return found


async def _do(uow: UnitOfWork, cause: _Cause, effects: Sequence[Consequence]) -> None:
    """Carry effects out but for the passing itself, and tell each in its case's timeline."""
    changes: dict[str, Change] = {}
    for effect in effects:
        if effect.case_id not in changes:
            changes[effect.case_id] = await _take(uow, effect.case_id)
        change = changes[effect.case_id]
        refs = []
        if effect.agreement_id is not None:
            refs.append(Reference("agreement", effect.agreement_id, "agreement"))
        if effect.effect is Effect.CASE_WITHDRAWN:
            await _withdraw(uow, change, effect)
        elif effect.effect is Effect.AGREEMENT_ENDS:
            await _end_agreement(uow, change, cause, effect)
        elif effect.effect in {Effect.PARTY_PASSES, Effect.PARTY_RETURNS}:
            await _move_party(uow, cause, effect)
        elif effect.effect is Effect.AGREEMENT_RETURNS:
            await _restore_agreement(uow, change, cause, effect)
        did = f"recorded a life event of {cause.from_org}: {effect.told}"
        await note(uow, change, _ACTIONS[cause.kind], did, refs)


async def _take(uow: UnitOfWork, case_id: str) -> Change:
    """A case held for a change by the centre, whatever its status and phase."""
    await cases.lock(uow.session, case_id)
    case = await cases.find(uow.session, case_id, None)
    if case is None or not await cases.advance_version(uow.session, case):
        raise changed_meanwhile("case")
    touched(uow, case_id)
    return Change(replace(case, version=case.version + 1), Party.CENTRE)


async def _withdraw(uow: UnitOfWork, change: Change, effect: Consequence) -> None:
    case: Case = replace(
        change.case,
        status=CaseStatus.WITHDRAWN,
        status_reason=effect.told,
        ended_at=uow.now,
        paused_on=None,
        expected_resume_on=None,
    )
    await cases.put_state(uow.session, case)
    uow.record(
        CaseWithdrawn(
            case_id=case.id,
            org_number=case.org_number,
            phase=case.phase,
            withdrawn_on=today(uow),
            by=Party.CENTRE.value,
        ),
        version=case.version,
    )


async def _end_agreement(
    uow: UnitOfWork, change: Change, cause: _Cause, effect: Consequence
) -> None:
    reason = EndReason.CLOSED if cause.kind is LifeEventKind.CLOSED else EndReason.MERGED
    last_day = cause.effective_on - timedelta(days=1)
    ending = Ending(last_day, reason)
    await _settle_end(uow, change, effect, ending, ending)


async def _restore_agreement(
    uow: UnitOfWork, change: Change, cause: _Cause, effect: Consequence
) -> None:
    """An agreement ended with an agency that did not close runs as it was signed after all."""
    if cause.kind is not LifeEventKind.CLOSED:
        return
    agreement_id = effect.agreement_id or ""
    newest = newest_signed(await agreements.versions(uow.session, agreement_id))
    if newest is None:
        return
    # Notice that was confirmed before the closing still ends it.
    services = [service.service for service in newest.content.services]
    ending = await calendar_repository.ending_of(uow.session, agreement_id, services)
    told = ending or Ending(newest.content.valid_until, EndReason.EXPIRED)
    await _settle_end(uow, change, effect, ending, told)
    await calendar.follow(uow, agreement_id)


async def _move_party(uow: UnitOfWork, cause: _Cause, effect: Consequence) -> None:
    from_org, to_org = cause.from_org, cause.successors[0]
    if effect.effect is Effect.PARTY_RETURNS:
        from_org, to_org = to_org, from_org
    await succession_repository.move_party(
        uow.session, [effect.agreement_id or ""], from_org, to_org
    )


async def _settle_end(
    uow: UnitOfWork, change: Change, effect: Consequence, ending: Ending | None, told: Ending
) -> None:
    agreement_id = effect.agreement_id or ""
    agreement = await agreements.find(uow.session, agreement_id, None)
    if agreement is None or not await agreements.advance_revision(uow.session, agreement):
        raise changed_meanwhile("agreement")
    await agreements.set_ending(uow.session, agreement_id, ending)
    await record_of_case(uow, agreement_ended(agreement, told, change.case.org_number))


async def _pass(uow: UnitOfWork, cause: _Cause, case: CaseHeld, to_org: str) -> None:
    await life_event_repository.add_passing(
        uow.session,
        Passing(
            id=new_id(),
            case_id=case.id,
            life_event_id=cause.life_event_id,
            from_org=cause.from_org,
            to_org=to_org,
            effective_on=cause.effective_on,
            recorded_at=uow.now,
            decided=False,
            applied=True,
        ),
    )
    await _move(uow, case, to_org)


async def _move(uow: UnitOfWork, case: CaseHeld, to_org: str) -> None:
    state = await cases.find(uow.session, case.id, None)
    is_open = state is not None and state.status.is_open
    taken = await succession_repository.open_services(uow.session, to_org)
    open_for = [service for service in case.services if is_open and service not in taken]
    await succession_repository.move_case(uow.session, case.id, to_org, open_for=open_for)
    touched(uow, case.id)


async def _return(uow: UnitOfWork, passing: Passing) -> None:
    """Give a case back, past every agency it has gone to since."""
    since = await life_event_repository.passings(uow.session, case_ids=[passing.case_id])
    for later in since:
        if later.id >= passing.id and later.withdrawn_at is None:
            await passings.withdraw(uow, later)
    if not passing.applied or passing.to_org == passing.from_org:
        return
    state = await cases.find(uow.session, passing.case_id, None)
    if state is None:
        return
    open_for = state.service_keys if state.status.is_open else ()
    await succession_repository.move_case(
        uow.session, passing.case_id, passing.from_org, open_for=open_for
    )
    touched(uow, passing.case_id)
