"""The catalogue and its versions in responses."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from services.chassis.schemas import ResponseModel
from services.onboarding.catalogue.domain import Catalogue
from services.onboarding.catalogue.versions import CatalogueChange, ChangeKind, ChangeSubject


class CatalogueVersionOut(ResponseModel):
    """A version of the catalogue in short."""

    version: str
    valid_from: date | None
    in_force: bool
    note: str
    note_sv: str
    services: list[str]

    @classmethod
    def of(cls, catalogue: Catalogue, in_force: Catalogue) -> CatalogueVersionOut:
        """The response for a version; ``in_force`` is the one that new cases get today."""
        return cls(
            version=catalogue.version,
            valid_from=catalogue.valid_from,
            in_force=catalogue.version == in_force.version,
            note=catalogue.note,
            note_sv=catalogue.note_sv,
            services=[service.key for service in catalogue.services],
        )


class CatalogueVersionsOut(ResponseModel):
    """Every version, oldest first: a bounded list, as long as the data files make it."""

    items: list[CatalogueVersionOut]


class CatalogueChangeOut(ResponseModel):
    """One difference between two versions; ``before`` and ``after`` are words to read."""

    kind: ChangeKind
    subject: ChangeSubject
    service: str
    key: str
    before: str | None
    after: str | None

    @classmethod
    def all_of(cls, changes: Iterable[CatalogueChange]) -> list[CatalogueChangeOut]:
        """The responses for some differences."""
        return [cls.model_validate(change) for change in changes]


class CatalogueChangesOut(ResponseModel):
    """What differs between two versions."""

    older: str
    newer: str
    items: list[CatalogueChangeOut]
