"""SQL of comparisons, and published results as they are kept: exact, fractions as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.comparisons.domain import (
    ComparisonStatus,
    Result,
    Review,
    Statistics,
)
from services.billing.comparisons.key_figures import KeyFigure, days_to_look_again
from services.billing.schedule import stockholm_day
from services.billing.tables import (
    ComparisonFigureRow,
    ComparisonRemarkRow,
    ComparisonRow,
    CustomerRow,
)
from services.contracts.succession import Scope

_LOCK = 0x5353_4306
"""Key of the advisory lock between those who publish comparisons."""


@dataclass(frozen=True)
class Kept:
    """A comparison, the figures that are visible, and what was said of each, oldest first."""

    row: ComparisonRow
    figures: list[ComparisonFigureRow]
    remarks: dict[str, list[ComparisonRemarkRow]] = field(default_factory=dict)
    replaced_by: str | None = None

    @property
    def key_figure(self) -> KeyFigure:
        """The key figure as it was defined at opening."""
        return KeyFigure.model_validate(self.row.definition)

    @property
    def status(self) -> ComparisonStatus:
        """Where it is."""
        return ComparisonStatus(self.row.status)

    def last_day_of(self, figure: ComparisonFigureRow) -> date:
        """The last day on which a figure can be reviewed: later, where it was computed anew."""
        until = self.row.review_until
        remarks = self.remarks.get(figure.id, [])
        if figure.review != Review.RECOMPUTED.value or not remarks:
            return until
        again = stockholm_day(remarks[-1].recorded_at) + timedelta(days=days_to_look_again())
        return max(until, again)

    @property
    def result(self) -> Result | None:
        """What was published."""
        return read_result(self.row.result) if self.row.result is not None else None

    @property
    def counting(self) -> dict[str, ComparisonFigureRow]:
        """The figures that were not left out, by whose they are."""
        return {
            each.org_number: each for each in self.figures if each.review != Review.LEFT_OUT.value
        }


async def find(
    session: AsyncSession, comparison_id: str, scope: Scope | None, *, lock: bool = False
) -> Kept | None:
    """A comparison with the figures of a scope; None where there is none of them.

    ``lock`` holds it until the transaction ends.
    """
    query = select(ComparisonRow).where(ComparisonRow.id == comparison_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = (await session.scalars(query)).one_or_none()
    if row is None:
        return None
    figures = await _figures(session, comparison_id, scope)
    if scope is not None and not figures:
        return None
    return Kept(
        row,
        list(figures),
        await _remarks(session, figures),
        await replacement(session, comparison_id),
    )


async def _figures(
    session: AsyncSession, comparison_id: str, scope: Scope | None
) -> Sequence[ComparisonFigureRow]:
    query = (
        select(ComparisonFigureRow)
        .where(ComparisonFigureRow.comparison_id == comparison_id)
        .order_by(ComparisonFigureRow.org_number)
        .execution_options(populate_existing=True)
    )
    if scope is not None:
        query = query.where(ComparisonFigureRow.org_number.in_(scope.signed_by))
    return (await session.scalars(query)).all()


async def _remarks(
    session: AsyncSession, figures: Iterable[ComparisonFigureRow]
) -> dict[str, list[ComparisonRemarkRow]]:
    found: dict[str, list[ComparisonRemarkRow]] = {each.id: [] for each in figures}
    for row in await session.scalars(
        select(ComparisonRemarkRow)
        .where(ComparisonRemarkRow.figure_id.in_(list(found)))
        .order_by(ComparisonRemarkRow.number)
    ):
        found[row.figure_id].append(row)
    return found


async def replacement(session: AsyncSession, comparison_id: str) -> str | None:
    """The published comparison that took another one's place."""
    return await session.scalar(
        select(ComparisonRow.id).where(
            ComparisonRow.replaces == comparison_id,
            ComparisonRow.status == ComparisonStatus.PUBLISHED.value,
        )
    )


async def published_of(session: AsyncSession, asked: Kept) -> list[frozenset[str]]:
    """Of whom statistics have been published that answer the same question as a comparison.

    Whoever publishes another of them waits until the transaction ends.
    """
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    rows = await session.scalars(
        select(ComparisonRow).where(
            ComparisonRow.status == ComparisonStatus.PUBLISHED.value,
            ComparisonRow.year == asked.row.year,
            ComparisonRow.service.is_not_distinct_from(asked.row.service),
            ComparisonRow.unit.is_not_distinct_from(asked.row.unit),
        )
    )
    same = {row.id: row for row in rows if row.definition["key"] == asked.key_figure.key}
    of: dict[str, list[ComparisonFigureRow]] = {key: [] for key in same}
    for figure in await session.scalars(
        select(ComparisonFigureRow).where(
            ComparisonFigureRow.comparison_id.in_(list(same)),
            ComparisonFigureRow.review != Review.LEFT_OUT.value,
        )
    ):
        of[figure.comparison_id].append(figure)
    found: list[frozenset[str]] = []
    for key, row in same.items():
        result = read_result(row.result or {"whole": None, "groups": {}, "savings": None})
        if result.whole is not None:
            found.append(frozenset(each.org_number for each in of[key]))
        found.extend(
            frozenset(each.org_number for each in of[key] if each.group == group)
            for group, statistics in result.groups.items()
            if statistics is not None
        )
    return found


@dataclass(frozen=True)
class Wanted:
    """Which comparisons are meant; what is absent does not limit."""

    status: str | None = None
    year: int | None = None


async def page(
    session: AsyncSession, scope: Scope | None, wanted: Wanted, after: str | None, limit: int
) -> Sequence[ComparisonRow]:
    """Comparisons in the order they were opened; of a scope, those with a figure of it."""
    query = select(ComparisonRow).order_by(ComparisonRow.id).limit(limit)
    if scope is not None:
        query = query.where(
            ComparisonRow.id.in_(
                select(ComparisonFigureRow.comparison_id).where(
                    ComparisonFigureRow.org_number.in_(scope.signed_by)
                )
            )
        )
    if wanted.status is not None:
        query = query.where(ComparisonRow.status == wanted.status)
    if wanted.year is not None:
        query = query.where(ComparisonRow.year == wanted.year)
    if after is not None:
        query = query.where(ComparisonRow.id > after)
    return (await session.scalars(query)).all()


async def customers(session: AsyncSession) -> dict[str, CustomerRow]:
    """Every customer as it was registered last, in order of the numbers."""
    rows = await session.scalars(select(CustomerRow).order_by(CustomerRow.org_number))
    return {row.org_number: row for row in rows}


_EXACT = ("least", "lower_quartile", "median", "mean", "upper_quartile", "greatest")


def kept_result(result: Result) -> dict[str, Any]:
    """A result as it is kept: fractions as text, exactly."""
    return {
        "whole": _kept_statistics(result.whole),
        "groups": {key: _kept_statistics(each) for key, each in result.groups.items()},
        "savings": result.savings,
    }


def _kept_statistics(found: Statistics | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"figures": found.figures, **{name: str(getattr(found, name)) for name in _EXACT}}


def read_result(document: dict[str, Any]) -> Result:
    """A result as ``kept_result`` kept it."""
    return Result(
        whole=_statistics(document["whole"]),
        groups={key: _statistics(each) for key, each in document["groups"].items()},
        savings=document["savings"],
    )


def _statistics(document: dict[str, Any] | None) -> Statistics | None:
    if document is None:
        return None
    return Statistics(
        figures=document["figures"], **{name: Fraction(document[name]) for name in _EXACT}
    )
