"""HTTP of the catalogue, the same for agencies and staff."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from services.chassis.app import UnitOfWorkRoute, Uow
from services.onboarding.cases.service import today
from services.onboarding.catalogue.domain import VERSION_PATTERN, Catalogue
from services.onboarding.catalogue.schemas import (
    CatalogueChangeOut,
    CatalogueChangesOut,
    CatalogueVersionOut,
    CatalogueVersionsOut,
)
from services.onboarding.catalogue.service import asked_version, catalogue_in_force, catalogues
from services.onboarding.catalogue.versions import changes

router = APIRouter(prefix="/catalogue", tags=["catalogue"], route_class=UnitOfWorkRoute)

VersionPath = Annotated[str, Path(pattern=VERSION_PATTERN, max_length=7)]


@router.get("")
async def read_catalogue(
    uow: Uow, version: Annotated[str | None, Query(pattern=VERSION_PATTERN, max_length=7)] = None
) -> Catalogue:
    """The services with their activities, levels and units; the version in force unless asked."""
    return catalogue_in_force(today(uow)) if version is None else asked_version(version)


@router.get("/versions")
async def list_versions(uow: Uow) -> CatalogueVersionsOut:
    """Every version, oldest first, and which one new cases get today."""
    in_force = catalogue_in_force(today(uow))
    return CatalogueVersionsOut(
        items=[CatalogueVersionOut.of(each, in_force) for each in catalogues().versions]
    )


@router.get("/versions/{older}/changes/{newer}")
async def compare_versions(older: VersionPath, newer: VersionPath) -> CatalogueChangesOut:
    """What is added, removed or changed from one version to another, either way round."""
    found = changes(asked_version(older), asked_version(newer))
    return CatalogueChangesOut(older=older, newer=newer, items=CatalogueChangeOut.all_of(found))
