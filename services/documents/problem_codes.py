"""The catalogue of problem codes, one for the whole centre."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.chassis.problems import ProblemType
from services.documents.markdown import table

EVERY_SERVICE = "every service"


class ProblemClashError(ValueError):
    """One code means two things; the text says which."""


@dataclass(frozen=True)
class CatalogueEntry:
    """A kind of problem and who answers with it."""

    problem: ProblemType
    used_by: tuple[str, ...]


def catalogue(
    common: Sequence[ProblemType], own: Mapping[str, Sequence[ProblemType]]
) -> tuple[CatalogueEntry, ...]:
    """Every kind of problem once, sorted by code.

    Args:
        common: those that any service answers with.
        own: those of each service by its name.

    Raises:
        ProblemClashError: a code has two statuses or titles.
    """
    entries = {problem.code: CatalogueEntry(problem, (EVERY_SERVICE,)) for problem in common}
    for service, problems in own.items():
        for problem in problems:
            known = entries.get(problem.code)
            if known is None:
                entries[problem.code] = CatalogueEntry(problem, (service,))
                continue
            if known.problem != problem:
                raise ProblemClashError(
                    f"{problem.code} of {service} ({problem.status}, {problem.title!r}) has"
                    f" another meaning in {' and '.join(known.used_by)}"
                    f" ({known.problem.status}, {known.problem.title!r}); give it its own code"
                )
            if known.used_by != (EVERY_SERVICE,):
                entries[problem.code] = CatalogueEntry(problem, (*known.used_by, service))
    return tuple(entries[code] for code in sorted(entries))


def problems_page(entries: Sequence[CatalogueEntry]) -> str:
    """The catalogue as a page."""
    rows = [
        (
            f"`{entry.problem.code}`",
            str(entry.problem.status),
            entry.problem.title,
            ", ".join(entry.used_by),
        )
        for entry in entries
    ]
    return (
        "# Problems\n\n"
        "Every refusal is a problem document (RFC 9457, `application/problem+json`). Its `code`\n"
        "is stable and is one of these; its `type` is `urn:ssc:problem:<code>`; its `detail` says\n"
        "what happened, what it means and what to do next. A refusal changes nothing.\n\n"
        "The token endpoint answers with the errors of OAuth 2 (RFC 6749 section 5.2) instead.\n\n"
        f"{table(('code', 'status', 'title', 'used by'), rows)}"
    )
