"""The refusals of the catalogue and of a case's move to another version of it."""

from __future__ import annotations

from services.chassis.problems import ProblemType

CATALOGUE_VERSION_UNKNOWN = ProblemType(
    "catalogue_version_unknown", 404, "The catalogue has no such version"
)
CATALOGUE_VERSION_NOT_NEWER = ProblemType(
    "catalogue_version_not_newer", 409, "A case moves to a newer version only"
)
CATALOGUE_VERSION_NOT_IN_FORCE = ProblemType(
    "catalogue_version_not_in_force", 409, "The version is not in force yet"
)
CATALOGUE_SERVICE_WITHDRAWN = ProblemType(
    "catalogue_service_withdrawn", 409, "The version no longer offers a service of the case"
)
CATALOGUE_PREVIEW_OUTDATED = ProblemType(
    "catalogue_preview_outdated", 409, "The changes are no longer those you have seen"
)
SERVICES_OVERLAP = ProblemType(
    "services_overlap", 422, "A bundle and a service that it covers were chosen together"
)

PROBLEMS: tuple[ProblemType, ...] = (
    CATALOGUE_VERSION_UNKNOWN,
    CATALOGUE_VERSION_NOT_NEWER,
    CATALOGUE_VERSION_NOT_IN_FORCE,
    CATALOGUE_SERVICE_WITHDRAWN,
    CATALOGUE_PREVIEW_OUTDATED,
    SERVICES_OVERLAP,
)
