"""The catalogue as it is in force."""

from __future__ import annotations

from functools import cache

from services.onboarding.catalogue.domain import Catalogue
from services.onboarding.data_files import load


@cache
def catalogue() -> Catalogue:
    """The catalogue in ``data/catalogue.yaml``."""
    return load(Catalogue, "catalogue.yaml")
