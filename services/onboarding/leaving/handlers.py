"""Billing's answer to a request for a final settlement."""

from __future__ import annotations

from services.chassis.consumer import Handler, NotYet
from services.chassis.events import Event
from services.chassis.money import format_sek
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.billing import FinalSettlementMade
from services.onboarding.leaving import handover_repository, repository
from services.onboarding.leaving.domain import Settlement

BILLING = "Billing"


async def on_final_settlement_made(uow: UnitOfWork, event: FinalSettlementMade) -> None:
    """Keep the final settlement; the first answer stands."""
    leaving = await repository.find(uow.session, event.exit_id)
    if leaving is None:
        raise NotYet(f"the exit {event.exit_id} is not known here")
    if leaving.settlement is not None:
        if leaving.settlement.settlement_id != event.settlement_id:
            uow.audit("settlement-contradicted", f"exit/{event.exit_id}")
        return
    settlement = Settlement(
        settlement_id=event.settlement_id,
        settled_on=event.settled_on,
        charged_ore=event.charged_ore,
        actual_ore=event.actual_ore,
        credits_ore=event.credits_ore,
        difference_ore=event.difference_ore,
    )
    await repository.set_settlement(uow.session, event.exit_id, settlement)
    word = "to be paid" if event.difference_ore >= 0 else "paid back"
    await handover_repository.add_timeline(
        uow.session,
        event.exit_id,
        uow.now,
        BILLING,
        "settlement-made",
        f"{BILLING} made the final settlement: {format_sek(abs(event.difference_ore))} {word}.",
    )


HANDLERS: dict[type[Event], Handler] = {FinalSettlementMade: on_final_settlement_made}
