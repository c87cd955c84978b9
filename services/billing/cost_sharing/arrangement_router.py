"""HTTP of arrangements, for finance: register them and what they are fed with."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from services.billing.cost_sharing import registering, repository
from services.billing.cost_sharing.facts import IndexValue
from services.billing.cost_sharing.language import Version
from services.billing.cost_sharing.router import ArrangementKey, PartyKey
from services.billing.cost_sharing.schemas import (
    ArrangementIn,
    ArrangementOut,
    ArrangementSummaryOut,
    CostItemOut,
    CostItemsIn,
    ExampleOut,
    IndexValueOut,
    LeavingIn,
    PartiesIn,
    ReadingOut,
    ReadingsIn,
    TakenOut,
    TemplateOut,
    TemplateSummaryOut,
    VersionOut,
    arrangement_out,
    index_value_out,
    item_out,
    reading_out,
    taken_out,
    version_out,
)
from services.billing.cost_sharing.sharing import share_costs
from services.billing.cost_sharing.templates import templates
from services.chassis.app import UnitOfWorkRoute, Uow, requires
from services.chassis.identity import Role
from services.chassis.preconditions import HONOURS_IF_MATCH, etag
from services.chassis.problems import not_found
from services.chassis.schemas import After, Limit, Page, one_more, page_of
from services.contracts.values import Slug


def _router(prefix: str) -> APIRouter:
    return APIRouter(
        prefix=prefix,
        tags=["cost-sharing"],
        route_class=UnitOfWorkRoute,
        dependencies=[Depends(requires(Role.FINANCE))],
    )


staff_router = _router("/cost-arrangements")
template_router = _router("/cost-arrangement-templates")
index_router = _router("/index-values")

TemplateKey = Annotated[Slug, Path(description="The template's key.")]
Number = Annotated[int, Path(ge=1, le=10_000, description="The version's number.")]


@template_router.get("")
async def list_templates() -> Page[TemplateSummaryOut]:
    """The arrangements that the sources describe."""
    return Page(items=[TemplateSummaryOut.model_validate(each) for each in templates().values()])


@template_router.get("/{template}")
async def show_template(template: TemplateKey) -> TemplateOut:
    """One of them: its versions, what its source does not say, and its examples as they run."""
    found = templates().get(template)
    if found is None:
        raise not_found("template")
    return TemplateOut(
        template=found,
        examples=tuple(
            ExampleOut.of(example, share_costs(found.given(example))) for example in found.examples
        ),
    )


@staff_router.post("", status_code=201)
async def create_arrangement(
    uow: Uow, arrangement: ArrangementIn, response: Response
) -> ArrangementOut:
    """Begin an arrangement."""
    found = await registering.create(uow, arrangement.key, arrangement.name, arrangement.name_sv)
    response.headers["ETag"] = etag(found.row.revision)
    return arrangement_out(found)


@staff_router.get("")
async def list_arrangements(
    uow: Uow, after: After = None, limit: Limit = 50
) -> Page[ArrangementSummaryOut]:
    """Arrangements in the order of their keys."""
    rows = await repository.arrangements(uow.session, after, one_more(limit))
    return page_of(
        rows, limit, cursor=lambda row: row.key, show=ArrangementSummaryOut.model_validate
    )


@staff_router.get("/{arrangement}")
async def show_arrangement(
    uow: Uow, arrangement: ArrangementKey, response: Response
) -> ArrangementOut:
    """An arrangement with its parties and versions."""
    found = await registering.get(uow, arrangement)
    response.headers["ETag"] = etag(found.row.revision)
    return arrangement_out(found)


@staff_router.post("/{arrangement}/parties", dependencies=[HONOURS_IF_MATCH])
async def add_parties(
    uow: Uow, arrangement: ArrangementKey, parties: PartiesIn, response: Response
) -> ArrangementOut:
    """Register parties."""
    found = await registering.add_parties(uow, arrangement, parties.parties)
    response.headers["ETag"] = etag(found.row.revision)
    return arrangement_out(found)


@staff_router.post("/{arrangement}/parties/{party}/leaving", dependencies=[HONOURS_IF_MATCH])
async def let_party_leave(
    uow: Uow,
    arrangement: ArrangementKey,
    party: PartyKey,
    leaving: LeavingIn,
    response: Response,
) -> ArrangementOut:
    """Say on which day a party takes part for the last time."""
    found = await registering.leave(uow, arrangement, party, leaving.leaves_on)
    response.headers["ETag"] = etag(found.row.revision)
    return arrangement_out(found)


@staff_router.post("/{arrangement}/versions", status_code=201, dependencies=[HONOURS_IF_MATCH])
async def add_version(
    uow: Uow, arrangement: ArrangementKey, version: Version, response: Response
) -> ArrangementOut:
    """Register how the arrangement holds from a day, in the language of keys."""
    found = await registering.add_version(uow, arrangement, version)
    response.headers["ETag"] = etag(found.row.revision)
    return arrangement_out(found)


@staff_router.get("/{arrangement}/versions/{number}")
async def show_version(uow: Uow, arrangement: ArrangementKey, number: Number) -> VersionOut:
    """A version as it was registered."""
    found = await registering.get(uow, arrangement)
    row = next((each for each in found.versions if each.number == number), None)
    if row is None:
        raise not_found("version")
    return version_out(row)


@staff_router.post("/{arrangement}/cost-items")
async def add_cost_items(uow: Uow, arrangement: ArrangementKey, batch: CostItemsIn) -> TakenOut:
    """Take in cost items; one sent again is recognised by its id."""
    return taken_out(await registering.add_items(uow, arrangement, batch.items))


@staff_router.get("/{arrangement}/cost-items")
async def list_cost_items(
    uow: Uow,
    arrangement: ArrangementKey,
    line: Annotated[Slug | None, Query(description="Only this line's.")] = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[CostItemOut]:
    """An arrangement's cost items in the order they came."""
    await registering.get(uow, arrangement)
    rows = await repository.item_page(uow.session, arrangement, line, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.id, show=item_out)


@staff_router.post("/{arrangement}/readings")
async def add_readings(uow: Uow, arrangement: ArrangementKey, batch: ReadingsIn) -> TakenOut:
    """Take in readings of drivers; one sent again is recognised by its id."""
    return taken_out(await registering.add_readings(uow, arrangement, batch.readings))


@staff_router.get("/{arrangement}/readings")
async def list_readings(
    uow: Uow,
    arrangement: ArrangementKey,
    driver: Annotated[Slug | None, Query(description="Only this driver's.")] = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[ReadingOut]:
    """An arrangement's readings in the order they came."""
    await registering.get(uow, arrangement)
    rows = await repository.reading_page(uow.session, arrangement, driver, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.id, show=reading_out)


@index_router.post("", status_code=201)
async def add_index_value(uow: Uow, value: IndexValue) -> IndexValueOut:
    """Register what an index, such as AKI, was in a year; the last one registered counts."""
    return index_value_out(await registering.add_index_value(uow, value))


@index_router.get("")
async def list_index_values(
    uow: Uow, after: After = None, limit: Limit = 50
) -> Page[IndexValueOut]:
    """Index values in the order they came."""
    rows = await repository.index_page(uow.session, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.id, show=index_value_out)
