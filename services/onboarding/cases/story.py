"""Use cases: read the timeline of a case as entries, as grouped lines, as a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from services.chassis.unit_of_work import UnitOfWork
from services.onboarding.cases import timeline_repository as repository
from services.onboarding.cases.domain import Case
from services.onboarding.cases.service import get
from services.onboarding.cases.timeline import (
    Line,
    TimelineFilter,
    TimelineWords,
    as_markdown,
    grouped,
    tell,
)
from services.onboarding.catalogue.service import catalogue
from services.onboarding.data_files import load

MOST_ENTRIES = 10_000
"""How many entries are looked at to group them, or to tell them in a text."""


@cache
def timeline_words() -> TimelineWords:
    """The words of ``data/timeline.yaml``."""
    return load(TimelineWords, "timeline.yaml")


async def lines(
    uow: UnitOfWork,
    case_id: str,
    wanted: TimelineFilter,
    *,
    group: bool,
    language: str,
    limit: int,
) -> Sequence[Line]:
    """Who did what when in a case, one act or one group of acts a line.

    Args:
        uow: the request's unit of work.
        case_id: the case.
        wanted: what to show, from which end, behind which line.
        group: tell acts of one day, party and kind together.
        language: ``sv`` or English.
        limit: how many lines at the most.

    Raises:
        Problem: ``not_found``.
    """
    await get(uow, case_id)
    words = timeline_words()
    if not group:
        found = await repository.entries(uow.session, case_id, wanted, limit)
        return [tell((entry,), words, language) for entry in found]
    found = await repository.entries(
        uow.session, case_id, replace(wanted, after=None), MOST_ENTRIES
    )
    told = [tell(entries, words, language) for entries in grouped(found)]
    start = 0
    if wanted.after is not None:
        start = next(
            (place + 1 for place, line in enumerate(told) if line.id == wanted.after), len(told)
        )
    return told[start : start + limit]


def _services(case: Case, language: str) -> list[str]:
    offered = catalogue(case.catalogue_version)
    known = [offered.service(key) for key in case.service_keys]
    return [one.name_sv if language == "sv" else one.name for one in known]


async def as_text(uow: UnitOfWork, case_id: str, wanted: TimelineFilter, language: str) -> str:
    """The story of a case in Markdown, grouped, with a heading per phase.

    Raises:
        Problem: ``not_found``.
    """
    case = await get(uow, case_id)
    words = timeline_words()
    found = await repository.entries(uow.session, case_id, wanted, MOST_ENTRIES + 1)
    told = [tell(entries, words, language) for entries in grouped(found[:MOST_ENTRIES])]
    title = words.title_sv if language == "sv" else words.title
    cut = words.cut_sv if language == "sv" else words.cut
    return as_markdown(
        title.format(customer=case.customer_name, services=", ".join(_services(case, language))),
        told,
        words,
        language,
        cut.format(count=MOST_ENTRIES) if len(found) > MOST_ENTRIES else None,
    )
