"""HTTP of the catalogue, the same for agencies and staff."""

from __future__ import annotations

from fastapi import APIRouter

from services.chassis.app import UnitOfWorkRoute
from services.onboarding.catalogue.domain import Catalogue
from services.onboarding.catalogue.service import catalogue

router = APIRouter(prefix="/catalogue", tags=["catalogue"], route_class=UnitOfWorkRoute)


@router.get("")
async def read_catalogue() -> Catalogue:
    """The services with their activities, levels and the units they are counted in."""
    return catalogue()
