"""Use case of tariffs: answer a request for a fee indication, once."""

from __future__ import annotations

from services.billing.own_prices import service as own_prices
from services.billing.own_prices.catalogue import priced_services
from services.billing.own_prices.items import items_by_service
from services.billing.schedule import stockholm_day
from services.billing.tables import FeeIndicationRow
from services.billing.tariffs import repository
from services.billing.tariffs.choosing import tariff_for
from services.billing.tariffs.indicating import ExpectedUse, IndicationRefusedError, indicate
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.billing import FeeIndicated, FeeIndicationRefused
from services.contracts.onboarding import FeeIndicationRequested


async def answer(uow: UnitOfWork, request: FeeIndicationRequested) -> None:
    """Indicate the fee, or say what is missing; a repeated request changes nothing."""
    if await repository.answer_of(uow.session, request.request_id) is not None:
        return
    event: FeeIndicated | FeeIndicationRefused
    try:
        event = await _indicated(uow, request)
    except IndicationRefusedError as refusal:
        event = FeeIndicationRefused(
            request_id=request.request_id,
            case_id=request.case_id,
            org_number=request.org_number,
            code=refusal.code,
            reason=refusal.reason,
            reason_sv=refusal.reason_sv,
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


async def _indicated(uow: UnitOfWork, request: FeeIndicationRequested) -> FeeIndicated:
    today = stockholm_day(uow.now)
    known = await repository.versions(uow.session)
    version = tariff_for(known, request.tariff, today, uow.now)
    services = [each.service for each in request.services]
    own = await own_prices.holding(
        uow, services, request.org_number, today, case_id=request.case_id
    )
    lines = indicate(
        version.tariff,
        request.headcount,
        [
            ExpectedUse(each.service, each.yearly_volumes, name_sv_of(each.service))
            for each in request.services
        ],
        own=items_by_service(own),
    )
    return FeeIndicated(
        request_id=request.request_id,
        case_id=request.case_id,
        org_number=request.org_number,
        tariff=version.tariff.key,
        tariff_version=version.number,
        yearly_total_ore=sum(line.amount_ore for line in lines),
        lines=tuple(line.as_signed() for line in lines),
    )


def name_sv_of(service: str) -> str | None:
    """What a service is called in Swedish; None where it is not known."""
    known = priced_services().get(service)
    return known.name_sv if known is not None else None
