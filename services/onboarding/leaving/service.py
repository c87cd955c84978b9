"""Use cases of an exit: see it, let it go on to its next phase, ask for its settlement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.onboarding import (
    EndingService,
    ExitCompleted,
    FinalSettlementRequested,
)
from services.onboarding.agreements.data import standard_in_force
from services.onboarding.cases.service import CENTRE_NAME, acting, today
from services.onboarding.leaving import handover_repository, notice_book, repository
from services.onboarding.leaving.archive import archived
from services.onboarding.leaving.domain import (
    Exit,
    ExitPhase,
    ExitRecord,
    next_exit_phase,
)
from services.onboarding.leaving.effecting import take_effect, tell_case
from services.onboarding.leaving.gate import ExitMissing, ExitView, exit_missing
from services.onboarding.leaving.holding import ExitChange, take_exit, tell, visible
from services.onboarding.leaving.problems import (
    EXIT_GATE_SHUT,
    EXIT_PHASE_OUT_OF_ORDER,
)
from services.onboarding.leaving.rules import exit_rules


@dataclass(frozen=True)
class ExitStanding:
    """An exit with what is kept of it and what its next phase waits for."""

    record: ExitRecord
    next_phase: ExitPhase | None
    missing: tuple[ExitMissing, ...]


async def read(uow: UnitOfWork, exit_id: str) -> ExitStanding:
    """Where an exit the actor may see stands, and what its next phase waits for.

    Raises:
        Problem: ``not_found``.
    """
    leaving = await visible(uow, exit_id)
    record = await handover_repository.record_of(uow.session, leaving)
    return ExitStanding(record, next_exit_phase(leaving.phase), await missing(uow, record))


async def page(
    uow: UnitOfWork, org_number: str | None, phase: ExitPhase | None, after: str | None, limit: int
) -> Sequence[Exit]:
    """The exits the actor may see, in the order they were opened.

    Raises:
        Problem: ``not_found``, when an agency asks for another one's.
    """
    scope = acting(uow).limited_to(org_number)
    return await repository.page(uow.session, scope, phase, after, limit)


async def enter_phase(uow: UnitOfWork, exit_id: str, phase: ExitPhase) -> Exit:
    """Let an exit go on to its next phase, when all that its gate asks for is done.

    Raises:
        Problem: ``not_found``, ``exit_closed``, ``exit_phase_out_of_order``,
            ``exit_gate_shut`` with all that is missing, ``precondition_failed``,
            ``changed_meanwhile``.
    """
    change = await take_exit(uow, exit_id)
    leaving = change.exit
    following = next_exit_phase(leaving.phase)
    if phase is not following:
        then = following.value if following else None
        raise Problem(
            EXIT_PHASE_OUT_OF_ORDER,
            f"The exit is in {leaving.phase.value} and cannot enter {phase.value}; the next one"
            f" is {then}.",
            current_phase=leaving.phase.value,
            next_phase=then,
        )
    record = await handover_repository.record_of(uow.session, leaving)
    if lacks := await missing(uow, record):
        raise gate_shut(lacks, f"enter {phase.value}")
    await tell(uow, change, "exit-phase-entered", f"led the exit into {phase.value}.")
    if phase is ExitPhase.ARCHIVED:
        await _complete(uow, change, record)
        return await visible(uow, exit_id)
    await repository.set_phase(uow.session, exit_id, phase, uow.now)
    if phase is ExitPhase.HANDOVER:
        await take_effect(uow, leaving)
        ends = ", ".join(
            f"{service} on {leaving.last_days[service]}" for service in leaving.services
        )
        await tell_case(uow, change, "exit-in-effect", f"confirmed the exit: {ends}.")
    return await visible(uow, exit_id)


async def ask_for_settlement(uow: UnitOfWork, exit_id: str) -> None:
    """Ask billing for the final settlement once the last day has passed; once only."""
    leaving = await repository.find(uow.session, exit_id)
    if leaving is None or leaving.settlement_requested_on or not leaving.phase.in_effect:
        return
    if today(uow) <= leaving.last_day:
        return
    record = await handover_repository.record_of(uow.session, leaving)
    await repository.set_settlement_requested(uow.session, exit_id, today(uow))
    await handover_repository.add_timeline(
        uow.session,
        exit_id,
        uow.now,
        CENTRE_NAME,
        "settlement-requested",
        f"{CENTRE_NAME} asked billing for the final settlement.",
    )
    uow.record(
        FinalSettlementRequested(
            exit_id=exit_id,
            agreement_id=leaving.agreement_id,
            org_number=leaving.org_number,
            services=tuple(
                EndingService(service=service, last_day=leaving.last_days[service])
                for service in leaving.services
            ),
            exit_costs_ore=record.borne_by_leaver_ore,
        ),
        version=leaving.version,
    )


async def _complete(uow: UnitOfWork, change: ExitChange, record: ExitRecord) -> None:
    leaving = change.exit
    told = await handover_repository.timeline(uow.session, leaving.id, None, None)
    document, fingerprint = archived(record, told, today(uow))
    await repository.set_phase(
        uow.session,
        leaving.id,
        ExitPhase.ARCHIVED,
        uow.now,
        archive=document,
        archive_hash=fingerprint,
    )
    await tell_case(uow, change, "exit-archived", "completed and archived the exit.")
    uow.record(
        ExitCompleted(
            exit_id=leaving.id,
            agreement_id=leaving.agreement_id,
            org_number=leaving.org_number,
            services=leaving.services,
            completed_on=today(uow),
        ),
        version=leaving.version,
    )


async def missing(uow: UnitOfWork, record: ExitRecord) -> tuple[ExitMissing, ...]:
    """Everything that keeps an exit from its next phase today."""
    rules = exit_rules()
    gate = rules.gate_out_of(record.exit.phase)
    if gate is None:
        return ()
    days = standard_in_force().notice_confirmed_after_days
    waiting = tuple(
        (", ".join(notice.services), notice.confirmed_from(days))
        for notice in await notice_book.unconfirmed(uow, record.exit)
    )
    return exit_missing(gate, ExitView(record, rules.dataset_keys, today(uow), waiting))


def gate_shut(lacks: Sequence[ExitMissing], to: str) -> Problem:
    """The refusal that tells what is missing, for whom and by when."""
    return Problem(
        EXIT_GATE_SHUT,
        f"{len(lacks)} things are missing before the exit can {to}; they are listed with who"
        " has to act.",
        missing=[
            {
                "item": lack.item,
                "text": lack.text,
                "owner": lack.owner.value,
                "due_on": str(lack.due_on) if lack.due_on else None,
            }
            for lack in lacks
        ],
    )
