"""HTTP of tariffs: finance keeps them, agencies and staff alike read what is published."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from services.billing.tariffs import effects, registering
from services.billing.tariffs.documents import CSV, JSON, MAX_BYTES, YAML
from services.billing.tariffs.effect_schemas import DifferencesOut, differences_csv, differences_out
from services.billing.tariffs.repository import Head
from services.billing.tariffs.schemas import (
    NoteConsultation,
    RegisterTariff,
    TariffOut,
    TariffSummaryOut,
    TariffVersionOut,
    WithdrawTariff,
    tariff_out,
    tariff_summary_out,
    tariff_version_out,
)
from services.chassis.app import (
    CurrentActor,
    UnitOfWorkRoute,
    Uow,
    UploadedFile,
    requires,
    upload_route,
    upload_schema,
)
from services.chassis.identity import Role
from services.chassis.schemas import Day, Instant, Page, Text
from services.contracts.values import Slug

FINANCE = Depends(requires(Role.FINANCE))

router = APIRouter(prefix="/tariffs", tags=["tariffs"], route_class=UnitOfWorkRoute)
staff_router = APIRouter(
    prefix="/tariffs", tags=["tariffs"], route_class=UnitOfWorkRoute, dependencies=[FINANCE]
)
upload_router = APIRouter(
    prefix="/tariffs",
    tags=["tariffs"],
    route_class=upload_route(YAML, JSON, CSV, max_bytes=MAX_BYTES),
    dependencies=[FINANCE],
)

TariffKey = Annotated[str, Path(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Version = Annotated[int, Path(ge=1, le=10**6, description="The version's number.")]
AskedVersion = Annotated[
    int | None, Query(ge=1, le=10**6, description="Absent: the newest one that stands.")
]
HeldOn = Annotated[Day | None, Query(description="Only the tariff that holds on this day.")]
KnownAt = Annotated[
    Instant | None,
    Query(description="Only what was known at this instant counts; absent: all that is known."),
]


@router.get("")
async def list_tariffs(
    uow: Uow, on: HeldOn = None, known_at: KnownAt = None
) -> Page[TariffSummaryOut]:
    """The published tariffs, each in its newest version; of a day, the version that holds."""
    found = await registering.listed(uow, on, known_at)
    return Page(items=[tariff_summary_out(version) for version in found])


@router.get("/{key}")
async def show_tariff(
    uow: Uow, actor: CurrentActor, key: TariffKey, version: AskedVersion = None
) -> TariffOut:
    """One version of a tariff with its items."""
    found = await registering.show(uow, key, version, staff=actor.is_staff)
    return tariff_out(found)


@router.get("/{key}/versions")
async def list_tariff_versions(
    uow: Uow, actor: CurrentActor, key: TariffKey
) -> Page[TariffVersionOut]:
    """A tariff's versions and what was done to each; an agency sees those once published."""
    found = await registering.history(uow, key, staff=actor.is_staff)
    return Page(items=[tariff_version_out(each, staff=actor.is_staff) for each in found])


@staff_router.post("", status_code=201)
async def register_tariff(uow: Uow, tariff: RegisterTariff) -> TariffOut:
    """Register a tariff, or a further version of one, as a draft."""
    found = await registering.register(uow, tariff.head(), tariff.items)
    return tariff_out(found)


@upload_router.post("/imports", status_code=201, openapi_extra=upload_schema(YAML, JSON, CSV))
async def import_tariff(
    uow: Uow,
    file: UploadedFile,
    key: Annotated[Slug, Query()],
    name: Annotated[Text, Query()],
    name_sv: Annotated[Text, Query()],
    year: Annotated[int | None, Query(ge=1900, le=2199)] = None,
    valid_from: Annotated[Day | None, Query()] = None,
    valid_until: Annotated[Day | None, Query()] = None,
) -> TariffOut:
    """Register a tariff whose items are a file, whole or not at all."""
    first, last = registering.days_of(year, valid_from, valid_until)
    head = Head(key, name, name_sv, first, last)
    found = await registering.register_file(uow, head, file.media_type, file.content)
    return tariff_out(found)


@staff_router.post("/{key}/versions/{version}/consultations", status_code=201)
async def note_consultation(
    uow: Uow, key: TariffKey, version: Version, consultation: NoteConsultation
) -> TariffVersionOut:
    """Note the consultation on a version; without it, it cannot be published."""
    found = await registering.note_consultation(
        uow,
        key,
        version,
        consulted=consultation.consulted,
        held_on=consultation.held_on,
        answer=consultation.answer,
        reference=consultation.reference,
    )
    return tariff_version_out(found, staff=True)


@staff_router.post("/{key}/versions/{version}/publications", status_code=201)
async def publish_tariff(uow: Uow, key: TariffKey, version: Version) -> TariffVersionOut:
    """Publish a version: fees on its days are reckoned by it from now on."""
    return tariff_version_out(await registering.publish(uow, key, version), staff=True)


@staff_router.post("/{key}/versions/{version}/withdrawals", status_code=201)
async def withdraw_tariff(
    uow: Uow, key: TariffKey, version: Version, withdrawal: WithdrawTariff
) -> TariffVersionOut:
    """Withdraw a version; what was quoted or signed by it stands."""
    found = await registering.withdraw(uow, key, version, withdrawal.reason)
    return tariff_version_out(found, staff=True)


AgainstKey = Annotated[
    Slug | None, Query(description="The tariff it is compared with; absent: the same one.")
]
AgainstVersion = Annotated[
    int | None,
    Query(ge=1, le=10**6, description="Absent: the version before it, or the newest of another."),
]
EffectOn = Annotated[
    Day | None, Query(description="The day whose customers count; absent: its first day.")
]


@staff_router.get("/{key}/versions/{version}/differences")
async def show_differences(
    uow: Uow,
    key: TariffKey,
    version: Version,
    against: AgainstKey = None,
    against_version: AgainstVersion = None,
    on: EffectOn = None,
) -> DifferencesOut:
    """What a version changes, item by item, and what that makes for each customer in a year."""
    found = await effects.differences(uow, key, version, against, against_version, on)
    return differences_out(found)


@staff_router.get(
    "/{key}/versions/{version}/differences.csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def export_differences(
    uow: Uow,
    key: TariffKey,
    version: Version,
    against: AgainstKey = None,
    against_version: AgainstVersion = None,
    on: EffectOn = None,
) -> Response:
    """The effect on each customer as CSV, a row for each item and one for each sum."""
    found = await effects.differences(uow, key, version, against, against_version, on)
    name = f"{key}-{version}-differences.csv"
    return Response(
        differences_csv(found),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
