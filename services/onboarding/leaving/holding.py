"""Finding an exit, and taking it for a change so that of two at once one wins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from services.chassis.preconditions import require_version
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.onboarding.cases.service import CENTRE_NAME, acting, changed_meanwhile
from services.onboarding.leaving import handover_repository, repository
from services.onboarding.leaving.domain import Exit, ExitPhase
from services.onboarding.leaving.problems import EXIT_CLOSED, EXIT_WRONG_PHASE
from services.onboarding.parties import Party


@dataclass(frozen=True)
class ExitChange:
    """An exit taken for a change by a party; its version is the one it will have."""

    exit: Exit
    party: Party

    @property
    def who(self) -> str:
        """The party's name, as sentences of the timeline begin."""
        return self.exit.customer_name if self.party is Party.CUSTOMER else CENTRE_NAME


async def visible(uow: UnitOfWork, exit_id: str) -> Exit:
    """An exit of the actor's own, or any for the centre's staff.

    Raises:
        Problem: ``not_found``.
    """
    leaving = await repository.find(uow.session, exit_id)
    if leaving is None or not acting(uow).may_see(leaving.org_number):
        raise not_found("exit")
    return leaving


async def take_exit(uow: UnitOfWork, exit_id: str, *phases: ExitPhase) -> ExitChange:
    """An exit the actor may see, held for a change in one of the given phases.

    Without any phase given, every open one will do.

    Raises:
        Problem: ``not_found``, ``precondition_failed``, ``exit_closed``,
            ``exit_wrong_phase``, ``changed_meanwhile``.
    """
    return await hold(uow, await visible(uow, exit_id), *phases)


async def hold(uow: UnitOfWork, leaving: Exit, *phases: ExitPhase) -> ExitChange:
    """Take an exit that was found already; see ``take_exit``."""
    require_version(uow, leaving.version, "exit", in_short(leaving))
    if not leaving.phase.is_open:
        raise Problem(
            EXIT_CLOSED, f"The exit is {leaving.phase.value}; it can be read and not changed."
        )
    if phases and leaving.phase not in phases:
        allowed = " or ".join(phase.value for phase in phases)
        raise Problem(
            EXIT_WRONG_PHASE,
            f"The exit is in the phase {leaving.phase.value}; this belongs to {allowed}.",
            phase=leaving.phase.value,
            allowed=[phase.value for phase in phases],
        )
    if not await repository.advance_version(uow.session, leaving):
        raise changed_meanwhile("exit")
    return ExitChange(replace(leaving, version=leaving.version + 1), Party(acting(uow).party))


async def along(uow: UnitOfWork, leaving: Exit) -> ExitChange:
    """Take an exit that changes along with its agreement, to which ``If-Match`` speaks.

    Raises:
        Problem: ``changed_meanwhile``.
    """
    if not await repository.advance_version(uow.session, leaving):
        raise changed_meanwhile("exit")
    return ExitChange(replace(leaving, version=leaving.version + 1), Party(acting(uow).party))


async def tell(uow: UnitOfWork, change: ExitChange, action: str, did: str) -> None:
    """Put into the timeline what a party did; ``did`` continues the party's name."""
    await handover_repository.add_timeline(
        uow.session, change.exit.id, uow.now, change.who, action, f"{change.who} {did}"
    )


def in_short(leaving: Exit) -> dict[str, Any]:
    """How an exit stands, for a refusal to show."""
    return {
        "id": leaving.id,
        "version": leaving.version,
        "phase": leaving.phase.value,
        "last_days": {service: str(day) for service, day in leaving.last_days.items()},
    }
