"""HTTP of tariffs, for agencies and staff alike: fees are published."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from services.billing.tariffs.catalogue import tariffs
from services.billing.tariffs.schemas import TariffOut, TariffSummaryOut, tariff_out
from services.chassis.app import UnitOfWorkRoute
from services.chassis.problems import not_found
from services.chassis.schemas import Page

router = APIRouter(prefix="/tariffs", tags=["tariffs"], route_class=UnitOfWorkRoute)

TariffKey = Annotated[str, Path(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]


@router.get("")
async def list_tariffs() -> Page[TariffSummaryOut]:
    """The published tariffs."""
    return Page(
        items=[TariffSummaryOut.model_validate(tariff) for tariff in tariffs().values()],
    )


@router.get("/{key}")
async def show_tariff(key: TariffKey) -> TariffOut:
    """One tariff with its items."""
    tariff = tariffs().get(key)
    if tariff is None:
        raise not_found("tariff")
    return tariff_out(tariff)
