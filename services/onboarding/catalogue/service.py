"""The catalogue's versions, read from their files; which one is in force, which a case has."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from services.chassis.problems import Problem
from services.onboarding.catalogue.domain import Catalogue
from services.onboarding.catalogue.problems import CATALOGUE_VERSION_UNKNOWN
from services.onboarding.catalogue.versions import Catalogues, order
from services.onboarding.data_files import DATA, read_yaml

FOLDER = DATA / "catalogue"


class CatalogueFilesError(Exception):
    """The catalogue's files cannot be used; the message names the file and what is wrong."""


@cache
def catalogues() -> Catalogues:
    """Every version in ``data/catalogue``, oldest first.

    Raises:
        CatalogueFilesError: a file is not as it must be; the service does not start then.
    """
    return read_catalogues(FOLDER)


def catalogue(version: str) -> Catalogue:
    """A version that a case is bound to.

    Raises:
        KeyError: there is no such version any more; its files are never taken away while a
            case has it.
    """
    return catalogues().version(version)


def catalogue_in_force(day: date) -> Catalogue:
    """The version that a case opened on a day gets."""
    return catalogues().in_force(day)


def asked_version(version: str) -> Catalogue:
    """A version that a client names.

    Raises:
        Problem: ``catalogue_version_unknown``.
    """
    try:
        return catalogues().version(version)
    except KeyError as error:
        known = [each.version for each in catalogues().versions]
        raise Problem(
            CATALOGUE_VERSION_UNKNOWN,
            f"The catalogue has no version {version}; it has {', '.join(known)}.",
            known=known,
        ) from error


def read_catalogues(folder: Path) -> Catalogues:
    """The versions in a folder: a file for each, which names the services' files it is made of.

    Raises:
        CatalogueFilesError: there is none, or one of them is not as it must be.
    """
    paths = list(folder.glob("*.yaml"))
    try:
        return Catalogues(
            tuple(sorted((_version(path) for path in paths), key=lambda each: order(each.version)))
        )
    except ValueError as error:
        raise CatalogueFilesError(f"{folder}: {error}") from error


def _version(path: Path) -> Catalogue:
    document = _document(path)
    names = document.get("services")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise CatalogueFilesError(f"{path}: services must list the files of its services")
    if document.get("version") != path.stem:
        raise CatalogueFilesError(f"{path}: the version must be {path.stem}, as the file's name")
    services = [(name, _document(path.parent / "services" / f"{name}.yaml")) for name in names]
    try:
        return Catalogue.model_validate({**document, "services": [each for _, each in services]})
    except ValidationError as error:
        raise CatalogueFilesError(f"{path}: {_faults(error, names)}") from error


def _document(path: Path) -> dict[str, Any]:
    try:
        document = read_yaml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CatalogueFilesError(f"{path} cannot be read: {error}") from error
    if not isinstance(document, dict):
        raise CatalogueFilesError(f"{path}: members with names are expected")
    return document


def _faults(error: ValidationError, files: list[str]) -> str:
    """The faults with the services' file names in place of their positions."""
    faults: list[str] = []
    for fault in error.errors():
        place = [str(part) for part in fault["loc"]]
        if place[:1] == ["services"] and len(place) > 1:
            place[:2] = [f"services/{files[int(place[1])]}.yaml"]
        faults.append(f"{' '.join(place)}: {fault['msg'].removeprefix('Value error, ')}".lstrip())
    return "; ".join(faults)
