"""What the API says about tariffs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from services.billing.tariffs.domain import TariffItem
from services.billing.tariffs.items import MOST_ITEMS, ItemDocument
from services.billing.tariffs.registering import days_of
from services.billing.tariffs.repository import Head
from services.billing.tariffs.versions import Step, TariffStatus, TariffVersion
from services.chassis.schemas import (
    AS_A_NUMBER,
    Day,
    LongText,
    RequestModel,
    ResponseModel,
    Text,
)
from services.contracts.values import Banding, Slug

Year = Annotated[int, Field(ge=1900, le=2199), AS_A_NUMBER]


class RegisterTariff(RequestModel):
    """A tariff, or a further version of one, for a `year` or from `valid_from` on."""

    key: Slug
    name: Text
    name_sv: Text
    year: Year | None = None
    valid_from: Day | None = None
    valid_until: Day | None = Field(default=None, description="Absent: until further.")
    items: Annotated[tuple[ItemDocument, ...], Field(min_length=1, max_length=MOST_ITEMS)]

    def head(self) -> Head:
        """What it is called and the days it is for.

        Raises:
            Problem: ``tariff_period_unclear``.
        """
        first, last = days_of(self.year, self.valid_from, self.valid_until)
        return Head(self.key, self.name, self.name_sv, first, last)


class NoteConsultation(RequestModel):
    """The consultation by avgiftsförordningen: with whom, when, their answer, and where it is."""

    consulted: Text = Field(examples=["Ekonomistyrningsverket"])
    held_on: Day
    answer: LongText
    reference: Text = Field(description="Where it is kept, such as a registration number.")


class WithdrawTariff(RequestModel):
    """Why a version is withdrawn."""

    reason: LongText


class BandOut(ResponseModel):
    """A band of a calendar year's volume: the units after `above` up to and with `through`."""

    above: int
    through: int | None
    prices_ore: tuple[int, ...]


class TariffItemOut(ResponseModel):
    """A priced item; ``prices_ore`` by the customer's year, the last holds from then on.

    An item with ``bands`` has its prices there.
    """

    key: str
    service_area: str
    services: tuple[str, ...]
    name: str
    name_sv: str | None
    covers: str | None
    covers_sv: str | None
    unit: str
    prices_ore: tuple[int, ...]
    banding: Banding | None
    bands: tuple[BandOut, ...]
    vat_percent: str | None
    optional: bool
    option: str | None


class ConsultationOut(ResponseModel):
    """The consultation on a version; the names of our own staff are for staff."""

    consulted: str
    held_on: date
    answer: str
    reference: str
    noted_at: datetime
    noted_by: str | None


class TariffSummaryOut(ResponseModel):
    """A version of a tariff, the days it is for, and where it is in its life."""

    key: str
    version: int
    status: TariffStatus
    name: str
    name_sv: str | None
    valid_from: date
    valid_until: date | None
    published_at: datetime | None
    withdrawn_at: datetime | None
    withdrawal_reason: str | None


class TariffVersionOut(TariffSummaryOut):
    """A version with what has been done to it; who did it is for staff."""

    registered_at: datetime
    registered_by: str | None
    consultation: ConsultationOut | None
    published_by: str | None
    withdrawn_by: str | None


class TariffOut(TariffSummaryOut):
    """A version of a tariff with its items."""

    items: tuple[TariffItemOut, ...]


def tariff_summary_out(version: TariffVersion) -> TariffSummaryOut:
    """A version as lists show it."""
    return TariffSummaryOut(**_summary(version))


def tariff_version_out(version: TariffVersion, *, staff: bool) -> TariffVersionOut:
    """A version with its life."""
    return TariffVersionOut(**_summary(version), **_life(version, staff=staff))


def tariff_out(version: TariffVersion) -> TariffOut:
    """A version as the API shows it alone."""
    return TariffOut(
        **_summary(version),
        items=tuple(item_out(item) for item in version.tariff.items),
    )


def _summary(version: TariffVersion) -> dict[str, Any]:
    tariff = version.tariff
    return {
        "key": tariff.key,
        "version": version.number,
        "status": version.status,
        "name": tariff.name,
        "name_sv": tariff.name_sv,
        "valid_from": tariff.valid_from,
        "valid_until": tariff.valid_until,
        "published_at": _at(version.published),
        "withdrawn_at": _at(version.withdrawn),
        "withdrawal_reason": version.reason,
    }


def _at(step: Step | None) -> datetime | None:
    return step.at if step is not None else None


def _life(version: TariffVersion, *, staff: bool) -> dict[str, Any]:
    def by(step: Step | None) -> str | None:
        return step.by if step is not None and staff else None

    noted = version.consultation
    return {
        "registered_at": version.registered.at,
        "registered_by": by(version.registered),
        "consultation": noted
        and ConsultationOut(
            consulted=noted.consulted,
            held_on=noted.held_on,
            answer=noted.answer,
            reference=noted.reference,
            noted_at=noted.noted_at,
            noted_by=noted.noted_by if staff else None,
        ),
        "published_by": by(version.published),
        "withdrawn_by": by(version.withdrawn),
    }


def item_out(item: TariffItem) -> TariffItemOut:
    """An item as the API shows it."""
    tiers = item.tiers
    return TariffItemOut(
        key=item.key,
        service_area=item.service_area,
        services=item.services,
        name=item.name,
        name_sv=item.name_sv,
        covers=item.covers,
        covers_sv=item.covers_sv,
        unit=item.unit,
        prices_ore=item.prices_ore,
        banding=tiers.banding if tiers else None,
        bands=tuple(BandOut.model_validate(band) for band in tiers.bands) if tiers else (),
        vat_percent=None if item.vat_percent is None else f"{item.vat_percent:f}",
        optional=item.option is not None,
        option=item.option,
    )
