"""Use case of tariffs: answer a request for a fee indication, once."""

from __future__ import annotations

from services.billing.schedule import stockholm_day
from services.billing.tables import FeeIndicationRow
from services.billing.tariffs import repository
from services.billing.tariffs.catalogue import tariffs
from services.billing.tariffs.domain import (
    ExpectedUse,
    FeeLine,
    IndicationRefusedError,
    indicate,
    tariff_for,
)
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.billing import FeeIndicated, FeeIndicationRefused
from services.contracts.onboarding import FeeIndicationRequested
from services.contracts.values import FeeItem, IndicatedFeeLine


async def answer(uow: UnitOfWork, request: FeeIndicationRequested) -> None:
    """Indicate the fee, or say what is missing; a repeated request changes nothing."""
    if await repository.answer_of(uow.session, request.request_id) is not None:
        return
    event: FeeIndicated | FeeIndicationRefused
    try:
        event = _indicated(uow, request)
    except IndicationRefusedError as refusal:
        event = FeeIndicationRefused(
            request_id=request.request_id,
            case_id=request.case_id,
            org_number=request.org_number,
            code=refusal.code,
            reason=refusal.reason,
        )
    uow.session.add(
        FeeIndicationRow(
            request_id=request.request_id,
            org_number=request.org_number,
            event_type=event.type,
            answer=event.model_dump(mode="json"),
            answered_at=uow.now,
        )
    )
    await uow.session.flush()
    uow.record(event, version=1)


def _indicated(uow: UnitOfWork, request: FeeIndicationRequested) -> FeeIndicated:
    tariff = tariff_for(list(tariffs().values()), request.tariff, stockholm_day(uow.now))
    lines = indicate(
        tariff,
        request.headcount,
        [ExpectedUse(each.service, each.yearly_volumes) for each in request.services],
    )
    return FeeIndicated(
        request_id=request.request_id,
        case_id=request.case_id,
        org_number=request.org_number,
        tariff=tariff.key,
        yearly_total_ore=sum(line.amount_ore for line in lines),
        lines=tuple(_contract_line(line) for line in lines),
    )


def _contract_line(line: FeeLine) -> IndicatedFeeLine:
    return IndicatedFeeLine(
        service=line.service,
        item=FeeItem(
            key=line.item.key,
            service_area=line.item.service_area,
            name=line.item.name,
            unit=line.item.unit,
            unit_price_ore=line.unit_price_ore,
            yearly_quantity=line.yearly_quantity,
        ),
        amount_ore=line.amount_ore,
        explanation=line.explanation,
    )
