"""Billing's answers to fee indication requests."""

from __future__ import annotations

from services.chassis.consumer import Handler, NotYet
from services.chassis.events import Event
from services.chassis.money import format_sek
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.billing import FeeIndicated, FeeIndicationRefused
from services.onboarding.cases import repository as cases
from services.onboarding.cases.service import touched
from services.onboarding.letter_of_intent import repository
from services.onboarding.letter_of_intent.domain import FeeIndicationStatus

BILLING = "Billing"


async def on_fee_indicated(uow: UnitOfWork, event: FeeIndicated) -> None:
    """Keep the indicated fee; a question is answered once."""
    if not await _is_waiting(uow, event.case_id, event.request_id):
        return
    await repository.answer_fee_indication(
        uow.session,
        event.request_id,
        tariff=event.tariff,
        yearly_total_ore=event.yearly_total_ore,
        lines=event.lines,
        at=uow.now,
    )
    own = any(line.item.own_price is not None for line in event.lines)
    sentence = (
        f"{BILLING} indicated a fee of {format_sek(event.yearly_total_ore)} a year by the"
        f" tariff {event.tariff}{', and by own prices where it has none' if own else ''}."
    )
    await cases.add_timeline(
        uow.session, event.case_id, uow.now, BILLING, "fee-indicated", sentence
    )
    touched(uow, event.case_id)


async def on_fee_indication_refused(uow: UnitOfWork, event: FeeIndicationRefused) -> None:
    """Keep why no fee could be indicated."""
    if not await _is_waiting(uow, event.case_id, event.request_id):
        return
    await repository.refuse_fee_indication(
        uow.session,
        event.request_id,
        code=event.code,
        reason=event.reason,
        reason_sv=event.reason_sv,
        at=uow.now,
    )
    sentence = f"{BILLING} could not indicate a fee: {event.reason}"
    await cases.add_timeline(
        uow.session, event.case_id, uow.now, BILLING, "fee-indication-refused", sentence
    )
    touched(uow, event.case_id)


async def _is_waiting(uow: UnitOfWork, case_id: str, request_id: str) -> bool:
    indication = await repository.fee_indication(uow.session, case_id, request_id)
    if indication is None:
        raise NotYet(f"the fee indication {request_id} is not known here")
    return indication.status is FeeIndicationStatus.REQUESTED


HANDLERS: dict[type[Event], Handler] = {
    FeeIndicated: on_fee_indicated,
    FeeIndicationRefused: on_fee_indication_refused,
}
