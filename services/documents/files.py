"""The generated files of the repository: written, or compared with what is there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from services.chassis.problems import CHASSIS_PROBLEMS
from services.composition import EVENT_SERVICES, topology
from services.contracts import EVENTS
from services.documents.asyncapi import asyncapi_document
from services.documents.event_pages import EVENTS_PAGE, catalogue_table, events_page
from services.documents.facts import EventFacts, event_facts
from services.documents.openapi import openapi_document
from services.documents.problem_codes import CatalogueEntry, catalogue, problems_page
from services.documents.readme import ReadmeNotReadyError, with_catalogue
from services.documents.schemas import Json
from services.gateway.app import SPEC as GATEWAY

README: Final = "README.md"
COMMAND: Final = "python -m services.documents write"


def all_events() -> tuple[EventFacts, ...]:
    """The facts of every event of the centre."""
    return event_facts(EVENTS.types.values(), EVENT_SERVICES)


def all_problems() -> tuple[CatalogueEntry, ...]:
    """Every kind of problem of the centre."""
    return catalogue(
        CHASSIS_PROBLEMS, {spec.name: spec.problems for spec in (*EVENT_SERVICES, GATEWAY)}
    )


@cache
def reference_files() -> Mapping[str, str]:
    """The pages under ``docs/reference`` by their path within the repository."""
    events = all_events()
    return {
        "docs/reference/asyncapi.json": _json(
            asyncapi_document(events, EVENT_SERVICES, topology())
        ),
        EVENTS_PAGE: events_page(events),
        "docs/reference/openapi.json": _json(openapi_document((*EVENT_SERVICES, GATEWAY))),
        "docs/reference/problems.md": problems_page(all_problems()),
    }


def _json(document: Json) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def write(root: Path) -> list[str]:
    """Bring every generated file up to date.

    Returns:
        The paths that changed.

    Raises:
        ReadmeNotReadyError: there is no place for the event catalogue; the other files are
            written all the same.
    """
    changed = [path for path, text in reference_files().items() if _replace(root / path, text)]
    if _replace(root / README, _whole_readme(root)):
        changed.append(README)
    return changed


def _replace(file: Path, text: str) -> bool:
    if _read(file) == text:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return True


def outdated(root: Path) -> list[str]:
    """A sentence for each generated file that is not as the code has it; none when all are."""
    wanted = reference_files()
    complaints = [
        f"{path} is {'missing' if _read(root / path) is None else 'out of date'}: run `{COMMAND}`."
        for path, text in wanted.items()
        if _read(root / path) != text
    ]
    try:
        if _whole_readme(root) != _read(root / README):
            complaints.append(f"{README} is out of date: run `{COMMAND}`.")
    except ReadmeNotReadyError as error:
        complaints.append(f"{error}; then run `{COMMAND}`.")
    return complaints


def _whole_readme(root: Path) -> str:
    readme = _read(root / README)
    if readme is None:
        raise ReadmeNotReadyError("is missing")
    return with_catalogue(readme, catalogue_table(all_events()))


def _read(file: Path) -> str | None:
    return file.read_text("utf-8") if file.is_file() else None
